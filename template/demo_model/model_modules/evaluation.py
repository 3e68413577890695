"""Computes metrics of predictions."""

from collections import Counter


def accuracy(actual: list[str], predicted: list[str]) -> float:
    """The share of correct predictions."""
    return sum(a == p for a, p in zip(actual, predicted, strict=True)) / len(actual)


def confusion_matrix(actual: list[str], predicted: list[str]) -> dict[str, dict[str, int]]:
    """How often each actual class (outer key) was predicted as each class (inner key)."""
    classes = sorted({*actual, *predicted})
    counts = Counter(zip(actual, predicted, strict=True))
    return {a: {p: counts[a, p] for p in classes} for a in classes}


def macro_f1(actual: list[str], predicted: list[str]) -> float:
    """The harmonic mean of precision and recall, averaged over the classes."""
    matrix = confusion_matrix(actual, predicted)
    scores = []
    for name, row in matrix.items():
        hits = row[name]
        misses = sum(row.values()) - hits
        false_alarms = sum(other[name] for other in matrix.values()) - hits
        scores.append(2 * hits / (2 * hits + misses + false_alarms))
    return sum(scores) / len(scores)
