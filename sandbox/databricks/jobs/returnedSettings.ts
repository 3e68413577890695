import { withoutSignIn } from '../compute/clusterSpec';
import { isJsonObject, type Json, type JsonObject, objectsOf, textOf, without } from '../json';
import { keyOf, tasksOf } from './jobSettings';

/**
 * Adds what the server adds to settings that leave it out, and drops and sorts what it does not return as it was sent
 * (`jobFixUps` in libs/testserver of databricks/cli, here with the defaults of Azure).
 */
export function withDefaults(settings: JsonObject): JsonObject {
  return {
    name: 'Untitled',
    email_notifications: {},
    timeout_seconds: 0,
    max_concurrent_runs: 1,
    ...settings,
    webhook_notifications: withSortedWebhooks(settings.webhook_notifications) ?? {},
    ...(isJsonObject(settings.trigger) && { trigger: withoutCondition(settings.trigger) }),
    ...(settings.triggers !== undefined && { triggers: objectsOf(settings.triggers).map(withoutCondition) }),
    ...(isJsonObject(settings.git_source) && { git_source: without(settings.git_source, 'git_snapshot') }),
    ...(settings.job_clusters !== undefined && {
      job_clusters: objectsOf(settings.job_clusters).map((cluster) => ({
        ...cluster,
        ...withClusterDefaults(cluster),
      })),
    }),
    format: 'MULTI_TASK',
    tasks: tasksOf(settings).map(withTaskDefaults),
  };
}

function withTaskDefaults(task: JsonObject): JsonObject {
  const { for_each_task: loop, spark_jar_task: jar, webhook_notifications: webhooks } = task;
  return {
    run_if: 'ALL_SUCCESS',
    timeout_seconds: 0,
    email_notifications: {},
    ...task,
    ...(task.depends_on !== undefined && { depends_on: sortedBy('task_key', task.depends_on) }),
    ...(webhooks !== undefined && { webhook_notifications: withSortedWebhooks(webhooks) }),
    ...(isJsonObject(task.notebook_task) && { notebook_task: { source: 'WORKSPACE', ...task.notebook_task } }),
    // terraform-provider-databricks issue 4450.
    ...(isJsonObject(jar) && { spark_jar_task: { run_as_repl: true, ...jar } }),
    ...(isJsonObject(loop) &&
      isJsonObject(loop.task) && { for_each_task: { ...loop, task: withTaskDefaults(loop.task) } }),
    ...withClusterDefaults(task),
  };
}

/** The server returns webhooks in an order of its own (databricks/cli pull request 6060). */
function withSortedWebhooks(webhooks: Json): JsonObject | undefined {
  if (!isJsonObject(webhooks)) return undefined;
  return Object.fromEntries(Object.entries(webhooks).map(([event, hooks]) => [event, sortedBy('id', hooks)]));
}

function sortedBy(field: 'task_key' | 'id', entries: Json): readonly JsonObject[] {
  const nameOf = (entry: JsonObject): string => (field === 'task_key' ? keyOf(entry) : (textOf(entry.id) ?? ''));
  return [...objectsOf(entries)].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** databricks/cli pull request 6442. */
function withoutCondition(trigger: JsonObject): JsonObject {
  const { table_update: update } = trigger;
  return isJsonObject(update) ? { ...trigger, table_update: without(update, 'condition') } : trigger;
}

function withClusterDefaults({ new_cluster: spec }: JsonObject): JsonObject {
  if (!isJsonObject(spec)) return {};
  const azure = isJsonObject(spec.azure_attributes) ? spec.azure_attributes : {};
  return {
    new_cluster: {
      data_security_mode: 'SINGLE_USER',
      enable_elastic_disk: true,
      ...without(withoutSignIn(spec), 'apply_policy_default_values'),
      azure_attributes: { first_on_demand: 1, availability: 'ON_DEMAND_AZURE', spot_bid_max_price: -1, ...azure },
    },
  };
}
