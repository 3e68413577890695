import assert from 'node:assert/strict';
import { RunsApi } from '../../../../shared/databricks/api/runs';
import { startRun } from '../../../../shared/databricks/runs/startRun';
import type { HttpRequest } from '../../../../shared/http/httpClient';
import { FakeAgent } from '../../../support/fakeAgent';
import type { Shape } from '../../../../shared/http/shape';
import { decoded } from '../../../support/decoded';

interface KnownRun {
  readonly run_id: number;
  readonly start_time: number;
  readonly result_state: string;
}

/** A service at which each token stands for the next of these runs, and which lists what a test says. */
function jobsWith(runs: readonly KnownRun[], listed: readonly KnownRun[]): { jobs: RunsApi; tokens: unknown[] } {
  const tokens: unknown[] = [];
  const answer = ({ path, json, query }: HttpRequest): object | undefined => {
    if (path.endsWith('/runs/list')) return { runs: listed };
    if (path.endsWith('/run-now')) {
      tokens.push((json as { idempotency_token: string }).idempotency_token);
      return runs[tokens.length - 1];
    }
    const run = runs.find(({ run_id }) => String(run_id) === query?.['run_id']);
    return { ...run, job_id: 1, state: { life_cycle_state: 'TERMINATED', result_state: run?.result_state } };
  };
  const http = {
    json: <T>(request: HttpRequest, shape: Shape<T>) => Promise.resolve(decoded(answer(request), shape)),
    bytes: () => Promise.reject(new Error('not asked for')),
    save: () => Promise.reject(new Error('not asked for')),
  };
  return { jobs: new RunsApi(http), tokens };
}

const request = { call: 'run-now', jobId: '1', body: {} } as const;
const options = {
  seed: 'seed',
  acceptPartialSuccess: false,
  words: new FakeAgent().words,
  signal: new AbortController().signal,
  onSending: () => undefined,
  onAccepted: () => undefined,
};
const failed = (run_id: number, start_time: number): KnownRun => ({ run_id, start_time, result_state: 'FAILED' });

describe('startRun', () => {
  it('passes over the runs that had failed before, with a token of 64 characters for each', async () => {
    const runs = [failed(11, 100), failed(12, 200), failed(13, 300)];
    const { jobs, tokens } = jobsWith(runs, [failed(12, 200), failed(11, 100)]);
    const { run, isEarlier } = await startRun(jobs, request, options);
    assert.equal(run.id, '13');
    assert.equal(isEarlier, false);
    assert.equal(new Set(tokens).size, 3);
    for (const token of tokens) assert.match(String(token), /^[0-9a-f]{64}$/);
  });

  it('recognizes a run that is older than all listed ones', async () => {
    const newer = Array.from({ length: 20 }, (_, index) => failed(50 + index, 1000 + index));
    const { jobs } = jobsWith([failed(11, 100), failed(99, 5000)], newer);
    assert.equal((await startRun(jobs, request, options)).run.id, '99');
  });

  it('uses the result of an old run rather than starting one too many when the list lags behind', async () => {
    const { jobs, tokens } = jobsWith([failed(11, 100), failed(12, 200)], []);
    assert.equal((await startRun(jobs, request, options)).run.id, '11');
    assert.equal(tokens.length, 1);
  });

  it('uses the result of an old run that succeeded', async () => {
    const done = { run_id: 11, start_time: 100, result_state: 'SUCCESS' };
    const { run, isEarlier } = await startRun(jobsWith([done], [done]).jobs, request, options);
    assert.equal(run.id, '11');
    assert.equal(isEarlier, true);
  });

  it('gives up after 25 runs', async () => {
    const runs = Array.from({ length: 40 }, (_, index) => failed(index, index));
    const { jobs, tokens } = jobsWith(runs, runs);
    await assert.rejects(
      startRun(jobs, request, options),
      /^TaskError: All 25 runs that this step has started have failed\. Queue a new pipeline run\.$/,
    );
    assert.equal(tokens.length, 25);
  });

  it('starts nothing once the signal has aborted', async () => {
    const { jobs, tokens } = jobsWith([], []);
    await assert.rejects(startRun(jobs, request, { ...options, signal: AbortSignal.abort(new Error('stop')) }), /stop/);
    assert.equal(tokens.length, 0);
  });

  it('gives another token to another seed or content, and the same to the same', async () => {
    const token = async (seed: string, body: Record<string, string>): Promise<unknown> => {
      const { jobs, tokens } = jobsWith([failed(1, 1)], []);
      await startRun(jobs, { ...request, body }, { ...options, seed });
      return tokens[0];
    };
    assert.equal(await token('a', {}), await token('a', {}));
    assert.notEqual(await token('a', {}), await token('b', {}));
    assert.notEqual(await token('a', {}), await token('a', { x: '1' }));
  });
});
