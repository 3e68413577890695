import assert from 'node:assert/strict';
import { runJob } from '../../../../shared/databricks/runs/runJob';
import { runSummary } from '../../../../shared/databricks/runs/summary';
import type { HttpClient, HttpRequest } from '../../../../shared/http/httpClient';
import type { Json } from '../../../../shared/json';
import { testContext } from '../../../support/testContext';

const ended = { status: { state: 'TERMINATED', termination_details: { code: 'SUCCESS' } } };

/** A service that leaves the id of the job out of its runs. */
function serviceOf(run: Readonly<Record<string, Json>>): HttpClient {
  return {
    json<T>({ path }: HttpRequest): Promise<T> {
      const answer = path.endsWith('/runs/list')
        ? {}
        : path.endsWith('/runs/get')
          ? { ...ended, ...run }
          : { run_id: 7 };
      return Promise.resolve(answer as T);
    },
    bytes: () => Promise.reject(new Error('not expected')),
  };
}

describe('runJob, where the service does not name the job of a run', () => {
  const url = 'https://x.test';
  const options = {
    seed: 's',
    timeoutMinutes: 1,
    acceptPartialSuccess: false,
    repairAttempts: 0,
    waitForCompletion: true,
  };
  async function pages(run: Readonly<Record<string, Json>>, source: Parameters<typeof runJob>[1]) {
    let seen = '';
    const onStarted = ({ jobId }: { readonly jobId: string }): void => void (seen = jobId);
    const outcome = await runJob({ url, http: serviceOf(run) }, source, { ...options, onStarted }, testContext());
    assert.doesNotMatch(runSummary(url, outcome.run, []), /jobs\/\/runs/);
    assert.equal(outcome.run.jobId, seen);
    return [outcome.run.jobId, outcome.url];
  }

  const job = { job: '12', parameters: {} };
  const definition = { definition: { run_name: 'once', tasks: [] } };
  for (const missing of [{}, { job_id: 0 }, { job_id: null }])
    it(`uses the ID that is known: ${JSON.stringify(missing)}`, async () => {
      assert.deepEqual(await pages(missing, job), ['12', `${url}/jobs/12/runs/7`]);
    });

  it('uses the ID in the address of the run', async () => {
    assert.deepEqual(await pages({ run_page_url: `${url}/?o=3#job/55/run/7` }, definition), [
      '55',
      `${url}/jobs/55/runs/7?o=3`,
    ]);
    assert.deepEqual(await pages({ run_page_url: `${url}/jobs/55/runs/7` }, definition), [
      '55',
      `${url}/jobs/55/runs/7`,
    ]);
  });

  it('names no job where none is known', async () => {
    assert.deepEqual(await pages({}, definition), ['', `${url}/jobs/runs`]);
    assert.deepEqual(await pages({ run_page_url: `${url}/#run/7` }, definition), ['', `${url}/#run/7`]);
  });
});
