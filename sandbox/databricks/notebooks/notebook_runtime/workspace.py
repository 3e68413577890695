"""The workspace as a notebook sees it: folders and files below /Workspace, and notebooks, which are not files."""

import base64
import builtins
import io
import os
import posixpath
import sys
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader

MOUNT = "/Workspace"


class Workspace:
    """`root` is this machine's folder that plays /Workspace; `notebooks` has {language, content} by workspace path."""

    def __init__(self, root: str, notebooks: dict[str, dict]):
        self._root = root
        self._notebooks = notebooks

    def find(self, target: str, from_notebook: str) -> str | None:
        """The workspace path of the notebook that `%run` or `dbutils.notebook.run` names, if there is one."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(from_notebook), target.removeprefix(MOUNT)))
        # In a Git folder people write the file's name; the workspace knows the notebook without its extension.
        candidates = [path, path.removesuffix(".py"), path.removesuffix(".ipynb")]
        return next((candidate for candidate in candidates if candidate in self._notebooks), None)

    def notebook(self, path: str) -> dict:
        return self._notebooks[path]

    def folder_of(self, path: str) -> str:
        """The folder of a notebook or file, on this machine."""
        return self._root + posixpath.dirname(path)

    def display_path(self, file_name: str) -> str:
        """What the workspace calls a file of this machine."""
        inside = file_name == self._root or file_name.startswith(self._root + os.sep)
        return MOUNT + file_name[len(self._root) :] if inside else file_name

    def holds(self, file_name: str | None) -> bool:
        """Whether a file of this machine is a workspace file."""
        return file_name is not None and file_name.startswith((self._root + os.sep, MOUNT + "/"))

    def mark_all_as_old(self):
        """From here on a file that does not date from 1970 was written by the notebook."""
        for file in self._files():
            os.utime(file, (0, 0))

    def written_files(self) -> list[dict[str, str]]:
        written = sorted(file for file in self._files() if os.stat(file).st_mtime_ns)
        return [{"path": self.display_path(file).removeprefix(MOUNT), "content": _base64_of(file)} for file in written]

    def _files(self) -> list[str]:
        return [
            os.path.join(folder, name)
            for folder, _, names in os.walk(self._root)
            for name in names
            if not os.path.islink(os.path.join(folder, name))
        ]

    def redirect_absolute_paths(self):
        """Makes paths below /Workspace work in Python code, though not in C libraries, on a machine without it."""

        def local(path):
            text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
            if isinstance(text, str) and (text == MOUNT or text.startswith(MOUNT + "/")):
                return self._root + text[len(MOUNT) :]
            return path

        def redirected(function):
            # Any argument may be the path: `rename` has two, and no other text that they take looks like one.
            def call(*arguments, **options):
                return function(*map(local, arguments), **options)

            return call

        builtins.open = io.open = redirected(io.open)
        for name in PATH_FUNCTIONS:
            setattr(os, name, redirected(getattr(os, name)))
        getcwd = os.getcwd
        os.getcwd = lambda: self.display_path(getcwd())

        source_files = FileFinder.path_hook((SourceFileLoader, SOURCE_SUFFIXES))

        def import_from_mount(path: str):
            if local(path) == path:
                raise ImportError(f"{path} is not below {MOUNT}")
            return source_files(local(path))

        sys.path_hooks.insert(0, import_from_mount)


PATH_FUNCTIONS = (
    "access", "chdir", "chmod", "listdir", "lstat", "mkdir", "open", "remove", "rename", "replace", "rmdir", "scandir",
    "stat", "unlink", "utime",
)  # fmt: skip


def _base64_of(file: str) -> str:
    with open(file, "rb") as stream:
        return base64.b64encode(stream.read()).decode("ascii")
