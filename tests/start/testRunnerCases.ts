import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../tools/commandLine';

const outcomes = `
import unittest
from model_modules import VALUE

class OutcomesTest(unittest.TestCase):
    def test_passes(self):
        self.assertEqual(VALUE, 3)

    def test_fails(self):
        self.assertEqual("a\\x1b<&", "b", "why\\nnot")

    def test_errs(self):
        try:
            {}["x"]
        except KeyError as error:
            raise ValueError("é") from error

    def test_parts(self):
        for part in range(3):
            with self.subTest("a\\x01b", part=part):
                self.assertLess(part, 2)

    @unittest.skip("no <time>")
    def test_waits(self):
        pass

    @unittest.expectedFailure
    def test_known(self):
        self.fail()

    @unittest.expectedFailure
    def test_mended(self):
        pass

class ClassTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise OSError("no disk")

    def test_is_never_reached(self):
        pass
`;

/** What the template's runner of unit tests promises, under the Python that `python` names when the tests run. */
export function testRunnerCases(python: () => string): void {
  let root: string;
  beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), 'test-runner-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  function run(files: Readonly<Record<string, string>>): { status: number | null; stderr: string } {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(root, 'model', name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    const runner = path.join(projectRoot, 'template', 'pipelines', 'run_tests.py');
    const args = [runner, 'model', '--results', 'results/junit.xml'];
    return spawnSync(python(), args, { cwd: root, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  }

  /** Each test case of the results with the first words of what is in it, and how many of each there are. */
  function readResults(): { suite: string; cases: string[] } {
    const xml = readFileSync(path.join(root, 'results', 'junit.xml'), 'utf8');
    const cases = xml.matchAll(/<testcase time="[\d.]+" classname="([^"]+)" name="([^"]+)"(?: \/>|>\s*(<[^>]+>))/g);
    return {
      suite: /<testsuite .*>/.exec(xml)?.[0].replaceAll(/(time|timestamp)="[\d.:T+-]+"/g, '$1') ?? xml,
      cases: [...cases].map(([, classname, name, inner = '']) => `${classname} ${name} ${inner}`.trim()),
    };
  }

  it('writes each result as JUnit XML, prints the output of unittest and exits with 1 when a test failed', () => {
    const { status, stderr } = run({
      'model_modules.py': 'VALUE = 3\n',
      'tests/__init__.py': '',
      'tests/test_outcomes.py': outcomes,
      'tests/test_import.py': 'import nowhere_at_all\n',
    });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /test_passes .*\.\.\. ok$/m);
    assert.match(stderr, /^FAILED \(failures=2, errors=3, skipped=1, expected failures=1, unexpected successes=1\)$/m);
    const { suite, cases } = readResults();
    assert.equal(suite, '<testsuite name="model" time timestamp tests="9" failures="3" errors="3" skipped="1">');
    const own = 'tests.test_outcomes.OutcomesTest';
    assert.deepEqual(cases, [
      `${own} test_passes`,
      `${own} test_known`,
      `${own} test_fails <failure message="AssertionError: 'a\\x1b&lt;&amp;' != 'b'" type="AssertionError">`,
      `${own} test_parts [a\ufffdb] (part=2) <failure message="AssertionError: 2 not less than 2" type="AssertionError">`,
      `${own} test_mended <failure message="Unexpected success" type="Unexpected success">`,
      'unittest.loader._FailedTest.tests test_import ' +
        `<error message="ModuleNotFoundError: No module named 'nowhere_at_all'" type="ModuleNotFoundError">`,
      'tests.test_outcomes.ClassTest setUpClass <error message="OSError: no disk" type="OSError">',
      `${own} test_errs <error message="ValueError: é" type="ValueError">`,
      `${own} test_waits <skipped message="no &lt;time&gt;" />`,
    ]);
  });

  it('exits with 0 when all tests passed', () => {
    const test = 'import unittest\nclass ATest(unittest.TestCase):\n    def test_it(self):\n        pass\n';
    const { status, stderr } = run({ 'tests/__init__.py': '', 'tests/test_a.py': test });
    assert.equal(status, 0, stderr);
    assert.deepEqual(readResults().cases, ['tests.test_a.ATest test_it']);
  });

  it('exits with 1 when there is no test', () => {
    const none = run({ 'training.py': '' });
    assert.deepEqual([none.status, none.stderr], [1, 'There is no test: model has no file tests/__init__.py.\n']);
    const empty = run({ 'tests/__init__.py': '' });
    assert.equal(empty.status, 1);
    assert.match(empty.stderr, /\nThere is no test in model\/tests\.\n$/);
  });
}
