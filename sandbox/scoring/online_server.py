"""
What the container of an online endpoint runs: a WSGI application around the init() and run() of a scoring script, or
around an MLflow model without code.

The paths, statuses and headers are those of azureml-inference-server-http:
https://learn.microsoft.com/azure/machine-learning/how-to-inference-server-http
"""

import importlib
import importlib.util
import json
import math
import os
import re
import sys
import traceback
import types
from pathlib import Path

MODEL_FOLDER = Path(os.environ["AZUREML_MODEL_DIR"])


class Values(list):
    """The rows of a table without their columns."""

    def tolist(self):
        return [list(row) for row in self]


class Table(list):
    """Rows as dictionaries, with the little of a DataFrame that models use here."""

    def __getitem__(self, key):
        if not isinstance(key, list):
            return super().__getitem__(key)
        missing = [name for row in self for name in key if name not in row]
        if missing:
            raise InputError(f"Model is missing inputs {sorted(set(missing))}")
        return Table({name: row[name] for name in key} for row in self)

    @property
    def columns(self):
        return list(self[0]) if self else []

    @property
    def values(self):
        return Values(list(row.values()) for row in self)

    def to_dict(self, orient="records"):
        if orient != "records":
            raise ValueError(f"The orient {orient} is not supported")
        return list(self)


class InputError(ValueError):
    """The caller's mistake."""


def load_script(root, script):
    """The run() of a scoring script, after its init()."""
    path = Path(root) / script
    sys.path[:0] = [str(path.parent), str(root)]
    os.chdir(root)
    spec = importlib.util.spec_from_file_location("entry_module", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("init", "run"):
        if not callable(getattr(module, name, None)):
            raise RuntimeError(f"The entry script {script} has no function {name}()")
    module.init()
    return lambda body: module.run(body.decode())


def load_mlflow():
    """The predictions of an MLflow model for the `input_data` of a request."""
    found = sorted(MODEL_FOLDER.rglob("MLmodel"))
    if not found:
        raise FileNotFoundError(f"There is no MLmodel below {MODEL_FOLDER.name}")
    folder = found[0].parent
    provide_pandas(folder)
    flavor = python_function(found[0].read_text(encoding="utf-8"))
    if "code" in flavor:
        sys.path.insert(0, str(folder / flavor["code"]))
    model = load_flavor(folder, flavor)
    return lambda body: to_list(model.predict(rows_of(body)))


def provide_pandas(folder):
    """No package is installed here: a model that asks for pandas gets tables of rows, for its answers."""
    named = [folder / name for name in ("requirements.txt", "conda.yaml")]
    texts = [path.read_text(encoding="utf-8") for path in named if path.exists()]
    if not any(re.search(r"^[\s-]*pandas\b", text, re.MULTILINE) for text in texts):
        return
    if importlib.util.find_spec("pandas") is None:
        pandas = types.ModuleType("pandas")
        pandas.DataFrame = lambda rows, columns: Table(dict(zip(columns, row, strict=True)) for row in rows)
        sys.modules["pandas"] = pandas


def python_function(text):
    """The entries of the flavor python_function of an MLmodel, where they are lines, or JSON in one line."""
    entries, indent = {}, None
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip())
        if indent is None:
            name, _, value = line.strip().partition(":")
            if name == "python_function" and not value:
                indent = depth
            elif name == "python_function":
                entries = json.loads(value)
                break
            continue
        if line.strip() and depth <= indent:
            break
        name, _, value = line.strip().partition(":")
        if value.strip():
            entries[name] = value.strip().strip("'\"")
    if "loader_module" not in entries:
        raise RuntimeError("The MLmodel has no flavor python_function")
    return entries


def load_flavor(folder, flavor):
    try:
        module = importlib.import_module(flavor["loader_module"])
    except ModuleNotFoundError as error:
        # MLflow itself is not here; models of the demo's kind do without it.
        if error.name is None or error.name.split(".")[0] != "mlflow":
            raise
        saved = sorted(folder.rglob("model.json"))
        if not saved:
            raise
        return Softmax(json.loads(saved[0].read_text(encoding="utf-8")))
    return module._load_pyfunc(str(folder / flavor.get("data", "")))


class Softmax:
    """A softmax regression as the demo model's training saves it."""

    def __init__(self, saved):
        self.features = saved["features"]
        self.classifier = saved["classifier"]

    def predict(self, rows):
        return [self._predict(row) for row in rows]

    def _predict(self, row):
        missing = [name for name in self.features if name not in row]
        if missing:
            raise InputError(f"Model is missing inputs {missing}")
        scales = zip(self.features, self.classifier["means"], self.classifier["deviations"], strict=True)
        values = [(float(row[name]) - mean) / deviation for name, mean, deviation in scales]
        scores = [
            bias + sum(weight * value for weight, value in zip(weights, values, strict=True))
            for bias, *weights in self.classifier["weights"]
        ]
        exponentials = [math.exp(score - max(scores)) for score in scores]
        species = self.classifier["classes"][scores.index(max(scores))]
        return {"species": species, "confidence": round(max(exponentials) / sum(exponentials), 4)}


def rows_of(body):
    try:
        data = json.loads(body)["input_data"]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"The body must be JSON with input_data: {error}") from error
    if isinstance(data, dict):
        columns, data = data.get("columns"), data.get("data")
        if not isinstance(columns, list) or not isinstance(data, list):
            raise InputError("input_data must have columns and data")
        return Table(dict(zip(columns, row, strict=True)) for row in data)
    if not isinstance(data, list):
        raise InputError("input_data must be a list or an object with columns and data")
    return Table(data)


def to_list(predictions):
    return predictions.tolist() if hasattr(predictions, "tolist") else list(predictions)


script = os.environ.get("AZUREML_ENTRY_SCRIPT")
run = load_script(os.environ["AML_APP_ROOT"], script) if script else load_mlflow()


def application(environ, start_response):
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    if path == "/":
        return answer(start_response, "200 OK", "Healthy")
    if path != "/score":
        return answer(start_response, "404 Not Found", {"message": "Not found"})
    if method not in ("GET", "POST"):
        return answer(start_response, "405 Method Not Allowed", {"message": "Method not allowed"})
    length = int(environ.get("CONTENT_LENGTH") or 0)
    try:
        return answer(start_response, "200 OK", run(environ["wsgi.input"].read(length)))
    except InputError as error:
        return answer(start_response, "400 Bad Request", {"message": str(error)})
    except Exception as error:
        traceback.print_exc()
        failed = [("x-ms-run-function-failed", "True")]
        return answer(start_response, "500 Internal Server Error", {"message": str(error)}, failed)


def answer(start_response, status, value, headers=()):
    start_response(status, [("Content-Type", "application/json"), *headers])
    return [json.dumps(value).encode()]
