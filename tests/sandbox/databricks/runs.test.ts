import assert from 'node:assert/strict';
import { type JsonObject, objectsOf } from '../../../sandbox/databricks/json';
import { after, failed, resultOf, RunBench, task, taskOf, verdict } from './runBench';
import { finished, idText } from './workspaceClient';

describe('Databricks sandbox: runs', () => {
  const bench = new RunBench();
  beforeEach(() => bench.start());
  afterEach(() => bench.databricks.close());

  describe('life cycle', () => {
    it('goes through PENDING and RUNNING to TERMINATED, in both forms of its state', async () => {
      bench.databricks.scriptRun({ durationSeconds: 60 });
      const id = await bench.submit([task('a')]);
      assert.deepEqual(verdict(taskOf(await bench.get(id), 'a')), ['PENDING', undefined, 'PENDING', undefined]);
      await bench.databricks.clock.advance(10_000);
      const running = await bench.get(id);
      assert.deepEqual(verdict(running), ['RUNNING', undefined, 'RUNNING', undefined]);
      assert.deepEqual(verdict(taskOf(running, 'a')), ['RUNNING', undefined, 'RUNNING', undefined]);
      await bench.databricks.clock.advance(50_150);
      assert.deepEqual(verdict(taskOf(await bench.get(id), 'a')), ['TERMINATING', undefined, 'TERMINATING', undefined]);
      const run = await bench.ended(id);
      assert.deepEqual(verdict(run), ['TERMINATED', 'SUCCESS', 'TERMINATED', 'SUCCESS']);
      const {
        setup_duration: setup,
        execution_duration: execution,
        cleanup_duration: cleanup,
        start_time: from,
        end_time: to,
      } = taskOf(run, 'a');
      assert.deepEqual([setup, execution, cleanup, Number(to) - Number(from)], [100, 60_000, 100, 60_200]);
    });

    it('has the old page URL with a fragment', async () => {
      const { job_id: job, run_page_url: url } = await bench.get(await bench.submit([task('a')]));
      assert.match(
        url as string,
        new RegExp(`^${bench.databricks.url}/\\?o=${bench.databricks.workspaceId}#job/${idText(job)}/run/\\d+$`),
      );
    });

    it('of a failed notebook ends in INTERNAL_ERROR with a terminated task, and names the task', async () => {
      bench.plays.a = () => failed;
      const run = await bench.ended(await bench.submit([task('a')]));
      assert.deepEqual(verdict(run), ['INTERNAL_ERROR', 'FAILED', 'TERMINATED', 'RUN_EXECUTION_ERROR']);
      assert.deepEqual(verdict(taskOf(run, 'a')), ['TERMINATED', 'FAILED', 'TERMINATED', 'RUN_EXECUTION_ERROR']);
      assert.equal(
        (run.state as JsonObject).state_message,
        'Task a failed with message: Workload failed, see run output for details.',
      );
    });

    it('of a failed notebook ends in TERMINATED when the workspace is configured for it', async () => {
      await bench.databricks.close();
      await bench.start({ failedRunState: 'TERMINATED' });
      bench.plays.a = () => failed;
      assert.deepEqual(verdict(await bench.ended(await bench.submit([task('a')]))), [
        'TERMINATED',
        'FAILED',
        'TERMINATED',
        'RUN_EXECUTION_ERROR',
      ]);
    });

    it('fails when the notebook does not exist, and when the kind of task is not supported', async () => {
      const run = await bench.ended(
        await bench.submit([task('missing'), { task_key: 'sql', sql_task: { query: { query_id: '1' } } }]),
      );
      assert.deepEqual(verdict(taskOf(run, 'missing')), [
        'INTERNAL_ERROR',
        'FAILED',
        'TERMINATED',
        'RESOURCE_NOT_FOUND',
      ]);
      assert.match(
        (await bench.output(run, 'missing')).error as string,
        /^Unable to access the notebook "\/Shared\/missing"\./,
      );
      assert.match((await bench.output(run, 'sql')).error as string, /^The sandbox does not run sql_task\./);
    });

    it('fails when the notebook runner fails', async () => {
      bench.plays.a = () => Promise.reject(new Error('no Python'));
      assert.deepEqual(verdict(taskOf(await bench.ended(await bench.submit([task('a')])), 'a')), [
        'INTERNAL_ERROR',
        'FAILED',
        'TERMINATED',
        'INTERNAL_ERROR',
      ]);
    });
  });

  describe('notebook tasks', () => {
    it('get base parameters, overridden by run-now, overridden by job parameters, with references resolved', async () => {
      const id = await bench.createJob({
        parameters: [
          { name: 'stage', default: 'dev' },
          { name: 'seed', default: '1' },
        ],
        tasks: [
          task('a', {
            notebook_task: {
              notebook_path: '/Shared/a',
              base_parameters: { x: 'base', y: 'base', at: '{{job.run_id}}', to: '{{job.parameters.stage}}' },
            },
          }),
        ],
      });
      const { json } = await bench.runNow(id, { job_parameters: { stage: 'prod' }, notebook_params: { y: 'now' } });
      const run = await bench.ended(json.run_id);
      assert.deepEqual(bench.notebooks.requests[0]?.parameters, {
        x: 'base',
        y: 'now',
        at: idText(json.run_id),
        to: 'prod',
        stage: 'prod',
        seed: '1',
      });
      assert.deepEqual(run.job_parameters, [
        { name: 'stage', default: 'dev', value: 'prod' },
        { name: 'seed', default: '1', value: '1' },
      ]);
      assert.deepEqual(run.overriding_parameters, { notebook_params: { y: 'now' } });
      const { apiUrl, apiToken, ...context } = bench.notebooks.requests[0].context;
      assert.deepEqual(context, { jobId: idText(id), runId: idText(json.run_id), user: 'someone@example.com' });
      assert.equal(apiUrl, bench.databricks.url);
      assert.ok(apiToken);
    });

    it('use the API as the creator of the run, until they end', async () => {
      const ask = async () => {
        const { apiUrl = '', apiToken = '' } = bench.notebooks.requests[0]?.context ?? {};
        const response = await fetch(`${apiUrl}/api/2.0/preview/scim/v2/Me`, {
          headers: { authorization: `Bearer ${apiToken}` },
        });
        return [response.status, ((await response.json()) as { userName?: string }).userName];
      };
      let during: unknown;
      bench.plays.a = async () => {
        during = await ask();
        return finished;
      };
      await bench.ended(await bench.submit([task('a')]));
      assert.deepEqual(during, [200, 'someone@example.com']);
      assert.deepEqual(await ask(), [403, undefined]);
    });

    it('read the workspace as it was when they started, and their changes are saved to it', async () => {
      let read: unknown;
      bench.plays.a = () => {
        const request = bench.notebooks.requests[0];
        bench.databricks.workspace.remove('/Shared/b', false);
        read = [
          request?.readFile('/Workspace/Shared/b'),
          request?.listFiles('/Shared').includes('/Shared/b'),
          request?.readFile('/Shared/none'),
        ];
        request?.writeFile?.('/Workspace/Shared/out/result.txt', Buffer.from('done'));
        return finished;
      };
      await bench.ended(await bench.submit([task('a')]));
      assert.deepEqual(read, [
        { kind: 'notebook', language: 'PYTHON', content: '# Databricks notebook source\n1' },
        true,
        undefined,
      ]);
      assert.equal(await bench.client.source('/Shared/out/result.txt'), 'done');
    });

    it('pass task values on to later tasks', async () => {
      bench.plays.a = () => ({ ...finished, taskValues: { model: 'm1' } });
      await bench.ended(
        await bench.submit([
          task('a'),
          task('b', {
            ...after('a'),
            notebook_task: { notebook_path: '/Shared/b', base_parameters: { m: '{{tasks.a.values.model}}' } },
          }),
        ]),
      );
      assert.equal(bench.notebooks.requests[1]?.taskValues.get('a')?.get('model'), 'm1');
      assert.equal(bench.notebooks.requests[1].parameters.m, 'm1');
    });

    it('return their exit value, truncated to 5 MB', async () => {
      bench.plays.a = () => ({ kind: 'exited', result: 'x'.repeat(5 * 1024 * 1024 + 1), logs: '', taskValues: {} });
      bench.plays.b = () => ({ kind: 'exited', result: '{"accuracy":0.9}', logs: 'not shown', taskValues: {} });
      const run = await bench.ended(await bench.submit([task('a'), task('b'), task('c')]));
      const cut = (await bench.output(run, 'a')).notebook_output as JsonObject;
      assert.deepEqual([(cut.result as string).length, cut.truncated], [5 * 1024 * 1024, true]);
      const whole = await bench.output(run, 'b');
      assert.deepEqual(
        [whole.notebook_output, whole.logs],
        [{ result: '{"accuracy":0.9}', truncated: false }, undefined],
      );
      assert.deepEqual((await bench.output(run, 'c')).notebook_output, {});
    });

    it('return the error and the trace when they failed', async () => {
      bench.plays.a = () => failed;
      const {
        error,
        error_trace: trace,
        metadata,
      } = await bench.output(await bench.ended(await bench.submit([task('a')])), 'a');
      assert.deepEqual([error, trace, (metadata as JsonObject).task_key], ['ValueError: boom', 'Traceback: boom', 'a']);
    });

    it('return their output only for the ID of the task run', async () => {
      const id = await bench.submit([task('a')]);
      const reply = await bench.client.get('/api/2.2/jobs/runs/get-output', { run_id: idText(id) });
      assert.deepEqual([reply.status, reply.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
      assert.match(
        reply.json.message as string,
        /^Retrieving the output of runs with multiple tasks is not supported\./,
      );
    });

    it('can be exported as HTML', async () => {
      const run = await bench.ended(await bench.submit([task('a')]));
      const { json } = await bench.client.get('/api/2.2/jobs/runs/export', { run_id: idText(taskOf(run, 'a').run_id) });
      const [view] = objectsOf(json.views);
      assert.deepEqual([view?.type, view?.name], ['NOTEBOOK', 'a']);
    });
  });

  it('runs a Python file of the workspace with its arguments, and returns its logs', async () => {
    await bench.client.importFile('/Shared/job.py', 'print(1)');
    bench.plays.p = () => ({ ...finished, logs: 'hello\n' });
    const run = await bench.ended(
      await bench.submit([
        {
          task_key: 'p',
          spark_python_task: { python_file: '/Workspace/Shared/job.py', parameters: ['--x', '{{task.name}}'] },
        },
      ]),
    );
    const source = bench.notebooks.requests[0]?.readFile('/Shared/job.py');
    assert.equal(
      source?.content,
      '# Databricks notebook source\nimport sys; sys.argv = ["/Workspace/Shared/job.py","--x","p"]\n\n# COMMAND ----------\n\nprint(1)',
    );
    const { logs, notebook_output: result } = await bench.output(run, 'p');
    assert.deepEqual([logs, result], ['hello\n', undefined]);
  });

  describe('dependencies', () => {
    it('delay a task until the tasks that it depends on have ended', async () => {
      bench.databricks.scriptRun({ matching: { taskKey: 'a' }, durationSeconds: 60 });
      const id = await bench.submit([task('a'), task('b', after('a'))]);
      await bench.databricks.clock.advance(30_000);
      assert.deepEqual(verdict(taskOf(await bench.get(id), 'b')), ['BLOCKED', undefined, 'BLOCKED', undefined]);
      assert.equal(resultOf(await bench.ended(id), 'b'), 'SUCCESS');
    });

    it('keep a task from running after a failure, and the run fails', async () => {
      bench.plays.a = () => failed;
      const run = await bench.ended(await bench.submit([task('a'), task('b', after('a')), task('c', after('b'))]));
      assert.deepEqual(
        [resultOf(run, 'a'), resultOf(run, 'b'), resultOf(run, 'c')],
        ['FAILED', 'UPSTREAM_FAILED', 'UPSTREAM_FAILED'],
      );
      assert.match((run.state as JsonObject).state_message as string, /^Task a failed/);
      assert.equal(bench.notebooks.requests.length, 1);
    });

    for (const [runIf, withFailure, withoutFailure] of [
      ['ALL_SUCCESS', 'UPSTREAM_FAILED', 'SUCCESS'],
      ['AT_LEAST_ONE_SUCCESS', 'SUCCESS', 'SUCCESS'],
      ['NONE_FAILED', 'UPSTREAM_FAILED', 'SUCCESS'],
      ['ALL_DONE', 'SUCCESS', 'SUCCESS'],
      ['AT_LEAST_ONE_FAILED', 'SUCCESS', 'EXCLUDED'],
      ['ALL_FAILED', 'EXCLUDED', 'EXCLUDED'],
    ] as const) {
      it(`with run_if ${runIf} result in ${withFailure} after one failure of two, ${withoutFailure} after none`, async () => {
        const tasks = [task('a'), task('b'), task('c', { ...after('a', 'b'), run_if: runIf })];
        assert.equal(resultOf(await bench.ended(await bench.submit(tasks)), 'c'), withoutFailure);
        bench.plays.a = () => failed;
        assert.equal(resultOf(await bench.ended(await bench.submit(tasks)), 'c'), withFailure);
      });
    }

    it('let a run succeed with failures when its leaf tasks succeeded', async () => {
      bench.plays.a = () => failed;
      const run = await bench.ended(await bench.submit([task('a'), task('b', { ...after('a'), run_if: 'ALL_DONE' })]));
      assert.deepEqual(verdict(run), ['TERMINATED', 'SUCCESS_WITH_FAILURES', 'TERMINATED', 'SUCCESS_WITH_FAILURES']);
    });

    it('skip a disabled task and the tasks that depend only on it', async () => {
      const run = await bench.ended(await bench.submit([task('a', { disabled: true }), task('b', after('a'))]));
      assert.deepEqual([resultOf(run, 'a'), resultOf(run, 'b'), verdict(run)[1]], ['DISABLED', 'EXCLUDED', 'SUCCESS']);
    });
  });
});
