import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodeOf, renderReport } from '../../sandbox/agent/renderReport';
import { projectRoot } from '../../tools/commandLine';
import { runTemplate } from '../../tools/start';

describe('npm start', function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'start-'));
    await cp(join(projectRoot, 'template'), join(folder, 'template'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function start() {
    const lines: string[] = [];
    const report = await runTemplate({
      template: join(folder, 'template'),
      outputFolder: join(folder, 'output'),
      signal: new AbortController().signal,
      onLine: (text) => lines.push(text),
    });
    return { exitCode: exitCodeOf(report), report: renderReport(report), log: lines.join('\n') };
  }

  it('ends green and names the accuracy of the model that was trained just now', async () => {
    const { exitCode, report } = await start();
    assert.equal(exitCode, 0, report);
    const accuracy = Number(/"accuracy": ([\d.]+)/.exec(report)?.[1]);
    assert.ok(accuracy > 0.9 && accuracy <= 1, report);
  });

  it('ends red when the training raises, with the trace and the page of the run', async () => {
    const training = join(folder, 'template', 'demo_model', 'training.py');
    await writeFile(
      training,
      `${await readFile(training, 'utf8')}\n`.replace(/# COMMAND -+\n/, "$&\nraise ValueError('too few rows')\n"),
    );
    const { exitCode, report, log } = await start();
    assert.equal(exitCode, 1, report);
    assert.match(log, /ValueError: too few rows/);
    assert.match(log, /Traceback[^]*training/);
    assert.match(report, /\/jobs\/\d+\/runs\/\d+\?o=\d+/);
  });
});
