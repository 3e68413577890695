import type { Json } from '../../sandbox/databricks/json';

export type Definition = Readonly<Record<string, Json>>;

/** The definitions of a cluster and a job, as people write them; the job may use the cluster and the files. */
export interface Definitions {
  readonly cluster: Definition;
  readonly job: (clusterId: string, files: string) => Definition;
}

const version = { spark_version: '16.4.x-scala2.12', node_type_id: 'Standard_DS3_v2' };

export const shared: Definitions = {
  cluster: {
    ...version,
    cluster_name: 'shared',
    autoscale: { min_workers: 1, max_workers: 3 },
    data_security_mode: 'DATA_SECURITY_MODE_DEDICATED',
    spark_conf: { 'spark.sql.shuffle.partitions': '8' },
    spark_env_vars: { STAGE: 'test' },
  },
  job: (clusterId, files) => ({
    name: 'train models',
    parameters: [{ name: 'rounds', default: '3' }],
    email_notifications: { on_failure: ['b@example.com', 'a@example.com'] },
    webhook_notifications: { on_failure: [{ id: 'hook-2' }, { id: 'hook-1' }] },
    schedule: { quartz_cron_expression: '0 30 5 * * ?', timezone_id: 'UTC' },
    job_clusters: [{ job_cluster_key: 'main', new_cluster: { ...version, num_workers: 1 } }],
    tasks: [
      { task_key: 'train', job_cluster_key: 'main', notebook_task: { notebook_path: `${files}/train` } },
      { task_key: 'audit', job_cluster_key: 'main', notebook_task: { notebook_path: `${files}/train` } },
      {
        task_key: 'score',
        depends_on: [{ task_key: 'train' }, { task_key: 'audit' }],
        existing_cluster_id: clusterId,
        libraries: [{ pypi: { package: 'simplejson' } }, { pypi: { package: 'attrs' } }],
        notebook_task: { notebook_path: `${files}/train` },
      },
    ],
  }),
};

/** Contains what Databricks adds to it, because the CLI plans to remove that where it is not written. */
export const singleNode: Definitions = {
  cluster: {
    ...version,
    cluster_name: 'single',
    kind: 'CLASSIC_PREVIEW',
    is_single_node: true,
    num_workers: 0,
    spark_conf: { 'spark.databricks.cluster.profile': 'singleNode', 'spark.master': 'local[*, 4]' },
    custom_tags: { ResourceClass: 'SingleNode' },
    data_security_mode: 'DATA_SECURITY_MODE_AUTO',
    autotermination_minutes: 30,
  },
  job: (clusterId, files) => ({
    name: 'score all',
    queue: { enabled: false },
    continuous: { pause_status: 'PAUSED' },
    health: { rules: [{ metric: 'RUN_DURATION_SECONDS', op: 'GREATER_THAN', value: 600 }] },
    environments: [{ environment_key: 'default', spec: { environment_version: '2', dependencies: ['attrs'] } }],
    tasks: [
      {
        task_key: 'each',
        for_each_task: {
          inputs: '["a","b"]',
          concurrency: 2,
          task: {
            task_key: 'one',
            environment_key: 'default',
            spark_python_task: { python_file: `${files}/score.py`, parameters: ['{{input}}'] },
          },
        },
      },
      {
        task_key: 'jar',
        new_cluster: { ...version, num_workers: 1 },
        spark_jar_task: { main_class_name: 'com.example.Main', run_as_repl: true },
        libraries: [{ jar: '/Volumes/main/default/files/app.jar' }],
        run_if: 'AT_LEAST_ONE_SUCCESS',
        depends_on: [{ task_key: 'each' }],
      },
      { task_key: 'report', existing_cluster_id: clusterId, notebook_task: { notebook_path: `${files}/train` } },
    ],
  }),
};
