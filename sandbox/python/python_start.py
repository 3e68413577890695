"""Fits a Python that woke from a snapshot into the process that it wakes in."""

import json
import os
import random
import sys


def start(executable, environment):
    """Takes on the path of the command and the environment variables of the process, given as JSON."""
    sys.executable = sys._base_executable = executable
    os.environ.clear()
    os.environ.update(json.loads(environment))
    entries = os.environ.get("PYTHONPATH", "").split(":")
    sys.path[:] = [*filter(None, entries), "/runtime/missing", *filter(None, sys.path)]
    # The order of what goes to stdout and to stderr stays.
    sys.stdout.reconfigure(write_through=True)
    # Every process would have the same random numbers.
    random.seed()
    main = vars(sys.modules["__main__"])
    for name in [name for name in main if not name.startswith("__")]:
        del main[name]
