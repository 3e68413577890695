"""
Runs a notebook in this machine's Python, as `python3 notebook_runtime`. The first line of standard input is the
request, its end means that nobody waits for the run any more, and messages go to file descriptor 3.
"""

import asyncio
import io
import os
import signal
import sys
import threading

# Python put this folder itself on the import path, where its modules would shadow a notebook's.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
from notebook_runtime.job import run_job  # noqa: E402

del sys.path[0]


def _end_with_host(host: io.TextIOBase):
    host.read()
    os._exit(1)


def _main():
    # One stream keeps the order of what is printed.
    os.dup2(1, 2)
    host = sys.stdin
    sys.stdin = io.StringIO()
    request = host.readline()
    threading.Thread(target=_end_with_host, args=(host,), daemon=True).start()
    with os.fdopen(3, "w", encoding="utf-8") as messages:

        def emit(message: str):
            messages.write(message + "\n")
            messages.flush()

        def set_alarm(seconds: float):
            signal.setitimer(signal.ITIMER_REAL, seconds)

        asyncio.run(run_job(request, emit, set_alarm))
        # Not waiting for threads that the notebook left behind.
        os._exit(0)


_main()
