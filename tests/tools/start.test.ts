import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodeOf, renderReport } from '../../sandbox/agent/renderReport';
import type { PipelineReport } from '../../sandbox/agent/report';
import { projectRoot } from '../../tools/commandLine';
import { askService, openDeployment, openTraining, type LocalPipeline } from '../../tools/start';

describe('npm start', function () {
  this.timeout(120_000);
  let folder: string;
  let lines: string[];
  let pipeline: LocalPipeline;

  async function open(how: typeof openTraining): Promise<void> {
    folder = await mkdtemp(join(tmpdir(), 'start-'));
    lines = [];
    await cp(join(projectRoot, 'template'), template(), { recursive: true });
    const onLine = (text: string): void => void lines.push(text);
    pipeline = await how({ template: template(), outputFolder: join(folder, 'output'), onLine });
  }
  async function close(): Promise<void> {
    await pipeline.close();
    await rm(folder, { recursive: true });
  }
  const template = (...path: string[]) => join(folder, 'template', ...path);
  const run = (targetStages?: readonly string[]) => pipeline.run(new AbortController().signal, targetStages);

  async function change(file: string, replace: (text: string) => string): Promise<void> {
    await writeFile(file, replace(await readFile(file, 'utf8')));
  }

  describe('trains', () => {
    beforeEach(() => open(openTraining));
    afterEach(close);

    it('ends green and names the accuracy of the model that was trained just now', async () => {
      const report = await run();
      const text = renderReport(report);
      assert.equal(exitCodeOf(report), 0, text);
      const accuracy = Number(/"accuracy": ([\d.]+)/.exec(text)?.[1]);
      assert.ok(accuracy > 0.9 && accuracy <= 1, text);
    });

    it('ends red when the training raises, with the trace and the page of the run', async () => {
      await change(template('demo_model', 'training.py'), (text) =>
        `${text}\n`.replace(/# COMMAND -+\n/, "$&\nraise ValueError('too few rows')\n"),
      );
      const report = await run();
      assert.equal(exitCodeOf(report), 1, renderReport(report));
      assert.match(lines.join('\n'), /ValueError: too few rows/);
      assert.match(lines.join('\n'), /Traceback[^]*training/);
      assert.match(renderReport(report), /\/jobs\/\d+\/runs\/\d+\?o=\d+/);
    });
  });

  describe('deploys', () => {
    let first: PipelineReport;
    let proof: { readonly scoringUri: string; readonly answer: string };
    let server: string;

    before(async () => {
      await open(openDeployment);
      server = await readFile(template('demo_model', 'scoring_server.py'), 'utf8');
      first = await run();
      const service = await askService({ template: template() }, first);
      assert.ok(service, renderReport(first));
      proof = service;
    });
    beforeEach(() => writeFile(template('demo_model', 'scoring_server.py'), server));
    after(close);

    const firstErrorOf = (report: PipelineReport): string | undefined =>
      report.stages.flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps.flatMap(({ issues }) => issues)))[0]
        ?.message;

    /** What the model answers when it is asked over and over. */
    async function answersUntil(end: AbortSignal): Promise<readonly string[]> {
      const answers: string[] = [];
      while (!end.aborted) {
        const service = await askService({ template: template() }, first).catch(String);
        answers.push(typeof service === 'string' ? service : (service?.answer ?? ''));
      }
      return answers;
    }

    async function stillServes(): Promise<void> {
      assert.deepEqual(await askService({ template: template() }, first), proof);
    }

    it('ends green, and the model answers from where it serves', () => {
      const text = renderReport(first);
      assert.equal(exitCodeOf(first), 0, text);
      assert.match(text, /Docker@2 is not among the tasks that are built here/);
      assert.match(text, /Approval of environment 'model-test' would be asked here/);
      assert.match(text, /Approval of environment 'model-prod' would be asked here/);
      assert.match(proof.scoringUri, /^http:\/\/127(\.\d+){3}(:\d+)?\/score$/);
      assert.match(proof.answer, /"species": "setosa"[^]*"species": "virginica"/);
    });

    it('ends red in test when the model answers something else, and production serves as before', async () => {
      await change(template('demo_model', 'scoring_server.py'), (text) =>
        text.replace('probabilities.index(confidence)', 'probabilities.index(min(probabilities))'),
      );
      const report = await run();
      assert.equal(exitCodeOf(report), 1, renderReport(report));
      assert.match(firstErrorOf(report) ?? '', /\$\.predictions\[0\]\.species/);
      assert.deepEqual(
        report.stages.map(({ result }) => result),
        ['Succeeded', 'Failed', 'Skipped', 'Skipped'],
      );
      await stillServes();
    });

    it('ends red in production when the service does not start, says why, and the old version serves on', async () => {
      await change(template('demo_model', 'scoring_server.py'), (text) =>
        text.replace('import json', 'import sklearn'),
      );
      const report = await run(['production']);
      assert.equal(exitCodeOf(report), 1, renderReport(report));
      assert.match(firstErrorOf(report) ?? '', /No module named 'sklearn'/);
      await stillServes();
    });

    it('goes over to the next version without a failed answer', async () => {
      await change(template('demo_model', 'scoring_server.py'), (text) =>
        text.replace('"species":', '"kind": "iris", "species":'),
      );
      const end = new AbortController();
      const asking = answersUntil(end.signal);
      const report = await run(['production', 'promote']);
      end.abort();
      assert.equal(exitCodeOf(report), 0, renderReport(report));
      const answers = await asking;
      assert.deepEqual(
        [...new Set(answers)],
        [proof.answer, (await askService({ template: template() }, report))?.answer],
      );
    });
  });
});
