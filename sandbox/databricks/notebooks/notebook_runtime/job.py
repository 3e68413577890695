"""Runs one notebook as one job task and says how it went."""

import base64
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable

from .deadlines import Deadlines
from .limits import spark_entries
from .network import send_by
from .notebook import NotebookRun
from .trace import error_line, error_trace
from .workspace import MOUNT, Workspace


class Job:
    """What the notebooks of one job task share."""

    def __init__(self, request: dict, emit: Callable[[dict], None], set_alarm: Callable[[float], None]):
        self.workspace = Workspace(request["root"], request["notebooks"])
        self.context = request["context"]
        self.task_values = request["taskValues"]
        self.deadlines = Deadlines(set_alarm)
        self.spark = spark_entries(self._where)
        self.emit = emit

    def _where(self) -> str:
        """The line of workspace code that is running."""
        frame = sys._getframe()
        while frame.f_back and not self.workspace.holds(frame.f_code.co_filename):
            frame = frame.f_back
        return f"{self.workspace.display_path(frame.f_code.co_filename).removeprefix(MOUNT)}, line {frame.f_lineno}"


async def run_job(
    request_json: str,
    emit_json: Callable[[str], None],
    set_alarm: Callable[[float], None],
    ask_json: Callable[[str], str] | None = None,
):
    """
    `ask_json` sends HTTP requests where Python has no network of its own.

    Emits JSON objects: `started`, a `taskValue` for each one set, and at last one of `exited`, `finished` and `failed`,
    with the files that the notebook wrote. Everything printed goes to standard output.
    """
    # Printed text must be out before the host kills a run that takes too long.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)
    sys.dont_write_bytecode = True
    # An interpreter that wakes from a memory snapshot would give every run the same random numbers.
    random.seed()
    request = json.loads(request_json)
    if ask_json is not None:
        send_by(ask_json)
    # What the runtime of a cluster does for MLflow's client and Databricks' SDK.
    for variable, name in (("DATABRICKS_HOST", "apiUrl"), ("DATABRICKS_TOKEN", "apiToken")):
        if name in request["context"]:
            os.environ[variable] = request["context"][name]
    for wheel in request["wheels"]:
        _install(wheel)
    job = Job(request, lambda message: emit_json(json.dumps(message)), set_alarm)
    if request["root"] != MOUNT:
        job.workspace.redirect_absolute_paths()
    job.workspace.mark_all_as_old()
    job.emit({"kind": "started"})
    outcome = await _outcome(job, request["path"], request["parameters"])
    sys.stdout.flush()
    sys.stderr.flush()
    job.emit({**outcome, "writtenFiles": job.workspace.written_files()})


def _install(wheel: str):
    """Python imports pure modules from archives as they are."""
    with tempfile.NamedTemporaryFile(suffix=".whl", delete=False) as file:
        file.write(base64.b64decode(wheel))
    sys.path.append(file.name)


async def _outcome(job: Job, path: str, parameters: dict[str, str]) -> dict[str, str]:
    try:
        result = await NotebookRun(job, path, parameters).run()
    except BaseException as error:  # noqa: BLE001, sys.exit() and KeyboardInterrupt end a notebook as errors do
        trace = error_trace(error, job.workspace.display_path)
        return {"kind": "failed", "error": error_line(error), "trace": trace}
    return {"kind": "finished"} if result is None else {"kind": "exited", "result": result}
