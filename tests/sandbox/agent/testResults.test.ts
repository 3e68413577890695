import assert from 'node:assert/strict';
import { readJUnit } from '../../../sandbox/agent/commands/readJUnit';
import { renderReport } from '../../../sandbox/agent/renderReport';
import { useFixture } from './pipelineFixture';

const red = `<?xml version="1.0"?>
<testsuites>
  <testsuite name="a &amp; b" tests="5">
    <!-- <testcase name="no"/> -->
    <testcase classname="m" name="a > b"><failure message='"1"'>&lt;trace></failure></testcase>
    <testcase classname="m" name="b"><error/></testcase>
    <testcase classname="m" name="c"><skipped message="later"/></testcase>
    <testcase classname="m" name="d"><system-out><![CDATA[<testcase>]]></system-out></testcase>
    <testcase classname="m" name="e" />
  </testsuite>
</testsuites>`;
const green = '<testsuite name="green"><testcase classname="m" name="a"/></testsuite>';

describe('The tests of a JUnit file', () => {
  it('are counted by result', () => {
    assert.deepEqual(readJUnit(red), { suite: 'a & b', passed: 2, failed: 2, skipped: 1 });
    assert.deepEqual(readJUnit(green), { suite: 'green', passed: 1, failed: 0, skipped: 0 });
    const suites = `<testsuites>${green}${green}</testsuites>`;
    assert.deepEqual(readJUnit(suites), { suite: undefined, passed: 2, failed: 0, skipped: 0 });
  });

  it('are refused when the file is not a JUnit file', () => {
    const texts = ['', '{}', '<a/>', '<testsuite>', '<testsuite></a>', '<testsuite><testcase name="</testsuite>'];
    for (const text of texts)
      assert.throws(() => readJUnit(text), /it has no testsuite element|well-formed|has no start tag/, text);
  });
});

describe('PublishTestResults@2', () => {
  const fixture = useFixture();
  const step = (inputs: string) => `steps:\n- task: PublishTestResults@2\n  name: s\n  inputs: { ${inputs} }\n`;

  async function publish(inputs: string) {
    fixture().write({ 'out/TEST-a.xml': red, 'out/deep/TEST-b.xml': green, 'out/other.xml': '<html>' });
    const { steps, report } = await fixture().run(step(inputs));
    const published = steps.get('s');
    assert.ok(published);
    return { ...published, text: renderReport(report) };
  }

  it('counts the tests of the files that match its patterns below the working folder', async () => {
    const { result, testRuns, files, text } = await publish('');
    assert.equal(result, 'Succeeded');
    assert.deepEqual(testRuns, [
      { title: 'a & b', passed: 2, failed: 2, skipped: 1 },
      { title: 'green', passed: 1, failed: 0, skipped: 0 },
    ]);
    assert.equal(files.length, 2);
    assert.match(text, /\n +a & b: 2 tests passed, 2 failed, 1 skipped\n +green: 1 test passed\n/);
  });

  it('merges them under one title, and fails on failed tests, as configured', async () => {
    const options = 'mergeTestResults: true, testRunTitle: "unit; [all]", failTaskOnFailedTests: true';
    const { result, testRuns, issues } = await publish(`searchFolder: out, testResultsFormat: JUnit, ${options}`);
    assert.equal(result, 'Failed');
    assert.deepEqual(testRuns, [{ title: 'unit; [all]', passed: 3, failed: 2, skipped: 1 }]);
    assert.deepEqual(
      issues.map(({ message }) => message),
      ['There are one or more test failures detected in result files.'],
    );
  });

  it('excludes files that match a pattern with !, and warns of files that it cannot read', async () => {
    const { result, testRuns, issues } = await publish('testResultsFiles: "out/*.xml\\n!**/TEST-[ac].xml"');
    assert.equal(result, 'Succeeded');
    assert.deepEqual(testRuns, []);
    assert.match(issues[0]?.message ?? '', /^Failed to read .*other\.xml: it is not well-formed XML\.$/);
  });

  it('warns or fails when there is no file', async () => {
    const warned = await publish('testResultsFiles: nowhere/*.xml');
    const message = "No test result files matching 'nowhere/*.xml' were found.";
    assert.deepEqual([warned.result, warned.issues[0]?.message], ['Succeeded', message]);
    const failed = await publish('testResultsFiles: nowhere/*.xml, failTaskOnMissingResultsFile: true');
    assert.deepEqual([failed.result, failed.message], ['Failed', message]);
  });

  it('keeps files of other formats unread', async () => {
    const { result, notes } = await publish('testResultsFormat: NUnit, testResultsFiles: out/other.xml');
    const note = '1 test result file kept; the local agent reads those of type JUnit only.';
    assert.deepEqual([result, notes], ['Succeeded', [note]]);
  });
});
