"""Multinomial logistic regression (softmax regression) on standardized features."""

import math
import random
import statistics
from dataclasses import asdict, dataclass

Vector = list[float]


@dataclass(frozen=True)
class SoftmaxClassifier:
    """A trained model. `weights` has, for each class, the bias and then one weight per feature."""

    classes: list[str]
    means: Vector
    deviations: Vector
    weights: list[Vector]

    def probabilities(self, row: Vector) -> Vector:
        """The probability of each class, in the order of `classes`."""
        return _softmax(self.weights, self._standardised(row))

    def predict(self, row: Vector) -> str:
        """The most probable class."""
        probabilities = self.probabilities(row)
        return self.classes[probabilities.index(max(probabilities))]

    def to_dict(self) -> dict:
        """The model as plain data, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> "SoftmaxClassifier":
        return cls(**data)

    def _standardised(self, row: Vector) -> Vector:
        return [
            (x - mean) / deviation
            for x, mean, deviation in zip(row, self.means, self.deviations, strict=True)
        ]


def train_classifier(
    rows: list[Vector],
    labels: list[str],
    *,
    epochs: int,
    learning_rate: float,
    seed: int,
    l2_penalty: float = 0.001,
) -> SoftmaxClassifier:
    """
    Minimizes the cross-entropy with full-batch gradient descent.

    Means and deviations for the standardization are computed from the training rows only, so that no
    information about the test rows leaks into the model. Constant features are not scaled.
    """
    classes = sorted(set(labels))
    columns = list(zip(*rows, strict=True))
    means = [statistics.fmean(column) for column in columns]
    deviations = [statistics.pstdev(column) or 1.0 for column in columns]
    generator = random.Random(seed)
    weights = [[generator.gauss(0, 0.01) for _ in range(len(columns) + 1)] for _ in classes]
    model = SoftmaxClassifier(classes, means, deviations, weights)

    inputs = [model._standardised(row) for row in rows]
    targets = [classes.index(label) for label in labels]
    for _ in range(epochs):
        gradients = _gradients(weights, inputs, targets)
        for class_weights, gradient in zip(weights, gradients, strict=True):
            for i, slope in enumerate(gradient):
                # The penalty applies to the weights only: the bias does not cause overfitting.
                penalty = l2_penalty * class_weights[i] if i > 0 else 0.0
                class_weights[i] -= learning_rate * (slope + penalty)
    return model


def _gradients(weights: list[Vector], inputs: list[Vector], targets: list[int]) -> list[Vector]:
    """The mean gradient of the cross-entropy for each weight."""
    gradients = [[0.0] * len(class_weights) for class_weights in weights]
    for row, target in zip(inputs, targets, strict=True):
        for k, probability in enumerate(_softmax(weights, row)):
            error = (probability - (k == target)) / len(inputs)
            gradient = gradients[k]
            gradient[0] += error
            for i, x in enumerate(row, start=1):
                gradient[i] += error * x
    return gradients


def _softmax(weights: list[Vector], row: Vector) -> Vector:
    scores = [bias + sum(w * x for w, x in zip(rest, row, strict=True)) for bias, *rest in weights]
    # Subtracting the largest score does not change the result and prevents an overflow in exp().
    largest = max(scores)
    exponentials = [math.exp(score - largest) for score in scores]
    total = sum(exponentials)
    return [exponential / total for exponential in exponentials]
