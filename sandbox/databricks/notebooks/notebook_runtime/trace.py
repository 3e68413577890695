"""Error texts as Databricks gives them: the layout and the terminal colours of IPython."""

import linecache
import os
import traceback

RUNTIME_FOLDER = os.path.dirname(os.path.abspath(__file__))
CONTEXT_LINES = 2
FRAMES_SHOWN = 20

RED, GREEN, PLAIN = "\033[0;31m", "\033[0;32m", "\033[0m"


def error_line(error: BaseException) -> str:
    """`ValueError: bad thing`."""
    name = type(error).__name__
    return f"{name}: {error}" if str(error) else name


def error_trace(error: BaseException, display_path) -> str:
    """The traceback through the notebook's own code. `display_path` gives the workspace's name of a file."""
    name = type(error).__name__
    parts = [
        f"{RED}{'-' * 75}{PLAIN}",
        f"{RED}{name}{PLAIN}{'Traceback (most recent call last)':>{75 - len(name)}}",
        *_chain(error, display_path),
    ]
    return "\n".join(parts)


def _chain(error: BaseException, display_path) -> list[str]:
    own = [*_frames(error, display_path), *_final_lines(error, display_path)]
    if error.__cause__ is not None:
        earlier, link = error.__cause__, "The above exception was the direct cause of the following exception:"
    elif error.__context__ is not None and not error.__suppress_context__:
        earlier, link = error.__context__, "During handling of the above exception, another exception occurred:"
    else:
        return own
    return [*_chain(earlier, display_path), "", link, "", *own]


def _frames(error: BaseException, display_path) -> list[str]:
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((RUNTIME_FOLDER, "<frozen importlib"))
    ]
    shown = [_frame(frame, display_path) for frame in frames]
    if len(shown) > FRAMES_SHOWN:
        half = FRAMES_SHOWN // 2
        shown[half:-half] = [f"    [... skipping {len(shown) - FRAMES_SHOWN} frames]"]
    return shown


def _frame(frame: traceback.FrameSummary, display_path) -> str:
    source = linecache.getlines(frame.filename)
    numbers = range(max(frame.lineno - CONTEXT_LINES, 1), min(frame.lineno + CONTEXT_LINES, len(source)) + 1)
    arrow = f"{GREEN}{'-' * (5 - len(str(frame.lineno)))}> {frame.lineno}{PLAIN}"
    marks = (arrow if number == frame.lineno else f"{number:>7}" for number in numbers)
    lines = [f"{mark} {source[number - 1].rstrip()}" for mark, number in zip(marks, numbers, strict=True)]
    place = "" if frame.name == "<module>" else f", in {frame.name}"
    return "\n".join([f"File {GREEN}{display_path(frame.filename)}, line {frame.lineno}{PLAIN}{place}", *lines, ""])


def _final_lines(error: BaseException, display_path) -> list[str]:
    if not isinstance(error, SyntaxError):
        name, _, message = error_line(error).partition(":")
        return [f"{RED}{name}{PLAIN}" + (f":{message}" if message else "")]
    text = "".join(traceback.format_exception_only(error)).rstrip()
    return [text.replace(str(error.filename), display_path(str(error.filename)))]
