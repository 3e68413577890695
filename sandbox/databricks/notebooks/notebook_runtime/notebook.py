"""Runs the cells of one notebook, and of those it includes, in one namespace."""

import ast
import builtins
import inspect
import linecache
import os
import re
import shlex
import sys
from contextlib import contextmanager
from types import ModuleType

from .dbutils import NotebookExecutionException, NotebookExit, TaskValues, Widgets, make_dbutils
from .limits import SandboxLimitation
from .source import Cell, cells_of
from .trace import error_line
from .workspace import MOUNT

SKIPPED_MAGICS = {"md", "md-sandbox"}
# They install things, or change how a person sees or edits a notebook.
SKIPPED_LINE_MAGICS = {"pip", "conda", "uv", "matplotlib", "config", "load_ext", "autoreload"}
FOREIGN_MAGICS = {"sql": "SQL", "scala": "Scala", "r": "R", "sh": "shell", "fs": "DBFS"}


class NotebookRun:
    """One run of a notebook, as part of `job` (a `Job`)."""

    def __init__(self, job, path: str, parameters: dict[str, str]):
        self._job = job
        self._path = path
        self._dbutils = make_dbutils(
            Widgets(parameters), TaskValues(job.task_values, job.emit), self._run_other, {**job.context, "path": path}
        )
        self._module = ModuleType("__main__")
        self._module.__dict__.update(
            dbutils=self._dbutils,
            display=lambda value="": print(value),
            displayHTML=lambda html: print(html),
            getArgument=lambda *arguments: self._dbutils.widgets.getArgument(*arguments),
            __builtins__=builtins,
            **job.spark,
        )

    async def run(self) -> str | None:
        """Runs the notebook to its end or to `dbutils.notebook.exit`, whose value it returns; raises what it raises."""
        folder = self._job.workspace.folder_of(self._path)
        with _interpreter_state(folder, self._module, self._job.workspace):
            try:
                await self._run_cells(self._path)
            except NotebookExit as end:
                return end.result
        return None

    async def _run_cells(self, path: str):
        notebook = self._job.workspace.notebook(path)
        language = notebook.get("language") or "PYTHON"
        if language.upper() != "PYTHON":
            raise SandboxLimitation(f"The sandbox runs Python notebooks only; {path} is in {language}.")
        for cell in cells_of(notebook["content"]):
            await self._run_cell(path, cell)

    async def _run_cell(self, path: str, cell: Cell):
        magic, rest = cell.magic
        if magic in SKIPPED_MAGICS:
            return
        if magic == "run":
            await self._include(path, cell, rest)
        elif magic in FOREIGN_MAGICS:
            raise SandboxLimitation(f"The sandbox runs no {FOREIGN_MAGICS[magic]}: {_place(path, cell)}.")
        else:
            text = re.sub(r"%python[ \t]*", "", cell.text, count=1) if magic == "python" else cell.text
            await self._run_python(path, cell, text)

    async def _run_python(self, path: str, cell: Cell, text: str):
        file_name = f"{MOUNT}{path} (cell {cell.number})"
        linecache.cache[file_name] = (len(text), None, text.splitlines(keepends=True), file_name)
        if not _compiles(text, file_name):
            text = _without_magic_lines(text, path, cell)
        tree = _parse(text, file_name)
        # As in every notebook, the value of a last line that is an expression is shown.
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        await self._evaluate(tree, file_name, "exec")
        if last is not None:
            value = await self._evaluate(ast.Expression(last.value), file_name, "eval")
            if value is not None:
                print(repr(value))

    async def _evaluate(self, tree: ast.AST, file_name: str, mode: str):
        code = compile(tree, file_name, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        value = eval(code, self._module.__dict__)
        return await value if code.co_flags & inspect.CO_COROUTINE else value

    async def _include(self, path: str, cell: Cell, rest: str):
        target, *settings = shlex.split(rest, comments=True) or [""]
        included = self._job.workspace.find(target, path)
        if included is None:
            raise NotebookExecutionException(f"Notebook not found: {target} (%run in {_place(path, cell)})")
        values = dict(setting.removeprefix("$").partition("=")[::2] for setting in settings)
        outer = self._dbutils.widgets
        self._dbutils.widgets = outer.including(values)
        try:
            await self._run_cells(included)
        finally:
            outer.adopt(self._dbutils.widgets)
            self._dbutils.widgets = outer

    def _run_other(self, target: str, timeout_seconds: int, arguments: dict[str, str]) -> str | None:
        """`dbutils.notebook.run`: another notebook with a namespace of its own."""
        path = self._job.workspace.find(target, self._path)
        if path is None:
            raise NotebookExecutionException(f"FAILED: Notebook not found: {target}")
        try:
            with self._job.deadlines.within(timeout_seconds):
                return _finish_at_once(NotebookRun(self._job, path, arguments).run())
        except TimeoutError as error:
            raise NotebookExecutionException(f"TIMEDOUT: {path} was {error}") from None
        except Exception as error:
            raise NotebookExecutionException(f"FAILED: {path}: {error_line(error)}") from error


def _place(path: str, cell: Cell) -> str:
    return f"{path} (cell {cell.number}), line {cell.first_line}"


def _parse(text: str, file_name: str) -> ast.Module:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return compile(text, file_name, "exec", flags=flags, dont_inherit=True)


def _compiles(text: str, file_name: str) -> bool:
    try:
        _parse(text, file_name)
    except SyntaxError:
        return False
    return True


def _without_magic_lines(text: str, path: str, cell: Cell) -> str:
    """Python text that does not compile, without its %pip lines and their like; any other magic in it is refused."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        magic = re.match(r"%(\w+)|!", line)
        if magic is None:
            continue
        if magic[1] not in SKIPPED_LINE_MAGICS:
            place = f"{path} (cell {cell.number}), line {index + 1}"
            raise SandboxLimitation(f"The sandbox does not know the magic '{line}': {place}.")
        print(f"[sandbox] not executed: {line}")
        lines[index] = ""
    return "\n".join(lines)


def _finish_at_once(coroutine):
    """Runs to its end what can't wait, because the notebook that called it does not."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise SandboxLimitation("In the sandbox a notebook that dbutils.notebook.run starts can't use a top-level await.")


@contextmanager
def _interpreter_state(folder: str, module: ModuleType, workspace):
    """One notebook's working folder, import path, `__main__` and workspace modules; all as before afterwards."""

    def workspace_modules() -> dict[str, ModuleType]:
        return {name: found for name, found in sys.modules.items() if workspace.holds(getattr(found, "__file__", None))}

    outer = (os.getcwd(), list(sys.path), sys.modules["__main__"], workspace_modules())
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.modules["__main__"] = module
    for name in outer[3]:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in workspace_modules():
            del sys.modules[name]
        os.chdir(outer[0])
        sys.path[:] = outer[1]
        sys.modules["__main__"] = outer[2]
        sys.modules.update(outer[3])
