import csv
import tempfile
import unittest
from pathlib import Path

from model_modules.classifier import SoftmaxClassifier
from model_modules.file_scoring import score_file
from model_modules.scoring import is_for_spark, score_rows

MODEL = SoftmaxClassifier(["a", "b"], [0.0] * 4, [1.0] * 4, [[0.0, 9.0, 0.0, 0.0, 0.0], [0.0] * 5])


class ScoringTest(unittest.TestCase):
    def test_gives_the_most_probable_class_of_each_row(self):
        found = score_rows(MODEL, [[1.0, 0.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0]])
        self.assertEqual(found, [("a", 0.9999), ("b", 0.9999)])

    def test_refuses_rows_with_missing_measurements(self):
        with self.assertRaisesRegex(ValueError, "A measurement is missing"):
            score_rows(MODEL, [[float("nan"), 0.0, 0.0, 0.0]])

    def test_scores_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            flowers, output = Path(folder, "flowers.csv"), Path(folder, "out", "predictions.csv")
            header = "sepal_length,sepal_width,petal_length,petal_width"
            flowers.write_text(f"{header}\n1,2,3,4\n-1,2,3,4\n", encoding="utf-8")
            summary = score_file(MODEL, str(flowers), str(output))
            self.assertEqual(summary, {"rows": 2, "mean_confidence": 0.9999, "predicted": {"a": 1, "b": 1}})
            with output.open(encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
        found = [(row["sepal_length"], row["predicted_species"]) for row in rows]
        self.assertEqual(found, [("1.0", "a"), ("-1.0", "b")])

    def test_leaves_what_can_be_large_to_spark(self):
        large = (
            "main.sales.flowers",
            "/Volumes/main/sales/flowers",
            "abfss://flowers@storage.dfs.core.windows.net/new",
        )
        small = ("data/iris.csv", "/Workspace/Shared/iris.csv", "iris.csv")
        self.assertEqual([is_for_spark(path) for path in (*large, *small)], [True] * 3 + [False] * 3)


if __name__ == "__main__":
    unittest.main()
