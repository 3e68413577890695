import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { exitCodeOf, renderReport } from '../../sandbox/agent/renderReport';
import type { PipelineReport } from '../../sandbox/agent/report';
import { proposingRuns, restRun } from '../../local/pipelines/openPipelines';
import { askService } from '../../local/pipelines/askService';
import { SecondModel, stepsOf } from './secondModel';

describe('npm start, for a second model that is a REST service', function () {
  this.timeout(180_000);
  let second: SecondModel;
  let first: PipelineReport;
  let proof: { readonly scoringUri: string; readonly answer: string };

  before(async () => {
    second = await SecondModel.open();
    for (const run of proposingRuns) await second.run(run);
    first = await second.run(restRun);
    proof = (await ask(first)) ?? assert.fail(renderReport(first));
  });
  afterEach(() => second.undo());
  after(() => second.close());

  const ask = (report: PipelineReport) =>
    askService({ repository: second.repository, model: SecondModel.model }, report, second.pipelines.sandbox);
  const firstErrorOf = (report: PipelineReport): string | undefined =>
    stepsOf(report).flatMap(({ issues }) => issues)[0]?.message;

  /** The answers of the model to requests that are sent until the signal aborts, with a pause between them for other work. */
  async function answersUntil(end: AbortSignal): Promise<readonly string[]> {
    const answers: string[] = [];
    while (!end.aborted) {
      const service = await ask(first).catch(String);
      answers.push(typeof service === 'string' ? service : (service?.answer ?? ''));
      await pause(100);
    }
    return answers;
  }

  async function stillServes(): Promise<void> {
    assert.deepEqual(await ask(first), proof);
  }

  it('succeeds, and the deployed model answers requests', () => {
    const text = renderReport(first);
    assert.equal(exitCodeOf(first), 0, text);
    assert.match(text, /AzureCLI@2 is not among the tasks that are built here/);
    assert.match(text, /Docker@2 is not among the tasks that are built here/);
    assert.match(text, /Version 1 of main\.default\.second_model has the alias 'champion'/);
    assert.match(text, /Approval of environment 'model-test' would be asked here/);
    assert.match(text, /Approval of environment 'model-prod' would be asked here/);
    assert.match(proof.scoringUri, /^http:\/\/127(\.\d+){3}(:\d+)?\/score$/);
    assert.match(proof.answer, /"species": "setosa"[^]*"species": "virginica"/);
  });

  it('fails in the test stage when the model returns wrong answers, and does not change production', async () => {
    await second.change('scoring_server.py', (text) => text.replace('{"species": species,', '{"species": "unknown",'));
    const report = await second.run(restRun);
    assert.equal(exitCodeOf(report), 1, renderReport(report));
    assert.match(firstErrorOf(report) ?? '', /\$\.predictions\[0\]\.species/);
    assert.deepEqual(
      report.stages.map(({ result }) => result),
      ['Succeeded', 'Succeeded', 'Failed', 'Skipped', 'Skipped'],
    );
    await stillServes();
  });

  it('fails in production when the service does not start, reports why, and keeps the previous version', async () => {
    await second.change('scoring_server.py', (text) => text.replace('import json', 'import sklearn'));
    const report = await second.run(restRun, ['check', 'production']);
    assert.equal(exitCodeOf(report), 1, renderReport(report));
    assert.match(firstErrorOf(report) ?? '', /No module named 'sklearn'/);
    await stillServes();
  });

  it('switches to the next version without a failed response', async () => {
    await second.change('scoring_server.py', (text) => text.replace('"species":', '"kind": "iris", "species":'));
    const end = new AbortController();
    const asking = answersUntil(end.signal);
    const report = await second.run(restRun, ['check', 'production', 'promote']);
    end.abort();
    assert.equal(exitCodeOf(report), 0, renderReport(report));
    const answers = await asking;
    assert.deepEqual([...new Set(answers)], [proof.answer, (await ask(report))?.answer]);
  });
});
