"""Runs a Python module that ends together with the process that started it, even if that one was killed.

The starter keeps the writing end of the child's standard input. The kernel closes it when the starter is gone, however
it went, and the child then stops itself. Unlike a parent-death signal this needs no code between fork and exec and does
not depend on the thread that started the child.
"""

import os
import runpy
import signal
import sys
import threading
import time
from pathlib import Path

GRACE_SECONDS = 8.0


def leashed(module: str, *arguments: str) -> list[str]:
    """Give the command line of `python -m module arguments` on a leash; start it with `stdin=subprocess.PIPE`."""
    return [sys.executable, str(Path(__file__).resolve()), module, *arguments]


def _follow() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def _run() -> None:
    # `python file.py` puts the file's folder first on the path; `-m` puts the working directory there.
    sys.path[0] = str(Path.cwd())
    sys.argv = sys.argv[1:]
    threading.Thread(target=_follow, name="leash", daemon=True).start()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _run()
