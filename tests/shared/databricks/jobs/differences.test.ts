import assert from 'node:assert/strict';
import { differenceLine } from '../../../../shared/comparison/difference';
import type { JsonMap } from '../../../../shared/json';
import { jobDifferences } from '../../../../shared/databricks/jobs/differences';
import { jobBehaviors } from '../../../../shared/databricks/jobs/knownBehavior';

const notebook = { task_key: 'train', notebook_task: { notebook_path: '/Shared/train' } };
const wanted = { name: 'Train', tasks: [notebook] };

describe('The difference of a job from its definition', () => {
  const lines = (definition: JsonMap, found: JsonMap): readonly string[] =>
    jobDifferences(definition, found).map(differenceLine);

  it('reads the provider of a Git repository in any case', () => {
    const from = (git_provider: string): JsonMap => ({ ...wanted, git_source: { git_url: 'u', git_provider } });
    assert.deepEqual(lines(from('azuredevopsservices'), from('azureDevOpsServices')), []);
    assert.deepEqual(lines(from('github'), from('gitHub')), []);
    assert.equal(lines(from('github'), from('gitLab')).length, 1);
  });

  it('ignores what Databricks fills in', () => {
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

  it('reports what somebody added by hand', () => {
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

  it('reports what was written although Databricks fills it in otherwise', () => {
    assert.deepEqual(lines({ ...wanted, max_concurrent_runs: 3 }, { ...wanted, max_concurrent_runs: 1 }), [
      '~ max_concurrent_runs: 1 → 3',
    ]);
    assert.deepEqual(lines({ ...wanted, run_as: { user_name: 'a' } }, { ...wanted, run_as: { user_name: 'b' } }), [
      '~ run_as.user_name: b → a',
    ]);
  });

  for (const [place, jobWith] of Object.entries({
    'a shared cluster of the job': (cluster: JsonMap): JsonMap => ({
      ...wanted,
      job_clusters: [{ job_cluster_key: 'main', new_cluster: cluster }],
    }),
    'a cluster of a task': (cluster: JsonMap): JsonMap => ({
      ...wanted,
      tasks: [{ ...notebook, new_cluster: cluster }],
    }),
    'a cluster of a repeated task': (cluster: JsonMap): JsonMap => ({
      ...wanted,
      tasks: [{ task_key: 'all', for_each_task: { inputs: '[1]', task: { ...notebook, new_cluster: cluster } } }],
    }),
  }))
    it(`treats ${place} like any other cluster`, () => {
      const written = { spark_version: 'x', num_workers: 1 };
      const unseen = {
        apply_policy_default_values: true,
        docker_image: { url: 'a/b', basic_auth: { username: 'u', password: 'p' } },
      };
      const shown = { ...written, docker_image: { url: 'a/b' }, enable_elastic_disk: true };
      assert.deepEqual(lines(jobWith({ ...written, ...unseen }), jobWith(shown)), []);
      const scaled = jobWith({ ...written, autoscale: { min_workers: 1, max_workers: 4 } });
      assert.match(lines(jobWith(written), scaled).join(), /^- \S+\.new_cluster\.autoscale: \{[^,]*,[^,]*\}$/);
      assert.match(lines(jobWith({ ...written, num_workers: 2 }), jobWith(written)).join(), /num_workers: 1 → 2$/);
    });

  // backend_defaults and ignore_remote_changes in bundle/direct/dresources/resources.yml of databricks/cli.
  const ofCluster: JsonMap = {
    aws_attributes: { zone_id: 'us-east-1c', availability: 'SPOT_WITH_FALLBACK' },
    azure_attributes: { first_on_demand: 1, availability: 'ON_DEMAND_AZURE', spot_bid_max_price: -1 },
    gcp_attributes: { first_on_demand: 1, use_preemptible_executors: false },
    enable_elastic_disk: true,
    enable_local_disk_encryption: true,
    node_type_id: 'Standard_DS3_v2',
    driver_node_type_id: 'Standard_DS3_v2',
    driver_instance_pool_id: 'pool',
    data_security_mode: 'SINGLE_USER',
    custom_tags: { policy: 'p' },
    runtime_engine: 'STANDARD',
    spark_version: '17.3.x-scala2.13',
  };
  for (const [name, value] of Object.entries(ofCluster))
    it(`accepts ${name} of a cluster that nobody wrote, wherever the cluster is`, () => {
      const job = (new_cluster: JsonMap): JsonMap => ({
        tasks: [
          { ...notebook, new_cluster },
          { task_key: 'all', for_each_task: { inputs: '[1]', task: { ...notebook, new_cluster } } },
        ],
        job_clusters: [{ job_cluster_key: 'main', new_cluster }],
      });
      assert.deepEqual(lines(job({ num_workers: 1 }), job({ num_workers: 1, [name]: value })), []);
    });

  for (const [name, task, source] of [
    ['notebook_task', { notebook_path: '/a' }, 'WORKSPACE'],
    ['spark_python_task', { python_file: '/a.py' }, 'WORKSPACE'],
    ['dbt_task', { commands: ['dbt run'] }, 'GIT'],
    ['sql_task', { file: { path: '/a.sql' } }, 'WORKSPACE'],
  ] as const)
    it(`accepts the source and run_if of a ${name} that nobody wrote, also of a repeated one`, () => {
      const job = (details: JsonMap, more: JsonMap = {}): JsonMap => {
        const one: JsonMap = { task_key: 'a', [name]: details, ...more };
        return { tasks: [one, { task_key: 'all', for_each_task: { inputs: '[1]', task: one } }] };
      };
      const returned = 'file' in task ? { file: { ...task.file, source } } : { ...task, source };
      assert.deepEqual(lines(job(task), job(returned, { run_if: 'ALL_SUCCESS', retry_on_timeout: true })), []);
      assert.equal(lines(job(task), job(returned, { run_if: 'ALL_DONE' })).length, 2);
    });

  it('ignores the order of lists that are sets', () => {
    const job = (...[one, two]: [string, string]): JsonMap => {
      const events = { on_start: [one, two] };
      const task = { ...notebook, email_notifications: events, libraries: [{ jar: one }, { jar: two }] };
      const rule = (metric: string): JsonMap => ({ metric, op: 'GREATER_THAN', value: 60 });
      return {
        email_notifications: events,
        health: { rules: [rule(one), rule(two)] },
        trigger: { table_update: { table_names: [one, two] } },
        tasks: [task, { task_key: 'all', for_each_task: { inputs: '[1]', task } }],
      };
    };
    assert.deepEqual(lines(job('a', 'b'), job('b', 'a')), []);
    assert.notDeepEqual(lines(job('a', 'b'), job('b', 'c')), []);
    const spark = (...parameters: string[]): JsonMap => ({
      tasks: [{ task_key: 'a', spark_jar_task: { parameters } }],
    });
    assert.equal(lines(spark('a', 'b'), spark('b', 'a')).length, 2);
  });

  it('ignores the format, which Databricks sets', () => {
    for (const format of ['SINGLE_TASK', 'MULTI_TASK']) {
      assert.deepEqual(lines({ format: 'SINGLE_TASK' }, { format }), []);
      assert.deepEqual(lines({}, { format }), []);
    }
  });

  it('ignores the order of webhooks, of the job, a task and a repeated task, and reports others', () => {
    const [one, two] = [{ id: 'ffff' }, { id: 'aaaa' }];
    const job = (hooks: readonly JsonMap[]): JsonMap => {
      const events = ['on_start', 'on_success', 'on_failure', 'on_streaming_backlog_exceeded'];
      const webhook_notifications = {
        ...Object.fromEntries(events.map((event) => [event, hooks])),
        on_duration_warning_threshold_exceeded: hooks,
      };
      const task = { ...notebook, webhook_notifications };
      return {
        ...wanted,
        webhook_notifications,
        tasks: [task, { task_key: 'all', for_each_task: { inputs: '[1]', task } }],
      };
    };
    assert.deepEqual(lines(job([one, two]), job([two, one])), []);
    assert.equal(lines(job([one, two]), job([one])).length, 15);
    assert.deepEqual(
      lines({ webhook_notifications: { on_start: [one] } }, { webhook_notifications: { on_start: [two, one] } }),
      ['- webhook_notifications.on_start.aaaa: {"id":"aaaa"}'],
    );
  });

  it('ignores the order of dependencies, also of a repeated task', () => {
    const job = (...keys: readonly string[]): JsonMap => {
      const task = { ...notebook, depends_on: keys.map((task_key) => ({ task_key })) };
      return { tasks: [task, { task_key: 'all', for_each_task: { inputs: '[1]', task } }] };
    };
    assert.deepEqual(lines(job('a', 'b'), job('b', 'a')), []);
    assert.equal(lines(job('a', 'b'), job('b', 'c')).length, 4);
  });

  it('accepts run_as_repl only as Databricks adds it to a JAR task', () => {
    const job = (more: JsonMap): JsonMap => ({
      tasks: [{ task_key: 'etl', spark_jar_task: { main_class_name: 'Main', ...more } }],
    });
    assert.deepEqual(lines(job({}), job({ run_as_repl: true })), []);
    assert.deepEqual(lines(job({ run_as_repl: false }), job({ run_as_repl: true })), [
      '- tasks.etl.spark_jar_task.run_as_repl: true',
    ]);
  });

  it('never compares what Databricks does not return, or sets by itself', () => {
    const trigger = { table_update: { table_names: ['a.b.c'], condition: 'ALL_UPDATED' } };
    assert.deepEqual(lines({ trigger }, { trigger: { table_update: { table_names: ['a.b.c'] } } }), []);
    const deployment = { kind: 'BUNDLE', version_id: '1' };
    assert.deepEqual(lines({ deployment }, { deployment: { ...deployment, version_id: '2' } }), []);
    assert.equal(lines({ deployment }, { deployment: { kind: 'OTHER' } }).length, 1);
  });

  it('says of each known behavior where it is documented or was observed', () => {
    for (const { path, source } of jobBehaviors) assert.match(source, /^https:\/\/\S+$/, path);
  });
});
