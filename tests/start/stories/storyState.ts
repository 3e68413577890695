import type { Databricks } from '../../../sandbox/databricks/databricks';
import { isJsonObject, textOf, without, type JsonObject } from '../../../sandbox/databricks/json';
import type { Sandbox } from '../../../sandbox/sandbox';

/** What an import notes of the run that did it, and of the objects that it created. */
const traces = /"(?:(?:writer|run|objectId)":"[^"]*"|modifiedAt":\d+),?/g;

/** The tags of a version that say which run of whom promoted it. */
const promotionTags = ['promoted_by', 'promotion_run', 'promotion_commit'];

/** What is in the workspace, with names instead of ids. */
export function workspaceState({ databricks }: Sandbox) {
  const clusters = databricks.clusters.list();
  const jobs = databricks.jobs.list();
  const state = {
    objects: databricks.workspace.below('/Shared').map((node) => ({
      path: node.path,
      type: node.type,
      content: 'bytes' in node ? portableText(node.bytes) : 'commands' in node ? node.commands : '',
    })),
    clusters: clusters
      .map(({ id, spec, state, creator }) => ({
        spec,
        state,
        creator,
        libraries: databricks.libraries.list(id).map(({ library, status }) => ({ library, status })),
      }))
      .sort(byText),
    jobs: jobs
      .map(({ settings, creator }) => ({ name: settings['name'], settings: portable(settings), creator }))
      .sort(byText),
    runs: databricks.runs
      .list()
      .map(({ creator, tasks }) => ({
        creator,
        tasks: tasks.map(({ settings, ending }) => ({ settings, ending: ending?.resultState })),
      }))
      .sort(byText),
    models: registeredModels(databricks),
  };
  const names = new Map(clusters.map(({ id, spec }) => [id, `cluster ${textOf(spec['cluster_name']) ?? ''}`]));
  let text = JSON.stringify(state);
  for (const [id, name] of names) text = text.replaceAll(id, name);
  return JSON.parse(text) as typeof state;
}

/** The models with their versions and what their trainings logged, without what says which run made or promoted them. */
export function registeredModels({ catalogModels, modelFiles, tracking }: Databricks) {
  return catalogModels.list(undefined).map(({ name, owner, aliases, versions }) => ({
    name,
    owner,
    aliases: { ...aliases },
    versions: versions.map(({ version, creator, status, tags, runId }) => {
      const { experimentId, status: runStatus, params, metrics } = tracking.run(runId);
      return {
        ...{ version, creator, status, tags: without(tags, ...promotionTags) },
        files: [...modelFiles.of(name, version)].map(([path, content]) => [path, content.toString('utf8')]),
        training: {
          experiment: tracking.experiment(experimentId).name,
          ...{ status: runStatus, params },
          metrics: Object.values(metrics).map(({ key, value }) => [key, value]),
        },
      };
    }),
  }));
}

/** A file; of an import's record, in an order that does not depend on which upload ended first. */
function portableText(bytes: Buffer): unknown {
  const text = bytes.toString().replaceAll(traces, '');
  return text.startsWith('{"about"') ? canonical(JSON.parse(text.replaceAll(/,(?=})/g, ''))) : text;
}

/** Without the tag that names the repository of a pipeline: nothing says which one the files of a terminal are from. */
function portable({ tags, ...settings }: JsonObject): unknown {
  return { ...settings, tags: isJsonObject(tags) ? without(tags, 'repository') : tags };
}

/** What is in the resource groups and in the namespace of the models, without what says which run made it. */
export function servingState({ azure, kubernetes }: Sandbox): unknown {
  const kinds = ['deployments', 'services', 'poddisruptionbudgets', 'configmaps', 'secrets'] as const;
  return {
    groups: azure.containerInstances.groups.map(({ id, body, provisioningState }) => ({ id, body, provisioningState })),
    objects: kinds.flatMap((kind) =>
      kubernetes.store.list(kind, 'models').map(({ metadata: { name, labels, annotations = {} }, ...object }) => ({
        kind,
        name,
        labels,
        annotations: Object.entries(annotations).filter(
          ([name]) => !name.startsWith('azure-pipelines/') && name !== 'model-pipelines/good',
        ),
        spec: 'spec' in object ? object.spec : undefined,
      })),
    ),
    pods: kubernetes.store.list('pods', 'models').map(({ status }) => status.phase),
  };
}

function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, each]) => [name, canonical(each)] as const)
      .sort(byText),
  );
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
