import assert from 'node:assert/strict';
import { RunsApi, type Run } from '../../../../shared/databricks/api/runs';
import { watchRun } from '../../../../shared/databricks/runs/watchRun';
import type { HttpRequest } from '../../../../shared/http/httpClient';
import { FakeAgent } from '../../../support/fakeAgent';
import { FakeClock } from '../../../support/fakeClock';
import type { Shape } from '../../../../shared/http/shape';
import { decoded } from '../../../support/decoded';

const url = 'https://x.test/jobs/1/runs/2';
const options = { timeoutMinutes: 120, acceptPartialSuccess: false, repairAttempts: 0, url };

/** A run that goes on for some seconds from now. */
function workspaceWithRun(clock: FakeClock, seconds: number): { jobs: RunsApi; endsAt: number; count: () => number } {
  const endsAt = clock.now() + seconds * 1000;
  let count = 0;
  const answer = (request: HttpRequest): object => {
    assert.equal(request.path, '/api/2.2/jobs/runs/get');
    count++;
    clock.advance(100); // the way to the workspace and back
    if (clock.now() < endsAt) return { run_id: 2, job_id: 1, status: { state: 'RUNNING' } };
    return { run_id: 2, job_id: 1, status: { state: 'TERMINATED', termination_details: { code: 'SUCCESS' } } };
  };
  const jobs = new RunsApi({
    json: <T>(request: HttpRequest, shape: Shape<T>) => Promise.resolve(decoded(answer(request), shape)),
    bytes: () => Promise.reject(new Error('not asked for')),
    save: () => Promise.reject(new Error('not asked for')),
  });
  return { jobs, endsAt, count: () => count };
}

const started: Run = {
  id: '2',
  jobId: '1',
  name: 'train',
  pageUrl: '',
  startTime: 0,
  endTime: 0,
  status: { state: 'PENDING' },
  tasks: [],
  repairIds: [],
};

describe('watchRun', () => {
  for (const { seconds, late, polls } of [
    { seconds: 2, late: 1.2, polls: 4 },
    { seconds: 60, late: 3.3, polls: 50 },
    { seconds: 3600, late: 15.2, polls: 320 },
  ])
    it(`notices the end of a run of ${seconds} s within ${late} s, by at most ${polls} reads`, async () => {
      const clock = new FakeClock();
      const { jobs, endsAt, count } = workspaceWithRun(clock, seconds);
      const agent = new FakeAgent();
      const context = { agent, clock, signal: new AbortController().signal, deadline: Infinity };
      const { run, overrun } = await watchRun(jobs, started, options, context);
      assert.equal(run.status?.state, 'TERMINATED');
      assert.equal(overrun, undefined);
      assert.ok(clock.now() - endsAt <= late * 1000, `${clock.now() - endsAt} ms late`);
      assert.ok(count() <= polls, `${count()} looks`);
      assert.deepEqual(agent.text('log').split('\n'), ['Run: PENDING', 'Run: RUNNING', 'Run: SUCCESS']);
    });

  for (const [code, overrun] of [
    ['SUCCESS', undefined],
    ['RUN_EXECUTION_ERROR', undefined],
    ['CANCELED', 'did not end within 120 min, was cancelled and ended as CANCELED'],
    ['USER_CANCELED', 'did not end within 120 min, was cancelled and ended as USER_CANCELED'],
  ])
    it(`reports ${overrun === undefined ? 'its own end' : 'the timeout'} when the run ends as ${code} while it is being cancelled`, async () => {
      let isCancelled = false;
      const jobs = new RunsApi({
        json: <T>({ path }: HttpRequest, shape: Shape<T>) => {
          isCancelled ||= path.endsWith('/runs/cancel');
          const ended = { state: 'TERMINATED', termination_details: { code } };
          const status = isCancelled ? ended : { state: 'RUNNING' };
          return Promise.resolve(decoded({ run_id: 2, job_id: 1, status }, shape));
        },
        bytes: () => Promise.reject(new Error('not asked for')),
        save: () => Promise.reject(new Error('not asked for')),
      });
      const agent = new FakeAgent();
      const context = { agent, clock: new FakeClock(), signal: new AbortController().signal, deadline: Infinity };
      const watched = await watchRun(jobs, started, options, context);
      assert.equal(watched.overrun, overrun);
      assert.equal(watched.run.status?.termination_details?.code, code);
      assert.equal(
        agent.text('log').includes(`Run 2 ended as ${code} before it was cancelled.`),
        overrun === undefined,
      );
    });
});
