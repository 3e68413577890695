import { foundIdentity, type FoundIdentity } from '../identityLookUp';
import type { Change } from '../change';
import type { Devops } from '../devops';
import { needed } from '../permissions/requirePermissions';
import { tokens } from '../permissions/tokens';
import { shownNames, type Part, type Work } from './part';
import type { WantedIdentity } from './resolveIdentities';
import { until } from './until';

export interface WantedMembers {
  readonly members: readonly WantedIdentity[];
  /** They stay members if they are. */
  readonly administrators: readonly WantedIdentity[];
  readonly removeOthers: boolean;
}

/** Compares the members of a team itself, not those of groups in it. Others stay, unless they are to be removed. */
export async function planMembers(work: Work, wanted: WantedMembers): Promise<Part> {
  const { devops, project, team } = work;
  const current = team ? await devops.identities.members(team.id) : [];
  const missing = wanted.members.filter((member) => !isOneOf(member, current));
  const others = await othersIn(devops, current, [...wanted.members, ...wanted.administrators]);
  const change = changeOf(work, wanted, missing, others);
  const token = team && tokens.identity(project.id, team.id);
  const isWritten = change.kind !== 'unchanged' && token !== undefined;
  return {
    change,
    needed: isWritten ? [needed('identity', 'ManageMembership', token, `the team '${work.teamName}'`)] : [],
    apply: ({ id }) => applyMembers(work, wanted, id),
  };
}

function changeOf(
  { team, teamName }: Work,
  { removeOthers }: WantedMembers,
  missing: readonly WantedIdentity[],
  others: readonly FoundIdentity[],
): Change {
  const what = `Members of the team '${teamName}'`;
  const added = missing.map(({ kind, text }) => `+ ${text}${kind === 'entraGroup' ? ', new in the organization' : ''}`);
  const removed = removeOthers ? others.map(({ text }) => `- ${text}`) : [];
  const differences = [...added, ...removed];
  const stay = `Other members stay: ${shownNames(others.map(({ text }) => text))}.`;
  const notes = removeOthers || others.length === 0 ? [] : [stay];
  if (differences.length === 0) return { kind: 'unchanged', what, differences, notes };
  return { kind: team ? 'update' : 'create', what, differences, notes };
}

function isOneOf(member: WantedIdentity, descriptors: readonly string[]): boolean {
  return member.kind === 'known' && holds(descriptors, member.identity);
}

function holds(descriptors: readonly string[], { descriptor }: FoundIdentity): boolean {
  return descriptors.some((each) => each.toLowerCase() === descriptor.toLowerCase());
}

/** Those of the descriptors that are not wanted. */
async function othersIn(
  devops: Devops,
  descriptors: readonly string[],
  wanted: readonly WantedIdentity[],
): Promise<readonly FoundIdentity[]> {
  const others = descriptors.filter((descriptor) => !wanted.some((each) => isOneOf(each, [descriptor])));
  const identities = await devops.identities.byDescriptors(others);
  return identities.map(foundIdentity);
}

async function applyMembers(work: Work, wanted: WantedMembers, teamId: string): Promise<void> {
  const { devops, context, teamName, entraGroups } = work;
  const { identities } = devops;
  const members: FoundIdentity[] = [];
  for (const member of wanted.members) members.push(await entraGroups.identityOf(member));
  const administrators: FoundIdentity[] = [];
  for (const each of wanted.removeOthers ? wanted.administrators : [])
    administrators.push(await entraGroups.identityOf(each));

  const before = await identities.members(teamId);
  // An answer of false, which says that it is a member already, is checked like any other below.
  for (const member of members) if (!holds(before, member)) await identities.addMember(teamId, member.id);
  const known = [...members, ...administrators].map((identity) => ({ kind: 'known' as const, identity, text: '' }));
  const others = wanted.removeOthers ? await othersIn(devops, before, known) : [];
  for (const { id } of others) await identities.removeMember(teamId, id);

  await until(context, `the members of the team '${teamName}' to appear`, async () => {
    const after = await identities.members(teamId);
    const isDone = members.every((each) => holds(after, each)) && !others.some((each) => holds(after, each));
    return isDone ? true : undefined;
  });
}
