#!/bin/sh
# install.sh VENV REQUIREMENTS...: bring VENV up to the pinned requirements; does nothing when it already is.
#
# VENV keeps a copy of each requirements file that it fulfils, and the file `installing` while it is being
# changed: after an install that was killed, the next one begins with an empty environment.
set -eu

UV='uv==0.13.9'
VERSION='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'

venv=$1
shift

refuse() {
    echo "$*" >&2
    exit 1
}

is_fulfilled() {
    [ ! -e "$venv/installing" ] && [ -x "$venv/bin/python" ] || return 1
    for file in "$@"; do
        cmp -s "$file" "$venv/$(basename "$file")" || return 1
    done
}

# Prints the first Python that can build the environment, or says why there is none.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3 python3.13 python3.12 python3.11
    fi
    found=''
    for python in "$@"; do
        version=$("$python" -c 'import platform; print(platform.python_version())' 2>/dev/null) || continue
        found="$found; $python is $version"
        "$python" -c "$VERSION" || continue
        if "$python" -c 'import venv, ensurepip' 2>/dev/null; then
            echo "$python"
            return
        fi
        found="$found, but lacks its venv module (on Debian and Ubuntu: sudo apt install python${version%.*}-venv)"
    done
    refuse "Python 3.11, 3.12 or 3.13 with its venv module is needed${found:-; none was found}." \
        "Install one, or name it: make run PYTHON=/path/to/python3.12"
}

make_venv() {
    [ ! -e "$venv" ] || [ -e "$venv/pyvenv.cfg" ] || [ -e "$venv/installing" ] ||
        refuse "$venv is in the way and no Python environment: move it, or name another: make run VENV=DIRECTORY"
    python=$(find_python)
    echo "Making $venv with $("$python" --version)"
    rm -rf "$venv"
    mkdir "$venv"
    touch "$venv/installing"
    "$python" -m venv "$venv"
}

# uv is some five times faster; pip is asked when uv cannot be had or cannot reach the packages, since
# pip also knows the mirrors and certificates that are configured for this machine.
install() {
    echo "Installing the pinned packages (some 700 MB the first time)"
    if "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$UV" &&
        UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-300} "$venv/bin/uv" pip install --system-certs --compile-bytecode \
            --python "$venv/bin/python" "$@"; then
        return
    fi
    echo "uv could not install them; asking pip instead"
    "$venv/bin/python" -m pip install --disable-pip-version-check "$@"
}

if ! is_fulfilled "$@"; then
    if [ -e "$venv/installing" ] || ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
        make_venv
    fi
    touch "$venv/installing"
    arguments=''
    for file in "$@"; do
        arguments="$arguments -r $file"
    done
    # shellcheck disable=SC2086 # the project's own files: no spaces in their names
    install $arguments
    cp "$@" "$venv/"
    rm "$venv/installing"
fi
