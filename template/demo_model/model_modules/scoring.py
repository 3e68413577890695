"""Scores flowers: the function behind the scoring job, on one machine or on a cluster, and the services."""

import re
from collections.abc import Iterable

from model_modules.classifier import SoftmaxClassifier, Vector

Prediction = tuple[str, float]


def score_rows(model: SoftmaxClassifier, rows: Iterable[Vector]) -> list[Prediction]:
    """The most probable species of each row and its probability, which is rounded."""
    predictions = []
    for row in rows:
        probabilities = model.probabilities(row)
        confidence = max(probabilities)
        if confidence != confidence:
            raise ValueError(f"A measurement is missing: {row}")
        predictions.append((model.classes[probabilities.index(confidence)], round(confidence, 4)))
    return predictions


def is_table(path: str) -> bool:
    """Whether it is the name of a table: catalog.schema.table."""
    return re.fullmatch(r"[^./\s]+(\.[^./\s]+){2}", path) is not None


def is_for_spark(path: str) -> bool:
    """A table, a volume, or a URL such as abfss://… can be of any size; files of the workspace are small."""
    return is_table(path) or path.startswith("/Volumes/") or re.match(r"\w+:/", path) is not None
