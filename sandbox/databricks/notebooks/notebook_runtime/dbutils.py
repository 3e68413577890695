"""`dbutils` as far as a workspace, a job and no cluster can give it."""

import json
from types import SimpleNamespace

from .limits import Absent, SandboxLimitation

TASK_VALUE_LIMIT_BYTES = 48 * 1024


class NotebookExit(BaseException):
    """Ends a notebook with a result; not an Exception, so that `except Exception` in the notebook lets it through."""

    def __init__(self, result: str):
        super().__init__(result)
        self.result = result


class InputWidgetNotDefined(Exception):
    """The notebook reads a widget that it did not define and that no parameter sets."""


class NotebookExecutionException(Exception):
    """A notebook that `dbutils.notebook.run` started has failed."""


def _require_text(what: str, value: object):
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a string, not {type(value).__name__}")


class Widgets:
    """Values come from the run's parameters; a widget that no parameter names has its default."""

    def __init__(self, parameters: dict[str, str]):
        self._parameters = parameters
        self._values: dict[str, str] = {}
        self._outer: Widgets | None = None

    def including(self, parameters: dict[str, str]) -> "Widgets":
        """The widgets of a notebook that `%run` includes: its own take these values; it sees the outer ones."""
        included = Widgets(parameters)
        included._outer = self
        return included

    def adopt(self, included: "Widgets"):
        """Widgets that an included notebook defined stay after it."""
        self._values = {**included._values, **self._values}

    def text(self, name: str, defaultValue: str, label: str | None = None):  # noqa: N803, Databricks' own name
        self._define(name, defaultValue)

    def dropdown(self, name: str, defaultValue: str, choices: list[str], label: str | None = None):  # noqa: N803
        self._define_choice(name, defaultValue, choices)

    def combobox(self, name: str, defaultValue: str, choices: list[str], label: str | None = None):  # noqa: N803
        self._define(name, defaultValue)

    def multiselect(self, name: str, defaultValue: str, choices: list[str], label: str | None = None):  # noqa: N803
        self._define_choice(name, defaultValue, choices)

    def get(self, name: str) -> str:
        for values in (self._values, self._parameters):
            if name in values:
                return values[name]
        if self._outer is None:
            raise InputWidgetNotDefined(f"No input widget named {name} is defined")
        return self._outer.get(name)

    def getAll(self) -> dict[str, str]:  # noqa: N802
        outer = self._outer.getAll() if self._outer else {}
        return {**outer, **self._parameters, **self._values}

    def getArgument(self, name: str, defaultValue: str | None = None) -> str:  # noqa: N802, N803
        if defaultValue is None or name in self.getAll():
            return self.get(name)
        return defaultValue

    def remove(self, name: str):
        if name not in self._values:
            raise InputWidgetNotDefined(f"No input widget named {name} is defined")
        del self._values[name]

    def removeAll(self):  # noqa: N802
        self._values.clear()

    def _define_choice(self, name: str, default: str, choices: list[str]):
        if default not in choices:
            raise ValueError(f"The default value '{default}' of widget {name} is none of its choices {choices}")
        self._define(name, default)

    def _define(self, name: str, default: str):
        _require_text(f"The default value of widget {name}", default)
        self._values.setdefault(name, self._parameters.get(name, default))


class TaskValues:
    """Small JSON values that the tasks of one job run leave for the tasks after them."""

    def __init__(self, earlier: dict[str, dict[str, object]], emit):
        self._earlier = earlier
        self._emit = emit

    def set(self, key: str, value: object):
        _require_text("The key of a task value", key)
        size = len(json.dumps(value, allow_nan=False).encode())
        if size > TASK_VALUE_LIMIT_BYTES:
            raise ValueError(f"Task value {key} takes {size} bytes as JSON; the limit is {TASK_VALUE_LIMIT_BYTES}")
        self._emit({"kind": "taskValue", "key": key, "value": value})

    def get(self, taskKey: str, key: str, default: object = None, debugValue: object = None):  # noqa: N803
        """`debugValue` is for notebooks outside a job; every run of the sandbox is one of a job."""
        values = self._earlier.get(taskKey, {})
        if key in values:
            return values[key]
        if default is None:
            raise ValueError(f"No earlier task {taskKey} has set a task value {key}, and no default was given")
        return default


class NotebookUtilities:
    """`dbutils.notebook`."""

    def __init__(self, run_notebook, context: dict[str, str]):
        self._run_notebook = run_notebook
        self.entry_point = _entry_point(context)

    def exit(self, value: str):
        _require_text("The value of dbutils.notebook.exit", value)
        raise NotebookExit(value)

    def run(self, path: str, timeout_seconds: int, arguments: dict[str, str] | None = None) -> str | None:
        for name, value in (arguments or {}).items():
            _require_text(f"Argument {name} of dbutils.notebook.run", value)
        return self._run_notebook(path, timeout_seconds, arguments or {})


def make_dbutils(widgets: Widgets, task_values: TaskValues, run_notebook, context: dict[str, str]) -> SimpleNamespace:
    absent = {
        "fs": "The sandbox has no DBFS and no volumes: read and write workspace files with open().",
        "secrets": "The sandbox has no secret scopes: pass the value as a notebook parameter.",
    }
    return SimpleNamespace(
        widgets=widgets,
        notebook=NotebookUtilities(run_notebook, context),
        jobs=SimpleNamespace(taskValues=task_values),
        library=SimpleNamespace(
            restartPython=lambda: print("[sandbox] Python is not restarted: %pip has installed nothing."),
        ),
        **{name: Absent(sentence) for name, sentence in absent.items()},
    )


def _entry_point(context: dict[str, str]) -> SimpleNamespace:
    """The chain of Java calls by which notebooks ask for their job, run, path and user."""

    def option(value):
        return SimpleNamespace(get=lambda: value, isDefined=lambda: True)

    def known(name):
        if name not in context:
            raise SandboxLimitation("This notebook runs without a workspace: there is no API to use.")
        return option(context[name])

    tags = {"jobId": context["jobId"], "runId": context["runId"], "user": context["user"]}
    notebook_context = SimpleNamespace(
        notebookPath=lambda: option(context["path"]),
        userName=lambda: option(context["user"]),
        jobId=lambda: option(context["jobId"]),
        apiUrl=lambda: known("apiUrl"),
        apiToken=lambda: known("apiToken"),
        tags=lambda: SimpleNamespace(apply=tags.__getitem__, get=lambda name: option(tags[name])),
        toJson=lambda: json.dumps({"extraContext": {"notebook_path": context["path"]}, "tags": tags}),
    )
    notebook = SimpleNamespace(getContext=lambda: notebook_context)
    return SimpleNamespace(getDbutils=lambda: SimpleNamespace(notebook=lambda: notebook))
