"""Scores a CSV file on one machine."""

import csv
from collections import Counter
from pathlib import Path
from statistics import fmean

from model_modules.classifier import SoftmaxClassifier
from model_modules.dataset import FEATURES, read_dataset
from model_modules.scoring import score_rows

COLUMNS = [*FEATURES, "predicted_species", "confidence"]


def score_file(model: SoftmaxClassifier, input_path: str, output_path: str) -> dict:
    """Writes each row with its prediction to another CSV file. Gives a summary."""
    flowers = read_dataset(input_path)
    predictions = score_rows(model, flowers.rows)
    output = Path(output_path)
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([*row, *found] for row, found in zip(flowers.rows, predictions, strict=True))
    return {
        "rows": len(predictions),
        "mean_confidence": round(fmean(confidence for _, confidence in predictions), 4),
        "predicted": dict(Counter(species for species, _ in predictions)),
    }
