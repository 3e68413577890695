"""Holds a WSGI application (PEP 3333) and passes requests on to it, as a web server does."""

import io
import os
import sys
import traceback
from importlib import import_module
from urllib.parse import unquote, urlsplit

application = None


def start(folder, reference, environment):
    """Whether the application that `module:name` stands for could be loaded; its trace is printed if not."""
    global application
    os.chdir(folder)
    os.environ.update(environment.to_py())
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    module, name = reference.split(":")
    try:
        application = getattr(import_module(module), name)
    except Exception as error:
        if isinstance(error, ModuleNotFoundError):
            # Pyodide adds how to install it there.
            error.msg = error.msg.splitlines()[0]
        trace = traceback.TracebackException.from_exception(error)
        trace.stack = traceback.StackSummary.from_list(
            frame for frame in trace.stack if frame.filename.startswith(f"{folder}/")
        )
        print("".join(trace.format()), end="", file=sys.stderr)
        return False
    return True


def answer(method, target, headers, body):
    """The status, the headers and the body of the application's answer."""
    url = urlsplit(target)
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path),
        "QUERY_STRING": url.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body.to_bytes()),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers.to_py():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    started = []

    def start_response(status, response_headers, exc_info=None):
        started[:] = [int(status.split()[0]), [list(header) for header in response_headers]]

    try:
        content = b"".join(application(environ, start_response))
        return [*started, content]
    except Exception:
        traceback.print_exc()
        return [500, [["Content-Type", "text/plain"]], b"Internal Server Error"]
