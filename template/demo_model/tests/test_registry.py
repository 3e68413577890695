import tempfile
import unittest
from pathlib import Path

from model_modules.registry import (
    Training,
    Version,
    find_version,
    newest_version,
    register_training,
)

MODEL = "main.default.churn"
TRAINING = Training("/Shared/churn", {"epochs": 3}, {"accuracy": 0.9}, job_run="11")


class KeptRegistry:
    """A registry in memory, whose uploads can be interrupted."""

    def __init__(self):
        self.runs, self.found, self.interruptions, self.finished = {}, [], 0, []

    def open_experiment(self, path):
        return path

    def find_run(self, experiment_id, tag, value):
        return next((run for run, tags in self.runs.items() if tags.get(tag) == value), None)

    def create_run(self, experiment_id, tags):
        self.runs[f"run-{len(self.runs)}"] = tags
        return f"run-{len(self.runs) - 1}"

    def log(self, run_id, params, metrics, folder):
        self.logged = (run_id, params, metrics)

    def finish_run(self, run_id):
        if run_id not in self.finished:
            self.finished.append(run_id)

    def versions_of_run(self, model, run_id):
        return [each for each in self.found if each.run_id == run_id]

    def versions(self, model):
        return list(self.found)

    def version_by_alias(self, model, alias):
        return Version("4", "run-4", "READY")

    def register(self, model, run_id, folder):
        number = str(len(self.runs) * 10 + len(self.found))
        self.found.append(Version(number, run_id, "PENDING_REGISTRATION"))
        if self.interruptions:
            self.interruptions -= 1
            raise TimeoutError("interrupted")
        self.found[-1] = Version(number, run_id, "READY")
        return self.found[-1]

    def delete_version(self, model, number):
        self.found = [each for each in self.found if each.number != number]


class RegisterTrainingTest(unittest.TestCase):
    def setUp(self):
        self.registry = KeptRegistry()

    def _register(self, training=TRAINING):
        return register_training(self.registry, MODEL, training, Path(tempfile.gettempdir()))

    def test_logs_the_training_and_registers_a_version(self):
        version = self._register()
        self.assertEqual(self.registry.logged, (version.run_id, {"epochs": 3}, {"accuracy": 0.9}))
        self.assertEqual((self.registry.found, self.registry.finished), ([version], [version.run_id]))

    def test_registers_nothing_when_the_run_of_the_job_is_retried(self):
        self.assertEqual([self._register(), self._register()], self.registry.found * 2)
        self.assertEqual(len(self.registry.runs), 1)

    def test_completes_an_attempt_that_was_interrupted(self):
        self.registry.interruptions = 1
        with self.assertRaises(TimeoutError):
            self._register()
        self.assertEqual([self._register()], self.registry.found)

    def test_registers_a_version_for_each_run(self):
        by_hand = Training("/Shared/churn", {}, {}, job_run="")
        other = Training("/Shared/churn", {}, {}, job_run="12")
        for training in (TRAINING, other, by_hand, by_hand):
            self._register(training)
        self.assertEqual(len({each.run_id for each in self.registry.found}), 4)
        self.assertEqual(newest_version(self.registry, MODEL), self.registry.found[-1])


class FindVersionTest(unittest.TestCase):
    def test_reads_aliases_and_numbers(self):
        self.assertEqual(find_version(KeptRegistry(), f"models:/{MODEL}@champion"), (MODEL, "4"))
        self.assertEqual(find_version(KeptRegistry(), f"models:/{MODEL}/3"), (MODEL, "3"))

    def test_refuses_anything_else(self):
        for uri in (MODEL, f"models:/{MODEL}", f"{MODEL}/3"):
            with self.assertRaisesRegex(ValueError, "must be like models:/main.default.churn@champion"):
                find_version(KeptRegistry(), uri)

    def test_reports_that_there_is_no_version_yet(self):
        with self.assertRaisesRegex(LookupError, "run the training notebook first"):
            newest_version(KeptRegistry(), MODEL)


if __name__ == "__main__":
    unittest.main()
