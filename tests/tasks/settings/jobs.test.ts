import assert from 'node:assert/strict';
import type { Difference } from '../../../shared/comparison/difference';
import { isAt } from '../../../shared/comparison/knownBehavior';
import { jobDefinition } from '../../../shared/databricks/jobs/definition';
import { compareJob } from '../../../shared/databricks/jobs/differences';
import { jobBehaviors } from '../../../shared/databricks/jobs/knownBehavior';
import { type Json, type JsonMap, stringifyJson } from '../../../shared/json';
import { CreateJobWorkspace, variables } from '../createJobWorkspace';
import { type AlteredReads, alterReads } from './alteredReads';
import {
  documentWith,
  groupsOf,
  groupTitle,
  settingsOf,
  valueAt,
  withValueAt,
  type Path,
  type Setting,
} from './everySetting';

/** What finds the entries of a list, and what other suites cover: the name, the permissions and the notebook. */
const identities =
  /(^|\.)(name|notebook_path|task_key|job_cluster_key|environment_key|metric|\d\.id|access_control_list\..*)$/;
const notebook: JsonMap = { notebook_path: '/Shared/train' };

/** What a repeated task and a shared cluster have in common with the task and its own cluster: of that, the first level. */
const repeated = /^(tasks\.0\.for_each_task\.task\.(new_cluster\.)?|job_clusters\.0\.new_cluster\.)\w+\./;

/** A setting that the types of the SDK do not have yet, as Databricks adds them. */
const newer: Setting = { path: ['parent_path'], value: '/Workspace/a', other: '/Workspace/b' };

const settings = [...settingsOf('CreateJob'), newer]
  .filter(({ path }) => !identities.test(path.join('.')))
  .filter(({ path }) => !repeated.test(path.join('.')));

/** Names of a path as differences have them: an entry of a list by its key. */
const keys: Readonly<Record<string, string>> = {
  tasks: 'train',
  job_clusters: 'main',
  environments: 'main',
  parameters: 'p',
  depends_on: 'before',
};
const namesOf = (path: Path): readonly string[] =>
  path.map((name, index) => (typeof name === 'number' ? (keys[String(path[index - 1])] ?? String(name)) : name));
const isA = (kind: string, path: Path): boolean =>
  jobBehaviors.some((behavior) => behavior.is === kind && isAt(behavior.path, namesOf(path)));
const isIgnored = (path: Path): boolean => path.some((_, index) => isA('ignored', path.slice(0, index + 1)));

describe('The settings of a job', () => {
  let workspace: CreateJobWorkspace;
  let reads: AlteredReads;
  let count = 0;
  before(async () => {
    workspace = await CreateJobWorkspace.open();
    reads = alterReads(workspace.databricks.faults);
  });
  after(() => workspace.close());

  /** Runs the task: what it did, and how often it wrote. */
  async function run(spec: Json): Promise<readonly [string, number]> {
    workspace.databricks.requests.clear();
    const agent = await workspace.run({ spec: stringifyJson(spec) });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    const writes = workspace.databricks.requests.list().filter(({ method }) => method !== 'GET');
    return [agent.outputs['change'] ?? '', writes.length];
  }

  /** Where the job that was read last differs, as the task compares them. */
  function differencesFrom(spec: Json): readonly Difference[] {
    const { run_as_user_name: runAs, settings: found } = reads.last as JsonMap;
    const job = { run_as: { user_name: runAs, service_principal_name: runAs }, ...(found as JsonMap) };
    return compareJob(jobDefinition(spec as JsonMap, {}, variables['Build.Repository.Name']).settings, job).differences;
  }

  /** Creates a job, finds it unchanged, and notices a change of each of its settings. Gives the job with all of them. */
  async function notices(group: readonly Setting[], given: (settings: Json) => Json, what: string): Promise<Json> {
    const [first, ...others] = group;
    assert.ok(first);
    reads.alter = (answer) => withValueAt(answer, ['settings'], given((answer as JsonMap)['settings'] ?? {}));
    let spec: Json = { ...jobWith(first.path, first.value), name: `job ${++count}` };
    for (const { path, value } of others) spec = withValueAt(spec, path, value);
    assert.equal((await run(spec))[0], 'created', what);
    assert.deepEqual(await run(spec), ['unchanged', 0], what);
    assert.deepEqual(differencesFrom(spec), [], what);
    const created = spec;
    for (const { path, other } of group.filter((setting) => !isIgnored(setting.path))) {
      assert.ok(
        differencesFrom(withValueAt(created, path, other)).length > 0,
        `${what}: a change of ${path.join('.')} is not noticed`,
      );
      spec = withValueAt(spec, path, other);
    }
    return spec;
  }

  /** And changes all of them. */
  async function holds(group: readonly Setting[], given: (settings: Json) => Json, what: string): Promise<void> {
    const changed = await notices(group, given, what);
    if (group.every(({ path }) => isIgnored(path))) return;
    const [change, writes] = await run(changed);
    assert.ok(change === 'updated' && writes > 0, what);
    assert.deepEqual(await run(changed), ['unchanged', 0], what);
  }

  // One kind of task or of compute excludes another; without its tags a job would be that of somebody else.
  const isAlone = (path: Path): boolean =>
    path === newer.path || path[0] === 'tags' || (path.length <= 3 && /key|cluster|_task|libraries/.test(path.join()));
  for (const group of groupsOf(settings, isAlone)) {
    it(`are written, read and compared: ${groupTitle(group)}`, async () => {
      await holds(group, (found) => found, 'returned as it was written');
      const returned = group.filter(({ path }) => path[0] !== 'tags');
      if (returned.length > 0)
        await holds(
          returned,
          (found) => returned.reduce((rest, { path }) => withValueAt(rest, path, undefined), found),
          'not returned',
        );
      for (const setting of group.filter(({ path, value }) => Array.isArray(value) && isA('set', path))) {
        const { path } = setting;
        const read = (found: Json): Json | undefined => valueAt(found, path);
        await notices(
          [setting],
          (found) => withValueAt(found, path, [...((read(found) ?? []) as readonly Json[])].reverse()),
          'returned in another order',
        );
      }
    });
  }

  it('may be filled in by Databricks, all at once', async () => {
    const filled = settings.filter(({ path }) => path.length <= 2 && path[0] !== 'tags');
    reads.alter = (answer) =>
      filled.reduce((all, { path, value }) => withValueAt(all, ['settings', ...path], value), answer);
    const name = `job ${++count}`;
    const without = { ...jobWith(['name'], name), name };
    assert.equal((await run(without))[0], 'created');
    assert.deepEqual(await run(without), ['unchanged', 0]);
  });
});

/** The smallest specification of a job with a value at a path. */
function jobWith(path: Path, value: Json): JsonMap {
  const job = documentWith('CreateJob', path, value);
  const [list, , field] = path;
  const tasks = list === 'tasks' ? [taskWith(path.slice(2), (valueAt(job, ['tasks', 0]) ?? {}) as JsonMap)] : [];
  const isDependent = list === 'tasks' && field === 'depends_on';
  const job_cluster_key = 'main';
  const environment_key = 'main';
  return {
    ...(path.includes('job_cluster_key') && { job_clusters: [{ job_cluster_key, new_cluster: {} }] }),
    ...(path.includes('environment_key') && { environments: [{ environment_key }] }),
    ...job,
    ...(list === 'job_clusters' && {
      job_clusters: [
        {
          job_cluster_key,
          new_cluster: {
            kind: 'CLASSIC_PREVIEW',
            ...((valueAt(job, ['job_clusters', 0, 'new_cluster']) ?? {}) as JsonMap),
          },
        },
      ],
    }),
    ...(list === 'environments' && {
      environments: [{ ...((valueAt(job, ['environments', 0]) ?? {}) as JsonMap), environment_key }],
    }),
    tasks: [
      ...(tasks.length > 0 ? tasks : [taskWith(['notebook_task'], {})]),
      ...(isDependent ? [{ task_key: 'before', notebook_task: notebook }] : []),
    ],
  };
}

function taskWith([field = '', ...rest]: Path, task: JsonMap): JsonMap {
  if (field === 'for_each_task' && rest[0] === 'task') {
    const loop = task['for_each_task'] as JsonMap;
    const inner = taskWith(rest.slice(1), loop['task'] as JsonMap);
    return { ...task, task_key: 'train', for_each_task: { ...loop, task: inner } };
  }
  const { new_cluster: cluster } = task;
  const isKind = String(field).endsWith('_task');
  const details = task['notebook_task'] as JsonMap | undefined;
  return {
    ...task,
    task_key: 'train',
    ...((!isKind || field === 'notebook_task') && { notebook_task: { ...details, ...notebook } }),
    ...(cluster !== undefined && { new_cluster: { kind: 'CLASSIC_PREVIEW', ...(cluster as JsonMap) } }),
    ...(field === 'libraries' && { existing_cluster_id: '0000-000000-cluster' }),
    ...(field === 'depends_on' && { depends_on: [{ ...(task['depends_on'] as JsonMap[])[0], task_key: 'before' }] }),
  };
}
