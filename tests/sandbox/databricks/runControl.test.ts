import assert from 'node:assert/strict';
import { type Json, type JsonObject, objectsOf } from '../../../sandbox/databricks/json';
import type { NotebookOutcome } from '../../../sandbox/databricks/notebooks/notebookRunner';
import { after, failed, resultOf, RunBench, task, taskOf, verdict } from './runBench';
import { finished, idText } from './workspaceClient';

describe('Databricks sandbox: control of runs', () => {
  const bench = new RunBench();
  beforeEach(() => bench.start());
  afterEach(() => bench.databricks.close());

  describe('retries and timeouts', () => {
    it('retry a failed task as a new attempt with its own ID', async () => {
      let attempts = 0;
      bench.plays.a = () => (++attempts < 3 ? failed : finished);
      const id = await bench.submit([task('a', { max_retries: 2, min_retry_interval_millis: 60_000 })]);
      await bench.databricks.clock.advance(30_000);
      assert.equal(verdict(taskOf(await bench.get(id), 'a', 1))[0], 'WAITING_FOR_RETRY');
      const run = await bench.ended(id);
      assert.deepEqual(
        [resultOf(run, 'a'), resultOf(run, 'a', 1), resultOf(run, 'a', 2)],
        ['FAILED', 'FAILED', 'SUCCESS'],
      );
      assert.equal(taskOf(run, 'a', 2).original_attempt_run_id, taskOf(run, 'a').run_id);
      assert.equal(verdict(run)[1], 'SUCCESS');
    });

    it('stop a scripted task at its timeout, and retry it only with retry_on_timeout', async () => {
      bench.databricks.scriptRun({ durationSeconds: 600 });
      const slow = { timeout_seconds: 60, max_retries: 1 };
      const run = await bench.ended(
        await bench.submit([task('a', slow), task('b', { ...slow, retry_on_timeout: true })]),
      );
      assert.deepEqual(
        objectsOf(run.tasks).map((entry) => [entry.task_key, verdict(entry)[1]]),
        [
          ['a', 'TIMEDOUT'],
          ['b', 'TIMEDOUT'],
          ['b', 'TIMEDOUT'],
        ],
      );
      assert.equal(taskOf(run, 'a').execution_duration, 60_000);
    });

    it('are passed to the notebook runner for notebook tasks', async () => {
      bench.plays.a = () => ({ ...finished, kind: 'timedOut' });
      const run = await bench.ended(await bench.submit([task('a', { timeout_seconds: 60 })]));
      assert.equal(bench.notebooks.requests[0]?.timeoutSeconds, 60);
      assert.equal(resultOf(run, 'a'), 'TIMEDOUT');
    });

    it('stop a whole run at its timeout', async () => {
      bench.databricks.scriptRun({ durationSeconds: 600 });
      const run = await bench.ended(await bench.submit([task('a'), task('b', after('a'))], { timeout_seconds: 60 }));
      assert.deepEqual(verdict(run), ['TERMINATED', 'TIMEDOUT', 'TERMINATED', 'CANCELED']);
      assert.equal((run.state as JsonObject).user_cancelled_or_timedout, true);
    });
  });

  describe('cancel', () => {
    const cancel = (id: Json) => bench.client.post('/api/2.2/jobs/runs/cancel', { run_id: id });
    const untilAborted = (signal: AbortSignal) =>
      new Promise<NotebookOutcome>((resolve) =>
        signal.addEventListener('abort', () => resolve({ ...finished, kind: 'canceled' })),
      );

    it('stops a run and its notebook', async () => {
      bench.plays.a = untilAborted;
      const id = await bench.submit([task('a'), task('b', after('a'))]);
      await bench.databricks.clock.advance(1000);
      assert.equal((await cancel(id)).status, 200);
      const run = await bench.ended(id);
      assert.deepEqual(verdict(run), ['TERMINATED', 'CANCELED', 'TERMINATED', 'USER_CANCELED']);
      assert.deepEqual([resultOf(run, 'a'), resultOf(run, 'b')], ['CANCELED', 'CANCELED']);
    });

    it('stops a single task by its ID, and dependent tasks do not run', async () => {
      bench.plays.a = untilAborted;
      const id = await bench.submit([task('a'), task('b', after('a')), task('c')]);
      await bench.databricks.clock.advance(1000);
      await cancel(taskOf(await bench.get(id), 'a').run_id);
      const run = await bench.ended(id);
      assert.deepEqual(
        [resultOf(run, 'a'), resultOf(run, 'b'), resultOf(run, 'c')],
        ['CANCELED', 'UPSTREAM_CANCELED', 'SUCCESS'],
      );
    });

    it('does not change a run that has ended, and returns 400 for an unknown run', async () => {
      const id = await bench.submit([task('a')]);
      await bench.ended(id);
      assert.equal((await cancel(id)).status, 200);
      assert.equal(verdict(await bench.get(id))[1], 'SUCCESS');
      assert.equal((await cancel(1)).status, 400);
    });

    it('stops all runs of a job, or all queued runs', async () => {
      bench.databricks.scriptRun({ durationSeconds: 60 });
      const job = await bench.createJob({ tasks: [task('a')], queue: { enabled: true } });
      const [first, second] = [(await bench.runNow(job)).json.run_id, (await bench.runNow(job)).json.run_id];
      assert.equal(verdict(await bench.get(second))[0], 'QUEUED');
      await bench.client.post('/api/2.2/jobs/runs/cancel-all', { all_queued_runs: true });
      await bench.databricks.clock.advance(1000);
      assert.deepEqual(
        [verdict(await bench.get(first))[0], verdict(await bench.get(second))[1]],
        ['RUNNING', 'CANCELED'],
      );
      await bench.client.post('/api/2.2/jobs/runs/cancel-all', { job_id: job });
      await bench.databricks.clock.advance(1000);
      assert.equal(verdict(await bench.get(first))[1], 'CANCELED');
      assert.equal((await bench.client.post('/api/2.2/jobs/runs/cancel-all', {})).status, 400);
    });
  });

  describe('run-now', () => {
    it('returns the run of a known idempotency token, also for runs/submit', async () => {
      const job = await bench.createJob({ tasks: [task('a')] });
      const first = await bench.runNow(job, { idempotency_token: 't1' });
      const again = await bench.runNow(job, { idempotency_token: 't1' });
      assert.equal(again.json.run_id, first.json.run_id);
      const once = await bench.submit([task('a')], { idempotency_token: 't2' });
      assert.equal(await bench.submit([task('a')], { idempotency_token: 't2' }), once);
      await bench.ended(once);
      assert.equal(bench.notebooks.requests.length, 2);
    });

    it('refuses a token of more than 64 characters, and one whose run was deleted', async () => {
      const job = await bench.createJob({ tasks: [task('a')] });
      assert.equal((await bench.runNow(job, { idempotency_token: 'x'.repeat(65) })).status, 400);
      const { json } = await bench.runNow(job, { idempotency_token: 'x'.repeat(64) });
      assert.equal(
        (await bench.client.post('/api/2.2/jobs/runs/delete', { run_id: json.run_id })).json.error_code,
        'INVALID_STATE',
      );
      await bench.ended(json.run_id);
      assert.equal((await bench.client.post('/api/2.2/jobs/runs/delete', { run_id: json.run_id })).status, 200);
      assert.equal((await bench.runNow(job, { idempotency_token: 'x'.repeat(64) })).status, 400);
      assert.equal(
        (await bench.client.get('/api/2.2/jobs/runs/get', { run_id: idText(json.run_id) })).json.message,
        `Run ${idText(json.run_id)} does not exist.`,
      );
    });

    it('skips a run beyond max_concurrent_runs', async () => {
      bench.databricks.scriptRun({ durationSeconds: 60 });
      const job = await bench.createJob({ tasks: [task('a')] });
      await bench.runNow(job);
      const run = await bench.get((await bench.runNow(job)).json.run_id);
      assert.deepEqual(verdict(run), [
        'SKIPPED',
        'MAXIMUM_CONCURRENT_RUNS_REACHED',
        'TERMINATED',
        'MAX_CONCURRENT_RUNS_EXCEEDED',
      ]);
      assert.equal(
        (run.state as JsonObject).state_message,
        'Skipping this run because the limit of 1 maximum concurrent runs has been reached.',
      );
    });

    it('queues a run instead when queueing is enabled', async () => {
      bench.databricks.scriptRun({ durationSeconds: 60 });
      const job = await bench.createJob({ tasks: [task('a')], queue: { enabled: true } });
      await bench.runNow(job);
      const second = (await bench.runNow(job)).json.run_id;
      await bench.databricks.clock.advance(30_000);
      assert.equal(verdict(await bench.get(second))[0], 'QUEUED');
      assert.equal(verdict(await bench.ended(second))[1], 'SUCCESS');
    });

    it('refuses parameters that are too long or cannot be combined', async () => {
      const job = await bench.createJob({ tasks: [task('a')] });
      for (const parameters of [
        { notebook_params: { x: 'x'.repeat(10_000) } },
        { notebook_params: {}, jar_params: [] },
        { job_parameters: { x: 'x'.repeat(10_000) } },
      ]) {
        const reply = await bench.runNow(job, parameters);
        assert.deepEqual([reply.status, reply.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
      }
    });
  });

  it('refuses a one-time run without tasks', async () => {
    assert.equal((await bench.client.post('/api/2.2/jobs/runs/submit', { run_name: 'x' })).status, 400);
  });

  describe('compute', () => {
    it('starts a cluster for a task, and terminates it with the run', async () => {
      const id = await bench.submit([
        task('a', {
          new_cluster: { spark_version: '15.4.x-scala2.12', node_type_id: 'Standard_DS3_v2', num_workers: 1 },
        }),
      ]);
      await bench.databricks.clock.advance(1000);
      assert.deepEqual(
        bench.databricks.clusters.list().map(({ state }) => state),
        ['PENDING'],
      );
      const run = await bench.ended(id);
      assert.deepEqual(taskOf(run, 'a').cluster_instance, { cluster_id: bench.databricks.clusters.list()[0]?.id });
      assert.equal(bench.databricks.clusters.list()[0]?.state, 'TERMINATED');
    });

    it('shares a job cluster between tasks', async () => {
      const cluster = {
        job_cluster_key: 'main',
        new_cluster: { spark_version: '15.4.x-scala2.12', node_type_id: 'Standard_DS3_v2', num_workers: 1 },
      };
      await bench.ended(
        await bench.submit([task('a', { job_cluster_key: 'main' }), task('b', { job_cluster_key: 'main' })], {
          job_clusters: [cluster],
        }),
      );
      assert.equal(bench.databricks.clusters.list().length, 1);
    });

    it('starts an existing cluster that is terminated, and fails without one', async () => {
      const { json } = await bench.client.post('/api/2.1/clusters/create', {
        spark_version: '15.4.x-scala2.12',
        node_type_id: 'Standard_DS3_v2',
        num_workers: 1,
      });
      await bench.databricks.clock.advance(10_000);
      await bench.client.post('/api/2.1/clusters/delete', { cluster_id: json.cluster_id });
      await bench.databricks.clock.advance(10_000);
      const run = await bench.ended(
        await bench.submit([
          task('a', { existing_cluster_id: json.cluster_id }),
          task('b', { existing_cluster_id: 'none' }),
        ]),
      );
      assert.deepEqual([resultOf(run, 'a'), verdict(taskOf(run, 'b'))[3]], ['SUCCESS', 'CLUSTER_ERROR']);
      assert.equal(bench.databricks.clusters.list()[0]?.state, 'RUNNING');
    });
  });

  describe('repair', () => {
    const repair = (id: Json, more: JsonObject) =>
      bench.client.post('/api/2.2/jobs/runs/repair', { run_id: id, ...more });

    it('reruns failed tasks and their dependent tasks, as part of the run', async () => {
      bench.plays.b = () => failed;
      const job = await bench.createJob({ tasks: [task('a'), task('b', after('a')), task('c', after('b'))] });
      const id = (await bench.runNow(job)).json.run_id;
      await bench.ended(id);
      delete bench.plays.b;
      const { json } = await repair(id, { rerun_all_failed_tasks: true });
      const run = await bench.ended(id);
      assert.equal(verdict(run)[1], 'SUCCESS');
      assert.deepEqual(
        objectsOf(run.tasks).map((entry) => [entry.task_key, entry.attempt_number, verdict(entry)[1]]),
        [
          ['a', 0, 'SUCCESS'],
          ['b', 0, 'FAILED'],
          ['c', 0, 'UPSTREAM_FAILED'],
          ['b', 1, 'SUCCESS'],
          ['c', 1, 'SUCCESS'],
        ],
      );
      const history = objectsOf((await bench.get(id, { include_history: 'true' })).repair_history);
      assert.deepEqual(
        history.map((item) => [item.type, item.id, verdict(item)[1]]),
        [
          ['ORIGINAL', undefined, 'FAILED'],
          ['REPAIR', json.repair_id, 'SUCCESS'],
        ],
      );
    });

    it('requires the ID of the latest repair from the second repair on', async () => {
      bench.plays.a = () => failed;
      const id = await bench.submit([task('a')]);
      await bench.ended(id);
      const first = (await repair(id, { rerun_tasks: ['a'] })).json.repair_id;
      assert.equal(
        (await repair(id, { rerun_tasks: ['a'], latest_repair_id: first })).json.error_code,
        'INVALID_STATE',
      );
      await bench.ended(id);
      const refused = await repair(id, { rerun_tasks: ['a'] });
      assert.deepEqual(
        [refused.status, refused.json.message],
        [400, 'The latest repair ID needs to be provided in order to create a new repair'],
      );
      assert.equal((await repair(id, { rerun_tasks: ['a'], latest_repair_id: first })).status, 200);
    });

    it('accepts new parameters, and reruns dependent tasks on request', async () => {
      const job = await bench.createJob({
        parameters: [{ name: 'p', default: '1' }],
        tasks: [task('a'), task('b', after('a'))],
      });
      const id = (await bench.runNow(job)).json.run_id;
      await bench.ended(id);
      await repair(id, { rerun_tasks: ['a'], rerun_dependent_tasks: true, job_parameters: { p: '2' } });
      await bench.ended(id);
      assert.deepEqual(
        bench.notebooks.requests.map(({ taskKey, parameters }) => [taskKey, parameters.p]),
        [
          ['a', '1'],
          ['b', '1'],
          ['a', '2'],
          ['b', '2'],
        ],
      );
    });

    it('refuses requests with both ways of naming tasks, with neither, and with unknown tasks', async () => {
      const id = await bench.submit([task('a')]);
      await bench.ended(id);
      for (const wrong of [
        { rerun_tasks: ['a'], rerun_all_failed_tasks: true },
        {},
        { rerun_all_failed_tasks: true },
        { rerun_tasks: ['z'] },
      ]) {
        assert.deepEqual([(await repair(id, wrong)).status], [400]);
      }
    });
  });

  describe('reading', () => {
    it('pages the tasks of a run by 100', async () => {
      const tasks = Array.from({ length: 120 }, (_, index) =>
        task(`t${index}`, { notebook_task: { notebook_path: '/Shared/a' } }),
      );
      const id = await bench.submit(tasks);
      const first = await bench.get(id);
      const second = await bench.get(id, { page_token: first.next_page_token as string });
      assert.deepEqual(
        [objectsOf(first.tasks).length, objectsOf(second.tasks).length, second.next_page_token],
        [100, 20, undefined],
      );
    });

    it('reads a task run by its own ID', async () => {
      const id = await bench.submit([task('a')]);
      const own = taskOf(await bench.get(id), 'a').run_id;
      const run = await bench.get(own);
      assert.deepEqual([run.run_id, run.job_run_id, run.task_key], [own, id, 'a']);
    });

    it('lists runs in pages, filtered by job, activity and time', async () => {
      bench.databricks.scriptRun({ matching: { taskKey: 'b' }, durationSeconds: 7200 });
      const job = await bench.createJob({ tasks: [task('a')] });
      const [first, second] = [(await bench.runNow(job)).json.run_id, await bench.submit([task('a')])];
      await bench.ended(second);
      const third = await bench.submit([task('b')]);
      const list = async (query: Record<string, string>) =>
        objectsOf((await bench.client.get('/api/2.2/jobs/runs/list', query)).json.runs).map((run) => run.run_id);
      assert.deepEqual((await list({})).length, 3);
      assert.deepEqual(await list({ job_id: idText(job) }), [first]);
      assert.deepEqual(await list({ active_only: 'true' }), [third]);
      assert.deepEqual((await list({ completed_only: 'true' })).length, 2);
      assert.deepEqual(await list({ run_type: 'JOB_RUN' }), [first]);
      assert.deepEqual(await list({ start_time_from: String(bench.databricks.clock.now()) }), [third]);
      const page = (await bench.client.get('/api/2.2/jobs/runs/list', { limit: '2', expand_tasks: 'true' })).json;
      assert.equal(objectsOf(objectsOf(page.runs)[0]?.tasks).length, 1);
      assert.equal((await list({ limit: '2', page_token: page.next_page_token as string })).length, 1);
      for (const wrong of [{ limit: '26' }, { active_only: 'true', completed_only: 'true' }]) {
        assert.equal((await bench.client.get('/api/2.2/jobs/runs/list', wrong)).status, 400);
      }
    });
  });

  describe('scripts', () => {
    it('set the states and the result of a task and of the whole run', async () => {
      bench.databricks.scriptRun({
        matching: { runName: 'once', taskKind: 'sql_task' },
        states: [
          { state: 'QUEUED', seconds: 5 },
          { state: 'RUNNING', seconds: 5 },
        ],
        result: {
          lifeCycleState: 'INTERNAL_ERROR',
          resultState: 'NEW_STATE',
          code: 'NEW_CODE',
          type: 'CLOUD_FAILURE',
          message: 'm',
          error: 'e',
          errorTrace: 't',
          logs: 'l',
        },
        run: { resultState: 'ODD', code: 'DRIVER_ERROR', hidden: 'state' },
      });
      const id = await bench.submit([{ task_key: 'q', sql_task: {} }]);
      await bench.databricks.clock.advance(2000);
      assert.equal(verdict(taskOf(await bench.get(id), 'q'))[0], 'QUEUED');
      const run = await bench.ended(id);
      assert.deepEqual(verdict(taskOf(run, 'q')), ['INTERNAL_ERROR', 'NEW_STATE', 'TERMINATED', 'NEW_CODE']);
      assert.deepEqual(
        [run.state, (run.status as JsonObject).termination_details],
        [undefined, { code: 'DRIVER_ERROR', type: 'CLIENT_ERROR', message: 'Task q failed with message: m.' }],
      );
      const { error, error_trace: trace, logs } = await bench.output(run, 'q');
      assert.deepEqual([error, trace, logs], ['e', 't', 'l']);
    });

    it('apply to the given number of attempts, the newest script first', async () => {
      bench.databricks.scriptRun({ result: { notebookResult: 'always' } });
      bench.databricks.scriptRun({
        times: 1,
        matching: { notebookPath: '/Shared/a' },
        result: { resultState: 'FAILED' },
      });
      const run = await bench.ended(await bench.submit([task('a', { max_retries: 1 })]));
      assert.deepEqual([resultOf(run, 'a'), resultOf(run, 'a', 1)], ['FAILED', 'SUCCESS']);
    });
  });
});
