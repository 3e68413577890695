import io
import json
import os
import tempfile
import unittest
from pathlib import Path
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

from model_modules.classifier import train_classifier
from model_modules.dataset import FEATURES, read_dataset
from model_modules.mlflow_model import write_model

SAMPLE = Path(__file__).parent.parent / "sample_payload.json"


def setUpModule():
    """A model like that of a registered version, with which the server starts."""
    global application
    iris = read_dataset(SAMPLE.parent / "data" / "iris.csv")
    model = train_classifier(iris.rows, iris.labels, epochs=20, learning_rate=0.5, seed=1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "model")
        write_model({"model_version": "1", "features": FEATURES, "classifier": model.to_dict()}, folder)
        os.environ["MODEL_FOLDER"] = str(folder)
        from scoring_server import application


class ScoringServerTest(unittest.TestCase):
    def test_classifies_the_flowers_of_the_sample(self):
        status, answer = self._ask("POST", "/score", SAMPLE.read_bytes())
        self.assertEqual(status, 200)
        self.assertEqual([each["species"] for each in answer["predictions"]], ["setosa", "virginica"])
        self.assertTrue(all(0.5 < each["confidence"] <= 1 for each in answer["predictions"]))

    def test_reads_the_features_by_name(self):
        flower = json.loads(SAMPLE.read_text(encoding="utf-8"))["dataframe_records"][0]
        payloads = [{"dataframe_records": [each]} for each in (flower, dict(reversed(flower.items())))]
        straight, turned = [self._ask("POST", "/score", json.dumps(each).encode()) for each in payloads]
        self.assertEqual(straight, turned)

    def test_reports_what_is_wrong_with_a_payload(self):
        cases = {
            b"": "JSONDecodeError",
            b"[]": "TypeError",
            b"{}": "KeyError: 'dataframe_records'",
            b'{"dataframe_records": [{"sepal_length": 1}]}': "KeyError: 'sepal_width'",
            b'{"dataframe_records": [{"sepal_length": "long"}]}': "could not convert string to float: 'long'",
        }
        for payload, problem in cases.items():
            status, answer = self._ask("POST", "/score", payload)
            self.assertEqual(status, 400)
            self.assertIn(problem, answer["error"])
            self.assertIn('{"dataframe_records": [{"sepal_length": 1.0', answer["error"])

    def test_reports_that_it_is_healthy(self):
        self.assertEqual(self._ask("GET", "/healthz"), (200, {"status": "ok"}))

    def test_returns_404_for_other_paths_and_methods(self):
        for method, path in (("GET", "/"), ("GET", "/score"), ("POST", "/healthz")):
            self.assertEqual(self._ask(method, path)[0], 404)

    def _ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, dict]:
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        setup_testing_defaults(environ)
        statuses = []

        def start_response(status, headers, exc_info=None):
            statuses.append(status)
            return lambda data: None

        answer = validator(application)(environ, start_response)
        try:
            content = b"".join(answer)
        finally:
            answer.close()
        return int(statuses[0][:3]), json.loads(content)


if __name__ == "__main__":
    unittest.main()
