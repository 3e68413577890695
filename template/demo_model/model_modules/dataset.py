"""Reads flower measurements and splits them for training and testing."""

import csv
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

FEATURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
LABEL = "species"


@dataclass(frozen=True)
class Dataset:
    """Measurements in the order of FEATURES; the label is an empty string if the species is unknown."""

    rows: list[list[float]]
    labels: list[str]

    def __len__(self) -> int:
        return len(self.rows)

    def subset(self, indices: list[int]) -> "Dataset":
        return Dataset([self.rows[i] for i in indices], [self.labels[i] for i in indices])


def read_dataset(path: str | Path) -> Dataset:
    """Reads a CSV file with a column for each feature and optionally one for the label."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        missing = [name for name in FEATURES if name not in (reader.fieldnames or [])]
        if missing:
            raise ValueError(f"{path} has no column {', '.join(missing)}")
        records = list(reader)
    rows = [[float(record[name]) for name in FEATURES] for record in records]
    labels = [record.get(LABEL) or "" for record in records]
    return Dataset(rows, labels)


def stratified_split(dataset: Dataset, test_share: float, seed: int) -> tuple[Dataset, Dataset]:
    """
    Splits into training and test data with the same distribution of labels.

    The same seed always gives the same split.
    """
    if not 0 < test_share < 1:
        raise ValueError(f"test_share must be between 0 and 1, not {test_share}")
    indices_by_label = defaultdict(list)
    for index, label in enumerate(dataset.labels):
        indices_by_label[label].append(index)

    generator = random.Random(seed)
    train, test = [], []
    for _, indices in sorted(indices_by_label.items()):
        generator.shuffle(indices)
        test_size = round(len(indices) * test_share)
        test += indices[:test_size]
        train += indices[test_size:]
    return dataset.subset(sorted(train)), dataset.subset(sorted(test))
