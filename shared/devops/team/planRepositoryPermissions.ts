import { TaskError } from '../../errors';
import type { Team } from '../api/core';
import type { Repository } from '../api/git';
import { StuckError, type Change } from '../change';
import { namespaces } from '../permissions/namespaces';
import { needed } from '../permissions/requirePermissions';
import { tokens } from '../permissions/tokens';
import type { PlannedRepository } from '../plannedObjects';
import { findRepository } from '../repository/findRepository';
import { applyGrant, entriesOf, type Grant } from './grant';
import type { Part, Work } from './part';
import { repositoryPermissions, type RepositoryPermission } from './repositoryPermissions';

export interface WantedPermissions {
  /** The name or id of the repository. */
  readonly name: string;
  /** Undefined for one that an earlier change of the same plan creates. */
  readonly repository: Repository | undefined;
  readonly permissions: readonly RepositoryPermission[];
}

/** Compares what a team itself is allowed on a repository. Its other permissions, and those of others, stay. */
export async function planRepositoryPermissions(
  work: Work,
  { name, repository, permissions }: WantedPermissions,
): Promise<Part> {
  const { devops, project, team, teamName, context } = work;
  const what = `Permissions of the team '${teamName}' on the repository '${repository?.name ?? name}'`;
  if (!repository) {
    const differences = permissions.map((each) => `+ ${shownAs(each)}`);
    const apply = (): Promise<void> => Promise.reject(new Error(`The repository '${name}' is only planned.`));
    return { change: { kind: 'create', what, differences }, needed: [], apply };
  }
  const token = tokens.git(project.id, repository.id);
  const bits = permissions.reduce((all, each) => all | bitOf(each), 0);
  const grant: Grant = {
    namespaceId: namespaces.git.id,
    token,
    bits,
    name: `the permissions of the team '${teamName}'`,
  };
  const refused = (): Change => {
    const note = `Some of the permissions are denied to the team. Remove the Deny in ${namespaces.git.page}, or the permissions from the list.`;
    return { kind: 'conflict', what, differences: [], notes: [note] };
  };
  const descriptor = team && (await descriptorOf(work, team));
  const { allowed, denied } =
    descriptor === undefined ? { allowed: 0, denied: 0 } : (await entriesOf(devops, grant))(descriptor);
  const differences = permissions.filter((each) => (allowed & bitOf(each)) === 0).map((each) => `+ ${shownAs(each)}`);
  const kind = differences.length === 0 ? 'unchanged' : team ? 'update' : 'create';
  const change: Change = denied === 0 ? { kind, what, differences } : refused();
  const isWritten = denied === 0 && differences.length > 0;
  return {
    change,
    needed: isWritten ? [needed('git', 'ManagePermissions', token, `the repository '${repository.name}'`)] : [],
    async apply(made) {
      const refuse = (): never => {
        throw new StuckError([refused()]);
      };
      await applyGrant(devops, grant, [await descriptorOf(work, made)], { context, refuse });
    },
  };
}

/** The repository of a name or id; undefined where it is only planned. Throws a TaskError if it is neither there nor planned. */
export async function repositoryOf(
  { devops, project }: Pick<Work, 'devops' | 'project'>,
  name: string,
  planned: PlannedRepository | undefined,
): Promise<Repository | undefined> {
  if (planned?.name.toLowerCase() === name.toLowerCase()) {
    const all = await devops.git.repositories(project.id);
    const [found, ...more] = all.filter((each) => each.name.toLowerCase() === name.toLowerCase());
    if (!found) return undefined;
    if (more.length === 0 && !found.isDisabled && found.project.id === project.id) return found;
  }
  return findRepository(devops, project, name);
}

async function descriptorOf({ devops }: Work, { id, name, identity }: Team): Promise<string> {
  if (identity) return identity.descriptor;
  const [found] = await devops.identities.byIds([id]);
  if (!found) throw new TaskError(`Azure DevOps shows no identity of the team '${name}'. Run this step again.`);
  return found.descriptor;
}

function bitOf(permission: RepositoryPermission): number {
  return namespaces.git.bits[repositoryPermissions[permission]].bit;
}

function shownAs(permission: RepositoryPermission): string {
  return namespaces.git.bits[repositoryPermissions[permission]].shownAs;
}
