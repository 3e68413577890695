"""
The scoring service of the model: `POST /score` classifies flowers, `GET /healthz` reports the health.

It is a WSGI application, which waitress serves in the container (see Dockerfile).
"""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path

from model_modules.classifier import SoftmaxClassifier
from model_modules.dataset import FEATURES

# Loaded once, when the server starts: a server without a model must not report that it is healthy.
saved = json.loads(Path(__file__).with_name("model.json").read_text(encoding="utf-8"))
if tuple(saved["features"]) != FEATURES:
    raise ValueError(f"The model was trained on {saved['features']}, not on {FEATURES}")
model = SoftmaxClassifier.from_dict(saved["classifier"])


def score(payload: dict) -> dict:
    """Scores `{"data": [{"sepal_length": 5.1, …}, …]}`: the most probable species of each flower."""
    rows = [[float(flower[feature]) for feature in FEATURES] for flower in payload["data"]]
    predictions = []
    for row in rows:
        probabilities = model.probabilities(row)
        confidence = max(probabilities)
        species = model.classes[probabilities.index(confidence)]
        predictions.append({"species": species, "confidence": round(confidence, 4)})
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
        expected = {"data": [dict.fromkeys(FEATURES, 1.0)]}
        problem = f"{type(error).__name__}: {error}. Expected JSON such as {json.dumps(expected)}"
        return HTTPStatus.BAD_REQUEST, {"error": problem}
