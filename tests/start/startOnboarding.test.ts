import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { changingRequests } from '../../tools/onboarding/changingRequests';
import { RunSequence, type RunTeller } from '../../tools/onboarding/runSequence';
import { startOnboarding } from '../../tools/onboarding/startOnboarding';
import { PipelineView } from '../../local/view/pipelineView';
import { PlainOutput } from '../../local/view/plainOutput';
import { plain } from '../../local/view/terminalText';
import { OnboardingFixture } from './onboardingFixture';

describe('npm start for new models, with a task that stands in for OnboardModel', function () {
  this.timeout(60_000);
  let fixture: OnboardingFixture;
  let started: Promise<number>;
  let printed = '';
  const end = new AbortController();

  before(async () => {
    fixture = await OnboardingFixture.create();
    const { repository, outputFolder, tasks } = fixture;
    const isReady = new Promise<void>((resolve) => {
      const write = (text: string): void => {
        printed += text;
        if (printed.includes('Press Ctrl+C')) resolve();
      };
      const view = new PipelineView(new PlainOutput({ write }), {
        paint: plain,
        isVerbose: false,
        folder: outputFolder,
      });
      const options = {
        repository,
        model: 'churn',
        outputFolder,
        tasks,
        isKept: true,
        folder: outputFolder,
        paint: plain,
      };
      started = startOnboarding(options, view, end.signal);
    });
    await Promise.race([isReady, started]);
  });
  after(() => fixture.remove());

  it('runs the pipeline, waits for the first run of the new pipeline, and runs it again', () => {
    assert.match(printed, /Result\n✔ onboard \(.*\)\n✔ churn-ci \(.*\)\n✔ onboard again \(.*\)\n/, printed);
    assert.match(printed, /onboard {2}pipelines\/onboard_pipeline\.yml[^]*Onboard the model.*created/);
    assert.match(printed, /churn-ci {2}ci\.yml[^]*Check the model/);
    assert.match(printed, /Onboard the model.*unchanged[^]*The second run changed nothing in the organization\./);
  });

  it('keeps the log and the report of each run, and downloads no linter', async () => {
    const runs = join(fixture.outputFolder, 'run');
    for (const name of ['onboard_1', 'churn-ci_2', 'onboard_3'])
      assert.ok(existsSync(join(runs, name, 'report.txt')), name);
    const logs = join(runs, 'churn-ci_2', 'logs');
    const files = (await readdir(logs, { recursive: true })).filter((name) => name.endsWith('.log'));
    const texts = await Promise.all(files.map((file) => readFile(join(logs, file), 'utf8')));
    assert.match(texts.join('\n'), /lint False/);
  });

  it('prints an address for each repository with files, which git can clone until the end', async function () {
    const commands = [...printed.matchAll(/Repository (\S+) +git clone (\S+)/g)].map(([, name, url]) => [name, url]);
    assert.deepEqual(
      commands.map(([name]) => name),
      ['churn', 'model-template'],
    );
    if (spawnSync('git', ['--version']).status !== 0) {
      process.stdout.write('SKIPPED: the clone of a repository: git is not installed\n');
      this.skip();
    }
    const clone = join(fixture.outputFolder, 'clone');
    await promisify(execFile)('git', ['clone', '-q', commands[1]?.[1] ?? '', clone], { timeout: 20_000 });
    assert.ok(existsSync(join(clone, 'pipelines', 'onboard_pipeline.yml')));
    assert.ok(!existsSync(join(clone, 'pipelines', '__pycache__')));
  });

  it('stops the organization when it is canceled, with exit code 0', async () => {
    const url = /Azure DevOps +(\S+)/.exec(printed)?.[1] ?? '';
    end.abort();
    assert.equal(await started, 0);
    await assert.rejects(fetch(url), /fetch failed/);
  });
});

describe('Requests that change an organization', () => {
  it('are neither reads nor those of npm start', () => {
    const request = (method: string, path: string, userAgent = 'task') => ({ method, path, userAgent });
    const requests = [
      request('GET', '/o/_apis/git/repositories'),
      request('POST', '/o/_apis/security/permissionevaluationbatch'),
      request('POST', '/o/_apis/build/builds', 'npm-start'),
      request('POST', '/o/_apis/git/repositories'),
      request('PATCH', '/o/_apis/git/repositories/1'),
    ];
    assert.deepEqual(changingRequests(requests), [
      'POST /o/_apis/git/repositories',
      'PATCH /o/_apis/git/repositories/1',
    ]);
  });
});

describe('Runs that overlap', () => {
  it('are shown one after the other', () => {
    const shown: string[] = [];
    const report = { result: 'Succeeded' } as never;
    const sequence = new RunSequence({
      pipeline: (title) => shown.push(title),
      event: () => shown.push('event'),
      line: (text) => shown.push(text),
      report: () => shown.push('report'),
    });
    const [first, second, third]: RunTeller[] = ['first', 'second', 'third'].map((name) => sequence.start(name, ''));
    assert.ok(first && second && third);
    second.line('2a');
    third.line('3a');
    first.line('1a');
    second.end(report);
    assert.deepEqual(shown, ['first', '1a']);
    first.end();
    assert.deepEqual(shown, ['first', '1a', 'second', '2a', 'report', 'third', '3a']);
    third.line('3b');
    third.end(report);
    assert.deepEqual(shown.slice(-2), ['3b', 'report']);
  });
});
