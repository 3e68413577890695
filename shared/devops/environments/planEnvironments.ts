import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import type { DocumentPath } from '../../finding';
import { poll, TimedOutError } from '../../http/poll';
import { both, inParallel } from '../../inParallel';
import type { CheckToWrite, ProtectedResource } from '../api/pipelines/checks';
import type { Environment } from '../api/pipelines/taskAgent';
import { isRefusedAs } from '../api/refusal';
import { isWrite, StuckError, throwIfStuck, type Change } from '../change';
import { createOnce } from '../createOnce';
import type { Devops } from '../devops';
import { blockedWhereMissing } from '../permissions/blockedWhereMissing';
import { needed, type NeededPermission } from '../permissions/requirePermissions';
import { tokens } from '../permissions/tokens';
import type { PlannedObjects } from '../plannedObjects';
import { UnresolvedError } from '../unresolvedError';
import {
  compareEnvironment,
  type EnvironmentComparison,
  type FoundEnvironment,
  type WantedEnvironment,
} from './compareEnvironment';
import { environmentFindings, keyOf, type EnvironmentEntry } from './document';
import { resolveApprovers } from './resolveApprovers';
import { approverIds, keyOfCheck, timeoutToWrite, wantedChecks, type WantedCheck } from './wantedChecks';

export interface WantedEnvironments {
  /** By its name or id. */
  readonly project: string;
  readonly environments: readonly EnvironmentEntry[];
  /** Teams of it can be approvers. */
  readonly planned?: PlannedObjects;
  /** Where the environments are in the document, for findings; `environments` by default. */
  readonly path?: DocumentPath;
}

/** What is planned for environments. */
export interface EnvironmentsPlan {
  /** One for each environment, in their order. */
  readonly changes: readonly Change[];
  /**
   * Makes the changes, and resolves with the ids of all environments by their names when they read as wanted; sends nothing
   * that writes where there are none. Throws a StuckError before the first of them if one cannot be made.
   */
  apply(): Promise<ReadonlyMap<string, number>>;
}

interface Work {
  readonly devops: Devops;
  readonly project: { readonly id: string; readonly name: string };
  readonly wanted: WantedEnvironment;
  readonly context: Context;
}

const atOnce = 4;
const secondsToSettle = 60;
const roleScope = 'distributedtask.environmentreferencerole';
/** Approvers that cannot see an environment get no button to approve with (Azure/ALZ-PowerShell-Module#310). */
const roleOfApprovers = 'User';

/**
 * Compares environments with a document. Checks that the document does not name are not changed. Sends nothing that writes.
 * Throws an UnresolvedError for what is wrong with the document, and for approvers that are not found.
 */
export async function planEnvironments(
  devops: Devops,
  { project: projectName, environments, planned, path = ['environments'] }: WantedEnvironments,
  context: Context,
): Promise<EnvironmentsPlan> {
  const { id, name } = await devops.core.project(projectName);
  const project = { id, name };
  const [{ approversOf, findings }, listed] = await both(
    atOnce,
    () => resolveApprovers(devops, project, environments, planned?.teams ?? [], path),
    async () => (environments.length > 0 ? devops.taskAgent.environments(project.id) : []),
  );
  const all = [...environmentFindings(environments, path), ...findings];
  if (all.length > 0) throw new UnresolvedError(all);
  const works = environments.map((entry, index): Work => {
    const approvers = approversOf[index] ?? [];
    return { devops, project, wanted: { entry, approvers, checks: wantedChecks(entry, approvers) }, context };
  });
  const found = new Map<Work, FoundEnvironment>();
  await inParallel(works, atOnce, async (work) => {
    const environment = listed.find((each) => keyOf(each.name) === keyOf(work.wanted.entry.name));
    if (environment) found.set(work, await lookAt(work, environment));
  });
  const changes = await blockedWhereMissing(
    devops,
    works.map((work) => {
      const comparison = compareEnvironment(work.wanted, found.get(work));
      const change = changeOf(work, comparison);
      return { change, needs: isWrite(change) ? permissionsFor(work, comparison, found.get(work)) : [] };
    }),
  );
  return { changes, apply: () => apply(works, found, changes) };
}

async function lookAt({ devops, project, wanted }: Work, environment: Environment): Promise<FoundEnvironment> {
  const hasApprovers = wanted.approvers.length > 0;
  const [checks, roles] = await both(
    atOnce,
    () => devops.checks.checks(project.id, resourceOf(environment)),
    async () => (hasApprovers ? devops.security.roleAssignments(roleScope, roleResource(project.id, environment)) : []),
  );
  const own = new Set(wanted.approvers.map(({ id }) => id?.toLowerCase()));
  const others = hasApprovers ? checks.flatMap(({ settings = {} }) => approverIds(settings)) : [];
  // Approvals have no names of their approvers.
  const unknown = [...new Set(others)].filter((id) => !own.has(id));
  const identities = unknown.length === 0 ? [] : await devops.identities.byIds(unknown);
  const names = new Map(identities.map(({ id, account, displayName }) => [id.toLowerCase(), account ?? displayName]));
  return { environment, checks, roles, names };
}

function resourceOf({ id }: Environment): ProtectedResource {
  return { type: 'environment', id: String(id) };
}

function roleResource(projectId: string, { id }: Environment): string {
  return `${projectId}_${id}`;
}

function changeOf({ wanted, project }: Work, { kind, differences, notes }: EnvironmentComparison): Change {
  const what = `Environment '${wanted.entry.name}' in project '${project.name}'`;
  return { kind, what, differences, ...(notes.length > 0 && { notes }) };
}

/** Whoever creates an environment becomes its administrator. */
function permissionsFor(
  { project }: Work,
  { description, unseeing, checks }: EnvironmentComparison,
  found: FoundEnvironment | undefined,
): readonly NeededPermission[] {
  if (!found) {
    // Who may not see the environments finds none, whether there is one or not.
    const [token, on] = [tokens.environment(project.id), `the environments of the project '${project.name}'`];
    return [needed('environment', 'View', token, on), needed('environment', 'Create', token, on)];
  }
  const { id, name } = found.environment;
  const [token, on] = [tokens.environment(project.id, id), `the environment '${name}'`];
  return [
    ...(description === undefined ? [] : [needed('environment', 'Manage', token, on)]),
    ...(unseeing.length > 0 || checks.length > 0 ? [needed('environment', 'Administer', token, on)] : []),
  ];
}

async function apply(
  works: readonly Work[],
  found: ReadonlyMap<Work, FoundEnvironment>,
  changes: readonly Change[],
): Promise<ReadonlyMap<string, number>> {
  throwIfStuck(changes);
  const ids = new Map<Work, number>();
  await inParallel(works.entries(), atOnce, async ([index, work]) => {
    const before = found.get(work);
    const isUnchanged = changes[index]?.kind === 'unchanged';
    const { id } = before && isUnchanged ? before.environment : await bring(work, before);
    ids.set(work, id);
  });
  return new Map(works.map((work) => [work.wanted.entry.name, ids.get(work) ?? 0]));
}

async function bring(work: Work, known: FoundEnvironment | undefined): Promise<Environment> {
  const { devops, project, wanted } = work;
  const before = known ?? (await lookAt(work, await create(work)));
  const { environment } = before;
  const comparison = compareEnvironment(wanted, before);
  if (comparison.kind === 'conflict') throw new StuckError([changeOf(work, comparison)]);
  const { description, unseeing, checks } = comparison;
  const { id, name } = environment;
  if (description !== undefined) await devops.taskAgent.updateEnvironment(project.id, id, { name, description });
  // Before the approval: a run that waits for it could be approved by nobody.
  if (unseeing.length > 0) {
    const roles = unseeing.map((approver) => ({ userId: idOf(approver), roleName: roleOfApprovers }));
    await devops.security.assignRoles(roleScope, roleResource(project.id, environment), roles);
  }
  for (const check of checks) await writeCheck(work, environment, check);
  await settle(work, environment);
  return environment;
}

function idOf({ name, id }: { readonly name: string; readonly id: string | undefined }): string {
  if (id === undefined) throw new Error(`The approver ${name} is planned only.`);
  return id;
}

async function create({ devops, project, wanted: { entry }, context }: Work): Promise<Environment> {
  const { name, description = '' } = entry;
  try {
    return await createOnce(
      () => devops.taskAgent.createEnvironment(project.id, name.trim(), description),
      () => findEnvironment(devops, project.id, name),
      context,
    );
  } catch (error) {
    if (!isRefusedAs('alreadyExists', error)) throw error;
    throw new TaskError(
      `${error.message} The list of environments does not show it: this identity may not see it. Grant it the role Administrator for the environment, or choose another name.`,
      { cause: error },
    );
  }
}

async function findEnvironment(
  { taskAgent }: Devops,
  projectId: string,
  name: string,
): Promise<Environment | undefined> {
  const listed = await taskAgent.environments(projectId, name.trim());
  return listed.find((each) => keyOf(each.name) === keyOf(name));
}

async function writeCheck(
  { devops, project, context }: Work,
  environment: Environment,
  { wanted, found }: EnvironmentComparison['checks'][number],
): Promise<void> {
  const resource = resourceOf(environment);
  const body: CheckToWrite = {
    type: wanted.type,
    settings: definedIn(wanted, found?.settings ?? {}),
    timeout: timeoutToWrite(wanted, found?.timeout),
    resource,
  };
  if (found) {
    await devops.checks.update(project.id, found.id, body);
    return;
  }
  await createOnce(
    () => devops.checks.create(project.id, body),
    async () => (await devops.checks.checks(project.id, resource)).find((each) => keyOfCheck(each) === wanted.key),
    context,
  );
}

/** Settings without those that are undefined. */
function definedIn(wanted: WantedCheck, found: NonNullable<FoundEnvironment['checks'][number]['settings']>) {
  const settings: Record<string, CheckToWrite['settings'][string]> = {};
  for (const [name, value] of Object.entries(wanted.settings(found))) if (value !== undefined) settings[name] = value;
  return settings;
}

/** Waits until the environment reads as wanted. */
async function settle(work: Work, { id, name }: Environment): Promise<void> {
  const { devops, project, wanted, context } = work;
  const { clock, signal } = context;
  let last: EnvironmentComparison | undefined;
  try {
    await poll({
      clock,
      signal,
      deadline: clock.now() + secondsToSettle * 1000,
      awaited: `the environment '${name}' to read as wanted`,
      probe: async () => {
        const environment = await findEnvironment(devops, project.id, name);
        const found = environment?.id === id ? await lookAt(work, environment) : undefined;
        return (last = compareEnvironment(wanted, found));
      },
      isDone: ({ kind }) => kind === 'unchanged',
    });
  } catch (error) {
    if (!(error instanceof TimedOutError) || error.cause !== undefined || !last) throw error;
    if (last.kind === 'conflict') throw new StuckError([changeOf(work, last)]);
    const lines = last.kind === 'create' ? ['It is no longer listed.'] : last.differences;
    throw new TaskError(
      `Azure DevOps accepted the environment '${name}', but it still differs:\n  ${lines.join('\n  ')}`,
      { cause: error },
    );
  }
}
