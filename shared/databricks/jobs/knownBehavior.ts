import { within, type KnownBehaviors } from '../../comparison/knownBehavior';
import { jobClusterBehaviors } from '../clusters/knownBehavior';

const api = 'https://docs.databricks.com/api/azure/workspace/jobs/create';
const cliJobs = 'https://github.com/databricks/cli/blob/main/bundle/direct/dresources/resources.yml';
const cliJobsCode = 'https://github.com/databricks/cli/blob/main/bundle/direct/dresources/job.go';
const cliWebhooks = 'https://github.com/databricks/cli/pull/6060';
const cliTableUpdates = 'https://github.com/databricks/cli/pull/6442';
const terraform = 'https://github.com/databricks/terraform-provider-databricks/blob/main/jobs/resource_job.go';
const terraformJarTask = 'https://github.com/databricks/terraform-provider-databricks/issues/4450';
const terraformRepos = 'https://github.com/databricks/terraform-provider-databricks/blob/main/repos/resource_repo.go';

/** A task of a job, and the task that another one runs for each of its inputs. */
const tasks = ['tasks.*', 'tasks.*.for_each_task.task'];

/** How Databricks treats the settings of a task. */
const taskBehaviors: KnownBehaviors = [
  { path: 'depends_on', is: 'set', key: 'task_key', source: cliJobsCode },
  { path: 'webhook_notifications.*', is: 'set', key: 'id', source: cliWebhooks },
  { path: 'email_notifications.*', is: 'set', source: api },
  { path: 'libraries', is: 'set', source: terraform },
  { path: 'retry_on_timeout', is: 'default', source: terraform },
  { path: 'dbt_task.schema', is: 'default', values: ['default'], source: terraform },
  { path: 'run_if', is: 'default', values: ['ALL_SUCCESS'], source: cliJobs },
  { path: '*_task.source', is: 'default', source: cliJobs },
  { path: 'sql_task.file.source', is: 'default', source: cliJobs },
  { path: 'spark_jar_task.run_as_repl', is: 'default', values: [true], source: terraformJarTask },
];

/** How Databricks treats the settings of a job. */
export const jobBehaviors: KnownBehaviors = [
  { path: 'tasks', is: 'set', key: 'task_key', source: cliJobsCode },
  { path: 'job_clusters', is: 'set', key: 'job_cluster_key', source: cliJobsCode },
  { path: 'environments', is: 'set', key: 'environment_key', source: cliJobsCode },
  { path: 'parameters', is: 'set', key: 'name', source: cliJobsCode },
  { path: 'webhook_notifications.*', is: 'set', key: 'id', source: cliWebhooks },
  { path: 'email_notifications.*', is: 'set', source: api },
  { path: 'health.rules', is: 'set', key: 'metric', source: api },
  { path: 'trigger.table_update.table_names', is: 'set', source: api },
  { path: 'triggers.*.table_update.table_names', is: 'set', source: api },

  { path: 'trigger.table_update.condition', is: 'writeOnly', source: cliTableUpdates },
  { path: 'triggers.*.table_update.condition', is: 'writeOnly', source: cliTableUpdates },
  { path: 'git_source.git_provider', is: 'anyCase', source: terraformRepos },
  { path: 'deployment.version_id', is: 'ignored', source: cliJobs },
  { path: 'format', is: 'ignored', source: api },
  // Only runs have it.
  { path: 'git_source.git_snapshot', is: 'ignored', source: api },

  { path: 'budget_policy_id', is: 'default', source: api },
  { path: 'deployment', is: 'default', source: api },
  { path: 'edit_mode', is: 'default', source: api },
  { path: 'parent_path', is: 'default', source: api },
  { path: 'performance_target', is: 'default', source: api },
  { path: 'queue', is: 'default', source: api },
  { path: 'run_as', is: 'default', source: cliJobs },
  { path: 'usage_policy_id', is: 'default', source: api },
  { path: 'max_concurrent_runs', is: 'default', values: [1], source: api },
  { path: 'schedule.pause_status', is: 'default', values: ['UNPAUSED'], source: api },
  { path: 'trigger.pause_status', is: 'default', values: ['UNPAUSED'], source: api },
  { path: 'continuous.pause_status', is: 'default', values: ['UNPAUSED'], source: api },
  { path: 'continuous.task_retry_mode', is: 'default', values: ['NEVER'], source: api },
  { path: 'environments.*.spec.client', is: 'default', source: api },
  { path: 'environments.*.spec.environment_version', is: 'default', source: api },

  ...within(tasks, taskBehaviors),
  ...within(['job_clusters.*.new_cluster', ...tasks.map((task) => `${task}.new_cluster`)], jobClusterBehaviors),
];
