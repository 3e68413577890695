import unittest

from model_modules.evaluation import accuracy, confusion_matrix, macro_f1

ACTUAL = ["a", "a", "a", "b"]
PREDICTED = ["a", "a", "b", "b"]


class EvaluationTest(unittest.TestCase):
    def test_accuracy_is_the_share_of_correct_predictions(self):
        self.assertEqual(accuracy(ACTUAL, PREDICTED), 0.75)

    def test_confusion_matrix_counts_each_pair(self):
        expected = {"a": {"a": 2, "b": 1}, "b": {"a": 0, "b": 1}}
        self.assertEqual(confusion_matrix(ACTUAL, PREDICTED), expected)

    def test_macro_f1_weights_each_class_equally(self):
        # a: precision 1, recall 2/3, F1 0.8; b: precision 1/2, recall 1, F1 2/3.
        self.assertAlmostEqual(macro_f1(ACTUAL, PREDICTED), (0.8 + 2 / 3) / 2)

    def test_lists_of_different_length_are_refused(self):
        with self.assertRaises(ValueError):
            accuracy(ACTUAL, PREDICTED[1:])


if __name__ == "__main__":
    unittest.main()
