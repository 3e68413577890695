import { documentPathText, type Finding } from '../../finding';
import { mapInParallel } from '../../inParallel';
import type { Team } from '../api/core';
import type { Devops } from '../devops';
import { IdentityLookUp, type FoundIdentity, type Resolution } from '../identityLookUp';
import { UnresolvedError } from '../unresolvedError';
import type { TeamDocument } from './document';
import type { WantedTeam } from './wanted';

/** A person, group or team that a document names. */
export type WantedIdentity =
  | { readonly kind: 'known'; readonly text: string; readonly identity: FoundIdentity }
  /** A group of Microsoft Entra ID that the organization does not know yet. */
  | { readonly kind: 'entraGroup'; readonly text: string; readonly objectId: string }
  /** A team that an earlier change of the same plan creates. */
  | { readonly kind: 'planned'; readonly text: string };

/** What a document names, each once; undefined where it has no such list. */
export interface WantedIdentities {
  readonly members: readonly WantedIdentity[] | undefined;
  readonly administrators: readonly WantedIdentity[] | undefined;
}

interface Place {
  readonly devops: Devops;
  readonly project: { readonly id: string; readonly name: string };
  /** The team, where it exists; it is looked for at the same time. */
  readonly team: Promise<Team | undefined>;
}

const namesAtOnce = 4;

const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Looks up all people, groups and teams of a document. Throws an UnresolvedError that lists those that are not one thing. */
export async function resolveIdentities(
  { devops, project, team }: Place,
  { team: document, planned: plannedObjects }: Pick<WantedTeam, 'team' | 'planned'>,
): Promise<WantedIdentities> {
  const lookUp = new IdentityLookUp(devops, project);
  const findings: Finding[] = [];
  const isNamed = (name: string, teamName: string): boolean =>
    isSame(name, teamName) || isSame(name, `[${project.name}]\\${teamName}`);
  const plannedTeam = (name: string): WantedIdentity | undefined => {
    const found = plannedObjects?.teams?.find((each) => isNamed(name, each));
    return found === undefined ? undefined : { kind: 'planned', text: `[${project.name}]\\${found}` };
  };

  const resolve = async (given: string): Promise<Resolution<WantedIdentity>> => {
    const name = given.trim();
    if (isNamed(name, document.name.trim())) return { problem: 'is the team itself.' };
    if (guid.test(name)) return { found: await entraGroup(lookUp, name.toLowerCase()) };
    const resolution = await lookUp.lookUp(name);
    const planned = plannedTeam(name);
    // A planned team is closer than somebody of the same name elsewhere in the organization.
    if (planned && !('found' in resolution && isSame(resolution.found.text, planned.text))) return { found: planned };
    if ('problem' in resolution)
      return { problem: name.includes('@') ? `${resolution.problem} ${addPerson}` : resolution.problem };
    const { found: identity } = resolution;
    if (identity.id === (await team)?.id) return { problem: 'is the team itself.' };
    return { found: { kind: 'known', text: identity.text, identity } };
  };
  const resolveList = async (list: 'members' | 'administrators'): Promise<readonly WantedIdentity[] | undefined> => {
    const given: TeamDocument['members'] = document[list];
    if (given === undefined) return undefined;
    const found = new Map<string, WantedIdentity>();
    const resolutions = await mapInParallel(given, namesAtOnce, resolve);
    for (const [index, resolution] of resolutions.entries()) {
      const path = [list, index];
      if ('found' in resolution) found.set(keyOf(resolution.found), resolution.found);
      else findings.push({ path, message: `${documentPathText(path)} ${resolution.problem}`, severity: 'error' });
    }
    return [...found.values()];
  };

  const wanted = { members: await resolveList('members'), administrators: await resolveList('administrators') };
  if (findings.length > 0) throw new UnresolvedError(findings);
  return wanted;
}

const addPerson =
  'Check the address. Adding a person takes a license, so that this step does not do it: add them in Organization settings, Users, and run this step again.';

async function entraGroup(lookUp: IdentityLookUp, objectId: string): Promise<WantedIdentity> {
  const identity = await lookUp.entraGroup(objectId);
  if (identity) return { kind: 'known', text: identity.text, identity };
  return { kind: 'entraGroup', text: `Microsoft Entra group ${objectId}`, objectId };
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function keyOf(wanted: WantedIdentity): string {
  if (wanted.kind === 'known') return wanted.identity.id;
  return wanted.kind === 'entraGroup' ? wanted.objectId : wanted.text.toLowerCase();
}
