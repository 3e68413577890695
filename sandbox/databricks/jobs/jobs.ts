import { invalidParameter } from '../apiError';
import type { SandboxClock } from '../../clock';
import { type Ids, int64 } from '../ids';
import { isJsonObject, type Json, type JsonObject, objectsOf, textOf, without } from '../json';
import { checkLimit, pageOf } from '../pages';
import { entriesOf, type JobRight, type Permissions } from '../permissions';
import type { ApiRequest, Router } from '../router';
import { checkSettings } from './jobSettings';
import { withDefaults } from './returnedSettings';

export interface Job {
  readonly id: string;
  readonly creator: string;
  readonly createdTime: number;
  settings: JsonObject;
}

/** Elements of the arrays of a job or run on one page. */
export const pageSize = 100;

export class Jobs {
  readonly #jobs = new Map<string, Job>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly ids: Ids,
    private readonly changed: () => void,
  ) {}

  find(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  /** @throws ApiError as Databricks does: 400, not 404. */
  get(id: string): Job {
    const job = this.find(id);
    if (!job) throw invalidParameter(`Job ${id} does not exist.`);
    return job;
  }

  /** Newest first. */
  list(): Job[] {
    return [...this.#jobs.values()].reverse();
  }

  create(settings: JsonObject, creator: string): Job {
    checkSettings(settings);
    const job = { id: this.ids.next(), creator, createdTime: this.clock.now(), settings: withDefaults(settings) };
    this.#jobs.set(job.id, job);
    this.changed();
    return job;
  }

  reset(job: Job, settings: JsonObject): void {
    checkSettings(settings);
    job.settings = withDefaults(settings);
    this.changed();
  }

  remove(job: Job): void {
    this.#jobs.delete(job.id);
    this.changed();
  }

  restore(jobs: readonly Job[]): void {
    for (const job of jobs) this.#jobs.set(job.id, job);
  }
}

/** Jobs API 2.2, the saved jobs (https://docs.databricks.com/api/workspace/jobs). */
export function addJobRoutes(router: Router, jobs: Jobs, permissions: Permissions): void {
  const find = (request: ApiRequest, right: JobRight) =>
    permissions.checked(request.user, jobs.get(request.required('job_id')), right);
  const base = '/api/2.2/jobs/';

  router.add('POST', `${base}create`, (request) => {
    const { access_control_list: list, ...settings } = request.json;
    const entries = entriesOf(list);
    const job = jobs.create(settings, request.user.userName);
    try {
      if (entries.length > 0) permissions.update('jobs', job.id, entries);
    } catch (error) {
      jobs.remove(job);
      throw error;
    }
    return { job_id: int64(job.id) };
  });

  router.add('GET', `${base}get`, (request) => {
    const job = find(request, 'view');
    const { fields, nextToken } = pageOfArrays(
      job.settings,
      ['tasks', 'job_clusters', 'environments', 'parameters'],
      request.text('page_token'),
    );
    return {
      ...view(job),
      run_as_user_name: job.creator,
      settings: { ...job.settings, ...fields },
      ...(nextToken && { has_more: true, next_page_token: nextToken }),
    };
  });

  router.add('GET', `${base}list`, (request) => {
    const name = request.text('name')?.toLowerCase();
    const found = jobs
      .list()
      .filter((job) => name === undefined || textOf(job.settings.name)?.toLowerCase() === name)
      .filter((job) => permissions.hasJobRight(request.user, job, 'view'));
    const limit = checkLimit(request.integer('limit'), 20, 100);
    const page = pageOf(found, limit, request.text('page_token'), request.integer('offset'));
    const expanded = request.flag('expand_tasks');
    return {
      ...(page.items.length > 0 && {
        jobs: page.items.map((job) => ({ ...view(job), settings: listed(job.settings, expanded) })),
      }),
      has_more: page.nextToken !== undefined,
      ...(page.nextToken && { next_page_token: page.nextToken }),
      ...(page.previousToken && { prev_page_token: page.previousToken }),
    };
  });

  router.add('POST', `${base}update`, (request) => {
    const job = find(request, 'manage');
    const { new_settings: changes, fields_to_remove: removed } = request.json;
    jobs.reset(
      job,
      merge(job.settings, isJsonObject(changes) ? changes : {}, Array.isArray(removed) ? removed.map(String) : []),
    );
    return {};
  });

  router.add('POST', `${base}reset`, (request) => {
    const { new_settings: settings } = request.json;
    if (!isJsonObject(settings)) throw invalidParameter('Missing required field: new_settings');
    const job = find(request, 'manage');
    // The one setting that stays when it is not sent (libs/testserver of databricks/cli).
    const { run_as: identity } = job.settings;
    jobs.reset(job, {
      ...(identity !== undefined && { run_as: identity }),
      ...without(settings, 'access_control_list'),
    });
    return {};
  });

  router.add('POST', `${base}delete`, (request) => {
    jobs.remove(find(request, 'manage'));
    return {};
  });
}

/** One page of each long array; the first page has them all, later pages leave out those that ended before. */
export function pageOfArrays(
  source: JsonObject,
  names: readonly string[],
  token: string | undefined,
): { readonly fields: JsonObject; readonly nextToken?: string } {
  const fields: Record<string, Json> = {};
  let nextToken: string | undefined;
  for (const name of names) {
    const value = source[name];
    if (!Array.isArray(value)) continue;
    const page = pageOf(value as readonly Json[], pageSize, token);
    fields[name] = page.items;
    nextToken ??= page.nextToken;
  }
  return { fields, ...(nextToken && { nextToken }) };
}

function view(job: Job): JsonObject {
  return { job_id: int64(job.id), creator_user_name: job.creator, created_time: job.createdTime };
}

/** A list shows tasks and clusters only on demand, and then the first 100. */
function listed(settings: JsonObject, expanded: boolean): JsonObject {
  const { tasks, job_clusters: clusters, environments, ...rest } = settings;
  if (!expanded) return rest;
  const { fields } = pageOfArrays(
    { tasks, job_clusters: clusters, environments },
    ['tasks', 'job_clusters', 'environments'],
    undefined,
  );
  return { ...rest, ...fields };
}

/**
 * `jobs/update`: top-level fields are replaced as a whole, except `tasks` and `job_clusters`, which are merged by
 * their keys. A removal names a field, or one task as `tasks/<key>`.
 */
function merge(settings: JsonObject, changes: JsonObject, removed: readonly string[]): JsonObject {
  const merged: Record<string, Json> = { ...settings, ...changes };
  for (const [list, key] of [
    ['tasks', 'task_key'],
    ['job_clusters', 'job_cluster_key'],
  ] as const) {
    const changed = objectsOf(changes[list]);
    const names = new Set(changed.map((entry) => entry[key]));
    const kept = objectsOf(settings[list]).filter(
      (entry) => !removed.includes(`${list}/${String(textOf(entry[key]))}`),
    );
    if (kept.length + changed.length > 0) {
      merged[list] = [...kept.filter((entry) => !names.has(entry[key])), ...changed];
    }
  }
  return Object.fromEntries(Object.entries(merged).filter(([name]) => !removed.includes(name)));
}
