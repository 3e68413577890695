"""Runs the unit tests of a model and writes the results as JUnit XML for the task PublishTestResults@2.

python3 pipelines/run_tests.py demo_model --results test-results.xml
"""

import argparse
import re
import sys
import time
import unittest
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class TimedResult(unittest.TextTestResult):
    """Also records passed tests and the duration of each test."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.passed, self.seconds = [], {}

    def startTest(self, test):
        super().startTest(test)
        self.seconds[test.id()] = -time.perf_counter()

    def stopTest(self, test):
        self.seconds[test.id()] += time.perf_counter()
        super().stopTest(test)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed.append((test, ""))


def junit_xml(name: str, result: TimedResult, started: datetime) -> ElementTree.ElementTree:
    seconds = (datetime.now().astimezone() - started).total_seconds()
    outcomes = {
        "passed": result.passed + result.expectedFailures,
        "failure": result.failures + [(test, "Unexpected success") for test in result.unexpectedSuccesses],
        "error": result.errors,
        "skipped": result.skipped,
    }
    suite = ElementTree.Element("testsuite", name=name, time=f"{seconds:.3f}")
    suite.set("timestamp", started.isoformat(timespec="seconds"))
    suite.set("tests", str(sum(map(len, outcomes.values()))))
    for attribute, kind in {"failures": "failure", "errors": "error", "skipped": "skipped"}.items():
        suite.set(attribute, str(len(outcomes[kind])))
    for kind, tests in outcomes.items():
        for test, text in tests:
            whole = getattr(test, "test_case", test).id()  # a subtest is part of a test
            case = ElementTree.SubElement(suite, "testcase", time=f"{result.seconds.get(whole, 0):.3f}")
            # Failures outside of tests have names such as: setUpClass (tests.test_dataset.DatasetTest)
            around = re.fullmatch(r"(\w+) \((.+)\)", whole)
            class_name = around[2] if around else whole.rpartition(".")[0]
            case.set("classname", class_name)
            case.set("name", around[1] if around else printable(test.id()[len(class_name) + 1 :]))
            if kind != "passed":
                add_reason(case, kind, printable(text))
    ElementTree.indent(suite)
    return ElementTree.ElementTree(suite)


def add_reason(case: ElementTree.Element, kind: str, text: str) -> None:
    # The exception is the first line below its traceback that is not indented.
    lines = re.findall(r"^\S.*", text.rpartition("Traceback (most")[2], re.MULTILINE)
    message = text if kind == "skipped" or not lines else lines[0]
    reason = ElementTree.SubElement(case, kind, message=message)
    if kind != "skipped":
        reason.set("type", message.partition(":")[0])
        reason.text = text


def printable(text: str) -> str:
    return NOT_IN_XML.sub("\ufffd", text)


def main() -> None:
    parser = argparse.ArgumentParser(description="Runs the unit tests of a model.")
    parser.add_argument("model", type=Path, help="the model folder, with its tests in the package tests")
    parser.add_argument("--results", type=Path, required=True, help="the JUnit file to write")
    options = parser.parse_args()
    model, results = options.model.resolve(), options.results.resolve()
    if not (model / "tests" / "__init__.py").is_file():
        sys.exit(f"There is no test: {options.model} has no file {Path('tests', '__init__.py')}.")
    # Notebooks import modules from their own folder; the tests do the same.
    sys.path.insert(0, str(model))
    tests = unittest.TestLoader().discover(str(model / "tests"), top_level_dir=str(model))
    started = datetime.now().astimezone()
    result = unittest.TextTestRunner(verbosity=2, resultclass=TimedResult).run(tests)
    document = junit_xml(model.name, result, started)
    results.parent.mkdir(parents=True, exist_ok=True)
    document.write(results, encoding="utf-8", xml_declaration=True)
    if result.testsRun == 0 and not result.errors:
        sys.exit(f"There is no test in {options.model / 'tests'}.")
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main()
