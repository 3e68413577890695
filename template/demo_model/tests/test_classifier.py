import json
import unittest

from model_modules.classifier import SoftmaxClassifier, train_classifier

ROWS = [[0.0, 5.0], [1.0, 5.0], [10.0, 5.0], [11.0, 5.0]]
LABELS = ["low", "low", "high", "high"]
SETTINGS = {"epochs": 200, "learning_rate": 0.5, "seed": 3}


class TrainClassifierTest(unittest.TestCase):
    def test_learns_classes_that_a_line_separates(self):
        model = train_classifier(ROWS, LABELS, **SETTINGS)
        predicted = [model.predict(row) for row in [*ROWS, [2.0, 5.0], [9.0, 5.0]]]
        self.assertEqual(predicted, [*LABELS, "low", "high"])

    def test_confidence_increases_with_more_epochs(self):
        few = train_classifier(ROWS, LABELS, **{**SETTINGS, "epochs": 5})
        many = train_classifier(ROWS, LABELS, **SETTINGS)
        self.assertGreater(max(many.probabilities(ROWS[0])), max(few.probabilities(ROWS[0])))

    def test_is_the_same_for_the_same_seed(self):
        self.assertEqual(
            train_classifier(ROWS, LABELS, **SETTINGS), train_classifier(ROWS, LABELS, **SETTINGS)
        )


class SoftmaxClassifierTest(unittest.TestCase):
    def setUp(self):
        self.model = SoftmaxClassifier(["a", "b"], [0.0], [1.0], [[0.0, 500.0], [0.0, -500.0]])

    def test_gives_probabilities_that_add_up_to_one(self):
        self.assertAlmostEqual(sum(self.model.probabilities([0.001])), 1.0)

    def test_does_not_overflow(self):
        self.assertEqual(self.model.probabilities([1000.0]), [1.0, 0.0])

    def test_can_be_saved_as_json(self):
        copy = SoftmaxClassifier.from_dict(json.loads(json.dumps(self.model.to_dict())))
        self.assertEqual(copy, self.model)


if __name__ == "__main__":
    unittest.main()
