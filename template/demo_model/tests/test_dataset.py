import tempfile
import unittest
from collections import Counter
from pathlib import Path
from statistics import fmean

from model_modules.dataset import Dataset, read_dataset, stratified_split

IRIS = Path(__file__).parent.parent / "data" / "iris.csv"


class ReadDatasetTest(unittest.TestCase):
    def test_reads_the_published_measurements(self):
        iris = read_dataset(IRIS)
        self.assertEqual(Counter(iris.labels), {"setosa": 50, "versicolor": 50, "virginica": 50})
        means = [round(fmean(column), 4) for column in zip(*iris.rows, strict=True)]
        self.assertEqual(means, [5.8433, 3.0573, 3.758, 1.1993])

    def test_reads_flowers_of_unknown_species(self):
        flowers = self._read("petal_width,petal_length,sepal_width,sepal_length\n4,3,2,1\n")
        self.assertEqual(flowers, Dataset([[1.0, 2.0, 3.0, 4.0]], [""]))

    def test_reports_a_missing_column(self):
        with self.assertRaisesRegex(ValueError, "has no column petal_width"):
            self._read("sepal_length,sepal_width,petal_length,species\n1,2,3,setosa\n")

    def _read(self, text: str) -> Dataset:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "flowers.csv")
            path.write_text(text, encoding="utf-8")
            return read_dataset(path)


class StratifiedSplitTest(unittest.TestCase):
    def setUp(self):
        self.data = Dataset([[float(i)] for i in range(30)], ["a"] * 20 + ["b"] * 10)

    def test_keeps_the_distribution_of_labels(self):
        train, test = stratified_split(self.data, 0.3, seed=1)
        self.assertEqual(Counter(test.labels), {"a": 6, "b": 3})
        self.assertEqual(Counter(train.labels), {"a": 14, "b": 7})

    def test_uses_every_row_once(self):
        train, test = stratified_split(self.data, 0.3, seed=1)
        self.assertEqual(sorted(train.rows + test.rows), self.data.rows)

    def test_depends_only_on_the_seed(self):
        self.assertEqual(stratified_split(self.data, 0.3, 1), stratified_split(self.data, 0.3, 1))
        self.assertNotEqual(stratified_split(self.data, 0.3, 1), stratified_split(self.data, 0.3, 2))

    def test_refuses_a_share_that_leaves_one_side_empty(self):
        for share in (0, 1, -0.5):
            with self.assertRaises(ValueError):
                stratified_split(self.data, share, seed=1)


if __name__ == "__main__":
    unittest.main()
