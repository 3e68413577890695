import assert from 'node:assert/strict';
import type { PipelineReport, Result, StepReport } from '../../sandbox/agent/report';
import { plain } from '../../local/view/terminalText';
import {
  renderOverview,
  renderSummary,
  type PipelineOutcome,
  type SummaryOptions,
} from '../../local/pipelines/summary';
import { stepReport } from './view/reports';

function reportOf(
  result: Result,
  steps: readonly Partial<StepReport>[],
  notes: readonly string[] = [],
): PipelineReport {
  const common = { result, durationMilliseconds: 4210, displayName: 'ci', name: 'ci' };
  return {
    ...common,
    file: 'pipelines/ci_pipeline.yml',
    buildNumber: '20240102.1',
    buildTags: [],
    artifacts: [],
    notes: [],
    stages: [{ ...common, notes, jobs: [{ ...common, notes: [], outputs: {}, steps: steps.map(stepReport) }] }],
  };
}

const green = (...steps: readonly Partial<StepReport>[]): PipelineReport => reportOf('Succeeded', steps);

describe('The end of npm start', () => {
  const overviewOf = (report: PipelineReport | undefined, service?: PipelineOutcome['service']) =>
    renderOverview([{ title: 'ci', report, service }]);

  it('counts the tests of all steps', () => {
    const run = { title: 'Unit tests', failed: 0, skipped: 0 };
    assert.equal(overviewOf(green({ testRuns: [{ ...run, passed: 1 }] })), '✔ ci (4.2 s): 1 test passed');
    const two = green({ testRuns: [{ ...run, passed: 20 }] }, { testRuns: [{ ...run, passed: 2 }] });
    assert.equal(overviewOf(two), '✔ ci (4.2 s): 22 tests passed');
  });

  it('gives the first figures of the last notebook, and the verdict', () => {
    const trained = { outputs: { notebookOutput: '{"version": "1", "accuracy": 0.9667, "f1": 0.95, "rows": 120}' } };
    const silent = { outputs: { notebookOutput: 'done' } };
    const empty = { outputs: { notebookOutput: '{"note": "x"}' } };
    const judged = { task: 'EvaluateModel@1', message: 'The model passed 3 rules.' };
    assert.equal(
      overviewOf(green(trained, silent, empty, { outputs: { notebookOutput: 'null' } }, judged)),
      '✔ ci (4.2 s): accuracy 0.9667, f1 0.95; passed 3 rules',
    );
    assert.equal(overviewOf(green(silent)), '✔ ci (4.2 s)');
  });

  it('says what failed and why, in full', () => {
    const failed = { displayName: 'Evaluate', result: 'Failed', message: 'The model failed:\n  - accuracy' } as const;
    assert.equal(
      overviewOf(reportOf('Failed', [{}, failed])),
      '✘ ci (4.2 s): Evaluate: The model failed:\n  - accuracy',
    );
    const silent = { ...failed, message: undefined, issues: [{ type: 'error', message: 'exit 1' }] } as const;
    assert.equal(overviewOf(reportOf('Failed', [silent])), '✘ ci (4.2 s): Evaluate: exit 1');
    assert.equal(overviewOf(reportOf('Failed', [], ['Not run: no value'])), '✘ ci (4.2 s): Not run: no value');
    assert.equal(overviewOf(reportOf('Canceled', [{}])), '■ ci (4.2 s): canceled');
    assert.equal(overviewOf(undefined), '– ci: not run, because the pipeline before it did not succeed');
  });

  it('gives the address of the service and its answer', () => {
    const service = { scoringUri: 'http://127.0.0.2/score', answer: '{"species": "setosa"}' };
    assert.equal(
      overviewOf(green(), service),
      '✔ ci (4.2 s)\nhttp://127.0.0.2/score answers the sample with {"species": "setosa"}',
    );
  });

  const summaryOf = (options: Partial<SummaryOptions>): string =>
    renderSummary({
      outcomes: [{ title: 'ci', report: green() }],
      runFolder: '/project/dist/run',
      folder: '/project',
      modelOptions: '',
      pipeline: undefined,
      paint: plain,
      ...options,
    });

  it('names the files, and what to do next', () => {
    assert.equal(
      summaryOf({}),
      `
Result
✔ ci (4.2 s)

Files
  dist/run/*/report.txt  all steps with their outputs and summaries
  dist/run/*/logs        the log of each step

Next
  npm start                         again: only changes are sent
  npm start -- --pipeline deploy    also serve the model over REST, in three ways
  npm run hub                       change the variables of the model in a web page, and see these runs
  npm start -- --pipeline onboard   set up a new model in an Azure DevOps organization
  template/docs/getting_started.md  how to add a model of your own
  npm start -- --help               all options`,
    );
  });

  it('names the files of one pipeline, and keeps the model in what to do next', () => {
    const text = summaryOf({ pipeline: 'train', modelOptions: '--repository ../models --model iris' });
    assert.match(text, /^ {2}dist\/run\/train\/report\.txt /m);
    assert.match(text, /^ {2}npm start -- --repository \.\.\/models --model iris +run all pipelines$/m);
    assert.match(text, /^ {2}npm start -- --repository \.\.\/models --model iris --pipeline deploy +also/m);
    assert.match(summaryOf({ pipeline: 'deploy' }), /^ {2}dist\/run\/deploy\*\/report\.txt /m);
  });

  it('does not offer what was just done', () => {
    const service = { scoringUri: 'http://127.0.0.2/score', answer: '1' };
    const outcomes = [{ title: 'deploy as REST service', report: green(), service }];
    assert.doesNotMatch(summaryOf({ outcomes }), /over REST/);
  });

  it('leads to the log of what failed, and to a run with all logs', () => {
    const step = { result: 'Failed', logFile: '/project/dist/run/deploy_rest/logs/t.t/01_Step.log' } as const;
    const outcomes = [
      { title: 'deploy', report: green() },
      { title: 'deploy as REST service', report: reportOf('Failed', [step]) },
    ];
    assert.match(
      summaryOf({ outcomes, modelOptions: '--model iris' }),
      /Next\n {2}dist\/run\/deploy_rest\/logs\/t\.t\/01_Step\.log +the log of the failed step\n {2}npm start -- --model iris --pipeline deploy --verbose +run it again with all logs$/,
    );
    const canceled = [{ title: 'train', report: reportOf('Canceled', [{}]) }];
    assert.match(summaryOf({ outcomes: canceled }), /Next\n {2}npm start -- --pipeline train {2}run it again$/);
  });
});
