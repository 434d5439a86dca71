"""leash.py LOCK COMMAND...: become COMMAND, tied to the parent process and counted in LOCK.

On Linux the kernel sends SIGTERM when the parent dies, even by SIGKILL, so that nothing is left behind.
LEASH_HOLDER is the parent's process id: a parent that died before the kernel was asked is noticed by it.
LOCK is held shared for as long as COMMAND or a child of it lives: whoever gets it exclusively knows that
all have ended. Run with `python -I -S`, which starts in some ten milliseconds.
"""

import ctypes
import fcntl
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    lock, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    os.set_inheritable(descriptor, True)
    if os.getppid() != int(os.environ["LEASH_HOLDER"]):
        sys.exit("The parent process has ended.")
    os.environ["LEASH_HOLDER"] = str(os.getpid())
    os.execvp(command[0], command)
