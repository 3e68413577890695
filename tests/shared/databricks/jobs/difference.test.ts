import assert from 'node:assert/strict';
import { differenceLine } from '../../../../shared/databricks/difference';
import type { JsonMap } from '../../../../shared/json';
import { jobDifferences } from '../../../../shared/databricks/jobs/difference';

const notebook = { task_key: 'train', notebook_task: { notebook_path: '/Shared/train' } };
const wanted = { name: 'Train', tasks: [notebook] };

describe('The difference of a job from its definition', () => {
  const lines = (definition: JsonMap, found: JsonMap): readonly string[] =>
    jobDifferences(definition, found).map(differenceLine);

  it('does not count what Databricks fills in', () => {
    const loop = (task: object): object => ({ task_key: 'all', for_each_task: { inputs: '[1]', task } });
    assert.deepEqual(
      lines(
        {
          ...wanted,
          tasks: [notebook, loop(notebook)] as JsonMap[],
          schedule: { quartz_cron_expression: '0 0 5 * * ?', timezone_id: 'UTC' },
          job_clusters: [{ job_cluster_key: 'c', new_cluster: { spark_version: 'x', num_workers: 1 } }],
          environments: [{ environment_key: 'e', spec: { environment_version: '2' } }],
        },
        {
          ...wanted,
          format: 'MULTI_TASK',
          max_concurrent_runs: 1,
          timeout_seconds: 0,
          email_notifications: { no_alert_for_skipped_runs: false },
          webhook_notifications: {},
          queue: { enabled: true },
          run_as: { user_name: 'a@b.c' },
          performance_target: 'PERFORMANCE_OPTIMIZED',
          schedule: { quartz_cron_expression: '0 0 5 * * ?', timezone_id: 'UTC', pause_status: 'UNPAUSED' },
          tasks: [
            loop({
              ...notebook,
              run_if: 'ALL_SUCCESS',
              notebook_task: { ...notebook.notebook_task, source: 'WORKSPACE' },
            }),
            {
              ...notebook,
              notebook_task: { ...notebook.notebook_task, source: 'WORKSPACE' },
              run_if: 'ALL_SUCCESS',
              timeout_seconds: 0,
              email_notifications: {},
            },
          ] as JsonMap[],
          job_clusters: [
            {
              job_cluster_key: 'c',
              new_cluster: {
                spark_version: 'x',
                num_workers: '1',
                enable_elastic_disk: true,
                azure_attributes: { availability: 'ON_DEMAND_AZURE' },
                custom_tags: { policy: 'p' },
              },
            },
          ],
          environments: [{ environment_key: 'e', spec: { client: '2', environment_version: '2' } }],
        },
      ),
      [],
    );
  });

  it('counts what somebody added by hand', () => {
    const task = {
      ...notebook,
      max_retries: 3,
      run_if: 'ALL_DONE',
      libraries: [{ pypi: { package: 'x' } }],
      notebook_task: { ...notebook.notebook_task, base_parameters: { source: 'x' } },
    };
    assert.deepEqual(
      lines(
        { ...wanted, tags: { ours: 'x' }, schedule: { quartz_cron_expression: '0 0 5 * * ?', timezone_id: 'UTC' } },
        {
          ...wanted,
          tasks: [task, { task_key: 'score', new_cluster: { num_workers: 9 } }],
          tags: { ours: 'x', theirs: 'y' },
          max_concurrent_runs: 5,
          schedule: { quartz_cron_expression: '0 0 5 * * ?', timezone_id: 'UTC', pause_status: 'PAUSED' },
          health: { rules: [{ metric: 'RUN_DURATION_SECONDS', op: 'GREATER_THAN', value: 60 }] },
        },
      ),
      [
        '- tasks.train.notebook_task.base_parameters: ***',
        '- tasks.train.max_retries: 3',
        '- tasks.train.run_if: ALL_DONE',
        '- tasks.train.libraries: [{"pypi":{"package":"x"}}]',
        '- tasks.score: {"task_key":"score","new_cluster":{"num_workers":9}}',
        '- tags.theirs: y',
        '- schedule.pause_status: PAUSED',
        '- max_concurrent_runs: 5',
        '- health: {"rules":[{"metric":"RUN_DURATION_SECONDS","op":"GREATER_THAN","value":60}]}',
      ],
    );
  });

  it('counts what was written and is otherwise filled in', () => {
    assert.deepEqual(lines({ ...wanted, max_concurrent_runs: 3 }, { ...wanted, max_concurrent_runs: 1 }), [
      '~ max_concurrent_runs: 1 → 3',
    ]);
    assert.deepEqual(lines({ ...wanted, run_as: { user_name: 'a' } }, { ...wanted, run_as: { user_name: 'b' } }), [
      '~ run_as.user_name: b → a',
    ]);
  });
});
