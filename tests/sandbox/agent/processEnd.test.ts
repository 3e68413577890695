import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import type { Clock } from '../../../sandbox/clock';
import { systemClock } from '../../../sandbox/clock';
import { projectRoot } from '../../../tools/commandLine';
import { fakeClock, useFixture } from './pipelineFixture';

/** Waits for signals for as long as it is let; says which came. */
const stubborn =
  'setInterval(() => undefined, 1000); for (const s of ["SIGINT", "SIGTERM"]) process.on(s, () => console.log("got " + s)); console.log("ready");';
/** Ends at the first signal, saying so. */
const polite =
  'setInterval(() => undefined, 1000); process.on("SIGINT", () => { console.log("got SIGINT"); process.exit(0); }); console.log("ready");';

/** For a process that ends by itself, on a busy machine. */
const patienceMilliseconds = 50_000;

/**
 * Sleeps of a minute and more are over as soon as `release` is called; the others after a moment, which must be long
 * enough for what a process does meanwhile.
 */
function releasableClock(momentMilliseconds = 30): Clock & { readonly sleeps: number[]; release: () => void } {
  const sleeps: number[] = [];
  let waiting: (() => void)[] = [];
  return {
    sleeps,
    now: () => 0,
    sleep: (milliseconds, signal) => {
      sleeps.push(milliseconds);
      if (milliseconds < 60_000) return systemClock.sleep(momentMilliseconds, signal);
      return new Promise((resolve, reject) => {
        waiting.push(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    },
    release: () => {
      waiting.forEach((resolve) => resolve());
      waiting = [];
    },
  };
}

describe('The end of a process', () => {
  const fixture = useFixture();

  it('is requested by SIGINT, then by SIGTERM, then forced', async () => {
    fixture().task('Stubborn', stubborn);
    const [cancel, clock, said] = [new AbortController(), releasableClock(), new EventEmitter()];
    /** The next signal comes when the process has heard of this one, which may take it any time. */
    const heard: Readonly<Record<number, string>> = { 7500: 'got SIGINT', 2500: 'got SIGTERM' };
    const { steps, lines, report } = await fixture().run(
      'steps:\n- checkout: none\n- { task: Stubborn@1, name: s }\n',
      {
        clock: {
          ...clock,
          async sleep(milliseconds, signal) {
            const line = heard[milliseconds];
            if (line === undefined) return clock.sleep(milliseconds, signal);
            clock.sleeps.push(milliseconds);
            await once(said, line);
          },
        },
        signal: cancel.signal,
        onLine({ text }) {
          said.emit(text);
          if (text === 'ready') cancel.abort();
        },
      },
    );
    assert.deepEqual(
      lines.filter((line) => line.startsWith('got')),
      ['got SIGINT', 'got SIGTERM'],
    );
    assert.deepEqual(
      clock.sleeps.filter((milliseconds) => [7500, 2500].includes(milliseconds)),
      [7500, 2500],
    );
    assert.equal(steps.get('s')?.result, 'Canceled');
    assert.equal(report.result, 'Canceled');
  });

  it('is not forced on a task that ends in time', async () => {
    fixture().task('Polite', polite);
    const [cancel, clock] = [new AbortController(), releasableClock(patienceMilliseconds)];
    const { steps, lines } = await fixture().run('steps:\n- checkout: none\n- { task: Polite@1, name: s }\n', {
      clock: {
        ...clock,
        sleep: (milliseconds, signal) =>
          milliseconds === 7500 ? clock.sleep(60_000, signal) : clock.sleep(milliseconds, signal),
      },
      signal: cancel.signal,
      onLine: ({ text }) => text === 'ready' && cancel.abort(),
    });
    assert.ok(lines.includes('got SIGINT'));
    assert.ok(!clock.sleeps.includes(2500));
    assert.equal(steps.get('s')?.result, 'Canceled');
  });

  it('ends its child processes', async () => {
    const [cancel, clock] = [new AbortController(), releasableClock()];
    const { lines } = await fixture().run(
      'steps:\n- checkout: none\n- bash: |\n    trap "" INT TERM\n    sleep 600 &\n    echo "child $!"\n    wait\n',
      {
        clock,
        signal: cancel.signal,
        onLine: ({ text }) => text.startsWith('child') && cancel.abort(),
      },
    );
    const child = Number(lines.find((line) => line.startsWith('child'))?.split(' ')[1]);
    await assertGone(child);
  });

  it('is not delayed by a background process, which ends with the job', async () => {
    const { lines, steps } = await fixture().run(
      'steps:\n- checkout: none\n- bash: |\n    sleep 600 &\n    echo "child $!"\n  name: s\n',
    );
    assert.equal(steps.get('s')?.result, 'Succeeded');
    await assertGone(Number(lines.find((line) => line.startsWith('child'))?.split(' ')[1]));
  });

  it('is forced soon after the task reported its result', async () => {
    fixture().task(
      'Done',
      'setInterval(() => undefined, 1000); console.log("##vso[task.complete result=Succeeded;done=true]fine");',
    );
    const clock = releasableClock();
    const { steps } = await fixture().run('steps:\n- checkout: none\n- { task: Done@1, name: s }\n', { clock });
    assert.ok(clock.sleeps.includes(5000));
    assert.equal(steps.get('s')?.message, 'fine');
  });

  it('is forced when the process that runs the pipeline exits', async () => {
    const step =
      'const child = require("child_process").spawn("sleep", ["600"]); console.log(process.pid, child.pid); setInterval(() => 0, 1000);';
    const script = `
      import { systemClock as clock } from './sandbox/clock';
      import { runProcess } from './sandbox/agent/run/runProcess';
      import { agentTimings as timings } from './sandbox/agent/run/runState';
      const { execPath: file, env: environment } = process;
      const { signal } = new AbortController();
      const onLine = (line) => process.stdout.write(line, () => process.exit(130));
      const args = ['-e', ${JSON.stringify(step)}];
      void runProcess({ file, args, cwd: '.', environment, onLine, onStart: () => 0, signal, kill: signal, clock, timings });`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { cwd: projectRoot, encoding: 'utf8' },
    );
    assert.equal(status, 130, stderr);
    const [id, childId] = stdout.split(' ').map(Number);
    await assertGone(id ?? 0);
    await assertGone(childId ?? 0);
  });

  it('is forced at the timeout of the step, which fails', async () => {
    fixture().task('Polite', polite);
    const clock = releasableClock(patienceMilliseconds);
    const { steps } = await fixture().run(
      'timeoutInMinutes: 0\nsteps:\n- checkout: none\n- { task: Polite@1, name: s, timeoutInMinutes: 3, retryCountOnTaskFailure: 2 }\n',
      {
        clock,
        onLine: ({ text }) => text === 'ready' && clock.release(),
      },
    );
    assert.ok(clock.sleeps.includes(180_000));
    assert.equal(steps.get('s')?.result, 'Failed');
    assert.equal(steps.get('s')?.attempts, 1);
    assert.deepEqual(
      steps.get('s')?.issues.map(({ message }) => message),
      ['The step ran longer than 3 minutes, which is its limit.'],
    );
  });

  it('is forced at the timeout of the job, which is canceled', async () => {
    fixture().task('Polite', polite);
    const clock = releasableClock(patienceMilliseconds);
    const { jobs } = await fixture().run(
      'jobs:\n- job: J\n  timeoutInMinutes: 7\n  steps:\n  - checkout: none\n  - task: Polite@1\n',
      {
        clock,
        onLine: ({ text }) => text === 'ready' && clock.release(),
      },
    );
    assert.ok(clock.sleeps.includes(420_000));
    assert.equal(jobs.get('J')?.result, 'Canceled');
    assert.deepEqual(jobs.get('J')?.notes, ['The job ran longer than 7 minutes, which is its limit.']);
  });
});

describe('A canceled run', () => {
  const fixture = useFixture();

  it('still runs the steps, jobs and stages whose conditions are true', async () => {
    fixture().task('Polite', polite);
    const cancel = new AbortController();
    const { steps, jobs, report } = await fixture().run(
      `
stages:
- stage: A
  jobs:
  - job: J
    steps:
    - checkout: none
    - { task: Polite@1, name: polite }
    - { bash: 'true', name: normal }
    - { bash: 'true', name: always, condition: always() }
    - { bash: 'true', name: onCancel, condition: canceled() }
    - { bash: 'true', name: onFailure, condition: failed() }
  - { job: K, dependsOn: J, condition: always(), steps: [{ bash: 'true', name: inK }] }
  - { job: L, dependsOn: J, steps: [{ bash: 'true' }] }
- stage: B
  jobs: [{ job: M, steps: [{ bash: 'true' }] }]
- stage: C
  condition: always()
  jobs: [{ job: N, condition: always(), steps: [{ bash: 'true', name: inN }] }]
`,
      {
        clock: releasableClock(patienceMilliseconds),
        signal: cancel.signal,
        onLine: ({ text }) => text === 'ready' && cancel.abort(),
      },
    );
    const results = ['polite', 'normal', 'always', 'onCancel', 'onFailure', 'inK', 'inN'].map(
      (name) => `${name} ${steps.get(name)?.result ?? ''}`,
    );
    assert.deepEqual(results, [
      'polite Canceled',
      'normal Skipped',
      'always Succeeded',
      'onCancel Succeeded',
      'onFailure Skipped',
      'inK Succeeded',
      'inN Succeeded',
    ]);
    assert.deepEqual(
      [...jobs.values()].map(({ name, result }) => `${name} ${result}`),
      ['J Canceled', 'K Succeeded', 'L Skipped', 'N Succeeded'],
    );
    assert.deepEqual(
      report.stages.map(({ name, result }) => `${name} ${result}`),
      ['A Canceled', 'B Skipped', 'C Succeeded'],
    );
    assert.equal(report.result, 'Canceled');
  });

  it("runs these steps for at most the job's cancel timeout", async () => {
    fixture().task('Polite', polite);
    const [cancel, clock] = [new AbortController(), releasableClock(patienceMilliseconds)];
    let ready = 0;
    const { steps } = await fixture().run(
      'jobs:\n- job: J\n  timeoutInMinutes: 0\n  cancelTimeoutInMinutes: 2\n  steps:\n  - checkout: none\n  - { task: Polite@1, name: a }\n  - { task: Polite@1, name: b, condition: always() }\n',
      {
        clock,
        signal: cancel.signal,
        onLine: ({ text }) => {
          if (text !== 'ready') return;
          ready += 1;
          if (ready === 1) cancel.abort();
          else clock.release();
        },
      },
    );
    assert.ok(clock.sleeps.includes(120_000));
    assert.equal(steps.get('b')?.result, 'Canceled');
  });
});

describe('A step that failed', () => {
  const fixture = useFixture();

  it('is retried the configured number of times, after 1, 4 and 9 seconds', async () => {
    const clock = fakeClock();
    const { steps } = await fixture().run('steps:\n- bash: exit 1\n  name: s\n  retryCountOnTaskFailure: 3\n', {
      clock,
    });
    assert.equal(steps.get('s')?.attempts, 4);
    assert.equal(steps.get('s')?.result, 'Failed');
    assert.deepEqual(
      clock.sleeps.filter((milliseconds) => milliseconds < 60_000 && milliseconds !== 5000),
      [1000, 4000, 9000],
    );
  });

  it('succeeds when a retry succeeds', async () => {
    const { steps, report } = await fixture().run(
      'steps:\n- bash: |\n    cd "$AGENT_TEMPDIRECTORY"\n    [ -e mark ] || { touch mark; exit 1; }\n  name: s\n  retryCountOnTaskFailure: 3\n',
    );
    assert.equal(steps.get('s')?.attempts, 2);
    assert.equal(steps.get('s')?.result, 'Succeeded');
    assert.equal(report.result, 'Succeeded');
  });
});

/** A killed process may take a moment to exit; a zombie process has exited. */
async function assertGone(processId: number): Promise<void> {
  assert.ok(processId > 0);
  const { readFile } = await import('node:fs/promises');
  for (let tries = 0; tries < 5000; tries += 1) {
    const status = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => undefined);
    if (status === undefined || /\) [ZX] /.test(status)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`process ${processId} is still there`);
}
