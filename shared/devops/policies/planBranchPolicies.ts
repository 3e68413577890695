import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { isTransient } from '../../http/errors';
import { poll, TimedOutError } from '../../http/poll';
import { both } from '../../inParallel';
import type { Repository } from '../api/git';
import type { Policy, PolicyToWrite } from '../api/policies';
import { isWrite, throwIfStuck, type Change } from '../change';
import { createOnce } from '../createOnce';
import type { Devops } from '../devops';
import { isAbsentOrNotPermitted } from '../api/refusal';
import type { PlannedObjects, PlannedRepository } from '../plannedObjects';
import type { BranchPolicies } from './document';
import {
  bodyOf,
  isAsWanted,
  isExactly,
  keyOf,
  planPolicies,
  type FoundPolicy,
  type PolicyBody,
  type PolicyChange,
} from './plan';
import { lackOfPermissions } from '../repository/gitPermissions';
import { findRepository } from '../repository/findRepository';
import { resolveReferences } from './resolveReferences';
import { wantedPolicies, type WantedPolicy } from './wantedPolicies';

export interface WantedBranchPolicies {
  /** By its name or id. */
  readonly project: string;
  /** By its name or id. */
  readonly repository: string;
  /** `main` or `refs/heads/main`; undefined for the default branch. */
  readonly branch: string | undefined;
  readonly policies: BranchPolicies;
  /** Whether policies of exactly this branch that the document does not have are deleted. */
  readonly removeOthers: boolean;
  /** What earlier changes of the same plan are going to create. The policies can be applied when all of it exists. */
  readonly planned?: PlannedObjects | undefined;
}

/** What is planned for the policies of a branch. */
export interface BranchPoliciesPlan {
  /** Without an id where it is going to be created. */
  readonly repository: Pick<Repository, 'name' | 'project'> & { readonly id: string | undefined };
  /** `refs/heads/main`. */
  readonly refName: string;
  readonly changes: readonly Change[];
  /**
   * Makes the changes, and resolves when the policies read as wanted; sends nothing that writes where there are none.
   * Throws a StuckError before the first of them if one cannot be made. Not for a plan that refers to planned objects.
   */
  apply(): Promise<void>;
}

interface Work {
  readonly devops: Devops;
  readonly projectId: string;
  readonly scope: { readonly repositoryId: string; readonly refName: string };
  readonly wanted: readonly WantedPolicy[];
  readonly removeOthers: boolean;
  readonly context: Context;
}

const secondsToSettle = 60;
/** How often an update or a deletion is sent that fails in passing, or that others overtake. */
const mostWrites = 4;

/**
 * Compares the policies of a branch with a document. Sends nothing that writes. Throws a TaskError if the repository or the
 * branch is not there, and an UnresolvedError for names in the document.
 */
export async function planBranchPolicies(
  devops: Devops,
  { project: projectName, repository: repositoryName, branch, policies, removeOthers, planned }: WantedBranchPolicies,
  context: Context,
): Promise<BranchPoliciesPlan> {
  const project = await devops.core.project(projectName);
  const future = await plannedRepository(devops, project.id, repositoryName, planned);
  if (future) return planForFuture(devops, project, future, { branch, policies, planned });
  const repository = await findRepository(devops, project, repositoryName);
  const refName = refNameIn(repository, branch);
  const scope = { repositoryId: repository.id, refName };
  const [, [references, found]] = await both(
    2,
    () => requireBranch(devops, repository, branch),
    () =>
      both(
        2,
        () => resolveReferences(devops, project, policies, planned),
        () => foundPolicies(devops, project.id, scope),
      ),
  );
  const wanted = wantedPolicies(policies, references);
  const work: Work = { devops, projectId: project.id, scope, wanted, removeOthers, context };
  const changesOfPolicies = planPolicies(wanted, found, scope, { removeOthers });
  const blocked = changesOfPolicies.some(isWrite) ? await missingPermissions(work, repository) : [];
  const changes = [...changesOfPolicies, ...blocked];
  return { repository, refName, changes, apply: () => apply(work, changes, changesOfPolicies) };
}

/** The planned repository, if the name means it and it does not exist yet, or is empty still. */
async function plannedRepository(
  devops: Devops,
  projectId: string,
  name: string,
  planned: PlannedObjects = {},
): Promise<PlannedRepository | undefined> {
  const { repository } = planned;
  if (repository?.name.toLowerCase() !== name.toLowerCase()) return undefined;
  const all = await devops.git.repositories(projectId);
  const found = all.find((each) => each.name.toLowerCase() === name.toLowerCase());
  return found?.defaultBranch === undefined ? repository : undefined;
}

/** A repository that is going to be created has no policies of its own; its creator may edit them. */
async function planForFuture(
  devops: Devops,
  project: { readonly id: string; readonly name: string },
  { name, defaultBranch }: PlannedRepository,
  { branch, policies, planned }: Pick<WantedBranchPolicies, 'branch' | 'policies' | 'planned'>,
): Promise<BranchPoliciesPlan> {
  const refName = branch === undefined ? defaultBranch : refNameOf(branch);
  if (refName !== defaultBranch)
    throw new TaskError(
      `The repository '${name}' is going to be created with the branch ${defaultBranch} only. Create the branch ${refName} first, or correct its name.`,
    );
  const wanted = wantedPolicies(policies, await resolveReferences(devops, project, policies, planned));
  const changes = planPolicies(wanted, [], { repositoryId: '', refName }, { removeOthers: false });
  return {
    repository: { id: undefined, name, project },
    refName,
    changes,
    apply: () => Promise.reject(new Error(`The repository '${name}' must be created before its policies.`)),
  };
}

function refNameIn({ name, defaultBranch }: Repository, given: string | undefined): string {
  if (given !== undefined) return refNameOf(given);
  if (defaultBranch !== undefined) return defaultBranch;
  throw new TaskError(`The repository '${name}' has no default branch, because it is empty. Push to it first.`);
}

/** Throws a TaskError if there is no branch of the name that is given. */
async function requireBranch(devops: Devops, repository: Repository, given: string | undefined): Promise<void> {
  const { id, name, project } = repository;
  if (given === undefined) return;
  const refName = refNameOf(given);
  if (await devops.git.branch(project.id, id, refName)) return;
  throw new TaskError(
    `The repository '${name}' has no branch ${refName}. Names of branches are case-sensitive. Create the branch first, or correct its name.`,
  );
}

function refNameOf(branch: string): string {
  return branch.startsWith('refs/') ? branch : `refs/heads/${branch}`;
}

async function missingPermissions(
  { devops, projectId, scope }: Work,
  { name }: Repository,
): Promise<readonly Change[]> {
  const of = `the branch ${scope.refName} of the repository '${name}'`;
  const lack = await lackOfPermissions(devops, { projectId, ...scope, name: of }, ['EditPolicies']);
  return lack === undefined
    ? []
    : [{ kind: 'blocked', what: `Policies of ${scope.refName}`, differences: [], notes: [lack] }];
}

async function plan({ devops, projectId, scope, wanted, removeOthers }: Work): Promise<readonly PolicyChange[]> {
  const found = await foundPolicies(devops, projectId, scope);
  return planPolicies(wanted, found, scope, { removeOthers });
}

async function foundPolicies(
  devops: Devops,
  projectId: string,
  { repositoryId, refName }: Work['scope'],
): Promise<readonly FoundPolicy[]> {
  const applied = await devops.policies.appliedTo(projectId, repositoryId, refName);
  return applied.filter(({ isDeleted }) => !isDeleted).map(foundPolicy);
}

function foundPolicy({ id, type, isEnabled, isBlocking, settings, whole }: Policy): FoundPolicy {
  const isEnterpriseManaged = whole['isEnterpriseManaged'] === true;
  return { id, typeId: type.id, typeName: type.displayName, isEnabled, isBlocking, isEnterpriseManaged, settings };
}

async function apply(work: Work, changes: readonly Change[], planned: readonly PolicyChange[]): Promise<void> {
  throwIfStuck(changes);
  const sends = planned.flatMap(({ send }) => (send ? [send] : []));
  if (sends.length === 0) return;
  // Deletions last: at no time is the branch protected less than before and after.
  for (const send of sends) if (send.method === 'create') await create(work, send.wanted, send.body);
  for (const send of sends) if (send.method === 'update') await update(work, send.id, send.wanted);
  for (const send of sends) if (send.method === 'delete') await remove(work, send.id);
  await settle(work);
}

async function create(
  { devops, projectId, scope, context }: Work,
  wanted: WantedPolicy,
  body: PolicyBody,
): Promise<void> {
  await createOnce<unknown>(
    () => devops.policies.create(projectId, written(body)),
    async () => {
      const found = await foundPolicies(devops, projectId, scope);
      return found.find((policy) => isExactly(policy, scope) && keyOf(policy) === wanted.key);
    },
    context,
  );
}

/** An update needs the current revision: a refusal of it, or an answer that is lost, is followed by another look. */
async function update({ devops, projectId, scope, context }: Work, id: number, wanted: WantedPolicy): Promise<void> {
  const { agent, clock, signal } = context;
  for (let writes = 1; ; writes++) {
    const current = await devops.policies.policy(projectId, id);
    const found = foundPolicy(current);
    if (!isExactly(found, scope))
      throw new TaskError(
        `The policy ${id} was changed by somebody else, and no longer applies to this branch only. Run again.`,
      );
    if (isAsWanted(wanted, found)) return;
    const { revision } = current;
    try {
      await devops.policies.update(projectId, id, {
        ...written(bodyOf(wanted, scope, current.settings)),
        id,
        revision,
      });
      return;
    } catch (error) {
      // A revision that is not the current one is refused as if there were no such policy.
      if ((!isTransient(error) && !isAbsentOrNotPermitted(error)) || writes === mostWrites) throw error;
      agent.log(`${error.message} Reading the policy again.`);
      await clock.sleep(writes * 1000, signal);
    }
  }
}

async function remove({ devops, projectId, context }: Work, id: number): Promise<void> {
  const { agent, clock, signal } = context;
  for (let writes = 1; ; writes++)
    try {
      await devops.policies.delete(projectId, id);
      return;
    } catch (error) {
      // Deleted by the call before, or by somebody else: `settle` finds out whether it is.
      if (isAbsentOrNotPermitted(error)) return;
      if (!isTransient(error) || writes === mostWrites) throw error;
      agent.log(error.message);
      await clock.sleep(writes * 1000, signal);
    }
}

function written({ typeId, isBlocking, settings }: PolicyBody): PolicyToWrite {
  return { isEnabled: true, isBlocking, type: { id: typeId }, settings };
}

async function settle(work: Work): Promise<void> {
  const { clock, signal } = work.context;
  let left: readonly PolicyChange[] = [];
  try {
    await poll({
      clock,
      signal,
      deadline: clock.now() + secondsToSettle * 1000,
      awaited: `the policies of ${work.scope.refName} to read as wanted`,
      probe: async () => (left = await plan(work)),
      isDone: (changes) => changes.every(({ kind }) => kind === 'unchanged'),
    });
  } catch (error) {
    if (!(error instanceof TimedOutError) || error.cause !== undefined) throw error;
    const lines = left
      .filter(({ kind }) => kind !== 'unchanged')
      .flatMap(({ what, differences }) => [what, ...differences]);
    throw new TaskError(`Azure DevOps accepted the policies, but they still differ:\n  ${lines.join('\n  ')}`, {
      cause: error,
    });
  }
}
