"""
The scoring service of the model: `POST /score` classifies flowers, `GET /healthz` reports the health.

It is a WSGI application, which waitress serves in the container (see Dockerfile).
"""

import json
import os
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path

from model_modules.dataset import FEATURES
from model_modules.mlflow_model import read_model
from model_modules.scoring import score_rows

# Loaded once, when the server starts: a server without a model must not report that it is healthy. The image
# has the files of the registered version in the folder model.
model, saved = read_model(Path(os.environ.get("MODEL_FOLDER", Path(__file__).with_name("model"))))


def score(payload: dict) -> dict:
    """
    Scores `{"dataframe_records": [{"sepal_length": 5.1, …}, …]}`: the most probable species of each flower.

    The payload is that of a serving endpoint of Databricks.
    """
    rows = [[float(flower[feature]) for feature in FEATURES] for flower in payload["dataframe_records"]]
    predictions = [
        {"species": species, "confidence": confidence} for species, confidence in score_rows(model, rows)
    ]
    return {"model_version": saved["model_version"], "predictions": predictions}


def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
    """The WSGI application (PEP 3333)."""
    status, answer = _answer(environ)
    body = json.dumps(answer).encode()
    start_response(
        f"{status.value} {status.phrase}",
        [("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
    )
    return [body]


def _answer(environ: dict) -> tuple[HTTPStatus, dict]:
    request = (environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""))
    if request == ("GET", "/healthz"):
        return HTTPStatus.OK, {"status": "ok"}
    if request != ("POST", "/score"):
        return HTTPStatus.NOT_FOUND, {"error": "Not found. Use POST /score or GET /healthz"}
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        return HTTPStatus.OK, score(json.loads(environ["wsgi.input"].read(length)))
    except (KeyError, TypeError, ValueError) as error:
        expected = {"dataframe_records": [dict.fromkeys(FEATURES, 1.0)]}
        problem = f"{type(error).__name__}: {error}. Expected JSON such as {json.dumps(expected)}"
        return HTTPStatus.BAD_REQUEST, {"error": problem}
