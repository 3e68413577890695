import type { Context } from '../../agent/context';
import type { Team } from '../api/core';
import type { Repository } from '../api/git';
import { both, mapInParallel } from '../../inParallel';
import { isWrite, throwIfStuck, type Change } from '../change';
import type { Devops } from '../devops';
import { describeMissing, missingPermissions, type NeededPermission } from '../permissions/requirePermissions';
import { EntraGroups } from './entraGroups';
import type { Part, Work } from './part';
import { planAdministrators } from './planAdministrators';
import { planArea } from './planArea';
import { findTeam, planItself } from './planItself';
import { planMembers } from './planMembers';
import { planRepositoryPermissions, repositoryOf } from './planRepositoryPermissions';
import type { RepositoryPermission } from './repositoryPermissions';
import { resolveIdentities, type WantedIdentities } from './resolveIdentities';
import type { WantedTeam } from './wanted';

/** What is planned for a team. */
export interface TeamPlan {
  /** The team, where it exists. */
  readonly team: Team | undefined;
  /**
   * That of the team itself, then those of its area, its members, its administrators and its permissions, as far as the document
   * has them.
   */
  readonly changes: readonly Change[];
  /**
   * Makes the changes, and resolves with the team when all of it can be read; sends nothing that writes where there are none.
   * Throws a StuckError before the first of them if one cannot be made. What was made before an error stays: the next
   * plan has what is left.
   */
  apply(): Promise<Team>;
}

const partsAtOnce = 4;

/**
 * Compares a team with a document. Sends nothing that writes. Throws a TaskError if the project or the repository is not there,
 * and an UnresolvedError that lists every name of the document that is not one person, group or team.
 */
export async function planTeam(devops: Devops, wanted: WantedTeam, context: Context): Promise<TeamPlan> {
  const { name: given, description } = wanted.team;
  const project = await devops.core.project(wanted.project);
  const finding = findTeam(devops, project.id, given.trim());
  const [[team, identities], repository] = await both(
    partsAtOnce,
    () =>
      both(
        partsAtOnce,
        () => finding,
        () => resolveIdentities({ devops, project, team: finding }, wanted),
      ),
    async () =>
      hasPermissions(wanted)
        ? repositoryOf({ devops, project }, wanted.repository, wanted.planned?.repository)
        : undefined,
  );
  const entraGroups = new EntraGroups(devops, context);
  const work: Work = { devops, project, teamName: team?.name ?? given.trim(), team, entraGroups, context };
  const itself = planItself(work, description?.trim());
  const parts = await partsOf(work, wanted, { identities, repository });
  const changes = await withPermissions(devops, [itself, ...parts]);
  return {
    team,
    changes,
    async apply() {
      throwIfStuck(changes);
      if (team && !changes.some(isWrite)) return team;
      // First what Microsoft Entra ID may refuse.
      for (const each of [...(identities.members ?? []), ...(identities.administrators ?? [])])
        await entraGroups.identityOf(each);
      const made = await itself.apply();
      for (const part of parts) if (isWrite(part.change)) await part.apply(made);
      return made;
    },
  };
}

interface WantedWithPermissions extends WantedTeam {
  readonly repository: string;
  readonly team: WantedTeam['team'] & { readonly repositoryPermissions: readonly RepositoryPermission[] };
}

function hasPermissions(wanted: WantedTeam): wanted is WantedWithPermissions {
  const { repository, team } = wanted;
  return repository !== undefined && (team.repositoryPermissions ?? []).length > 0;
}

async function partsOf(
  work: Work,
  wanted: WantedTeam,
  { identities, repository }: { readonly identities: WantedIdentities; readonly repository: Repository | undefined },
): Promise<readonly Part[]> {
  const { areaPath, removeOtherMembers: removeOthers = false } = wanted.team;
  const { members, administrators = [] } = identities;
  const plans: (() => Promise<Part>)[] = [];
  if (areaPath !== undefined) plans.push(() => planArea(work, areaPath));
  if (members) plans.push(() => planMembers(work, { members, administrators, removeOthers }));
  if (administrators.length > 0) plans.push(() => planAdministrators(work, administrators));
  if (hasPermissions(wanted)) {
    const { repository: name, team } = wanted;
    plans.push(() => planRepositoryPermissions(work, { name, repository, permissions: team.repositoryPermissions }));
  }
  return mapInParallel(plans, partsAtOnce, (plan) => plan());
}

/** The changes; those are blocked for which the identity lacks permissions, which are evaluated all at once. */
async function withPermissions(
  devops: Devops,
  parts: readonly Pick<Part, 'change' | 'needed'>[],
): Promise<readonly Change[]> {
  const all = parts.flatMap(({ needed }) => needed);
  const missing: ReadonlySet<NeededPermission> = new Set(all.length === 0 ? [] : await missingPermissions(devops, all));
  const changes: Change[] = [];
  for (const { change, needed } of parts) {
    const lacking = needed.filter((permission) => missing.has(permission));
    if (lacking.length === 0) changes.push(change);
    else changes.push({ ...change, kind: 'blocked', notes: [await describeMissing(devops, lacking)] });
  }
  return changes;
}
