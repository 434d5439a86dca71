"""leash.py LOCK COMMAND...: become COMMAND, tied to the parent process and counted in LOCK.

On Linux the kernel sends SIGTERM when the parent dies, even by SIGKILL, so that nothing is left behind.
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
    os.execv(command[0], command)
