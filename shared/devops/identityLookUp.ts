import type { Team } from './api/core';
import type { Identity } from './api/identities';
import type { Devops } from './devops';

/** What a name stands for, or the words that follow its path. */
export type Resolution<T> = { readonly found: T } | { readonly problem: string };

/** A person, a group or a team of the organization. */
export interface FoundIdentity {
  /** The storage key, by which members, approvers and reviewers are named. */
  readonly id: string;
  /** What access control entries name it by. */
  readonly descriptor: string;
  /** As a plan shows it: the account of a person, `[scope]\name` of a group. */
  readonly text: string;
}

/** Looks up people, teams and groups, each name and each list once. */
export class IdentityLookUp {
  readonly #resolutions = new Map<string, Promise<Resolution<FoundIdentity>>>();
  #teams: Promise<readonly Team[]> | undefined;
  #groups: ReturnType<Devops['graph']['groups']> | undefined;

  constructor(
    private readonly devops: Devops,
    private readonly project: { readonly id: string; readonly name: string },
  ) {}

  /**
   * An e-mail address is a person, else a group; `[scope]\name` is a group or a team. Any other name is a team of the project,
   * else a group of the project, else the only person or group of the organization that has it.
   */
  lookUp(given: string): Promise<Resolution<FoundIdentity>> {
    const name = given.trim();
    const key = name.toLowerCase();
    const resolution = this.#resolutions.get(key) ?? this.#resolve(name);
    this.#resolutions.set(key, resolution);
    return resolution;
  }

  /** A group of Microsoft Entra ID by its object id, if the organization knows it. */
  async entraGroup(objectId: string): Promise<FoundIdentity | undefined> {
    const { graph, identities } = this.devops;
    const all = await (this.#groups ??= graph.groups());
    const isIt = ({ origin, originId = '' }: (typeof all)[number]): boolean =>
      origin.toLowerCase() === 'aad' && originId.toLowerCase() === objectId.toLowerCase();
    const group = all.find(isIt);
    if (!group) return undefined;
    const [identity] = await identities.byIds([await graph.storageKeyOf(group.descriptor)]);
    return identity && foundIdentity(identity);
  }

  async #resolve(name: string): Promise<Resolution<FoundIdentity>> {
    if (name.includes('@')) return this.#byAddress(name);
    if (/^\[[^\]]*\]\\/.test(name)) return this.#byScopedName(name);
    return this.#byName(name);
  }

  async #byAddress(name: string): Promise<Resolution<FoundIdentity>> {
    const is = sameAs(name);
    const all = (await this.#search(name)).filter(({ account, mail }) => is(account) || is(mail));
    const people = all.filter(({ isGroup }) => !isGroup);
    return only(people.length > 0 ? people : all) ?? { problem: 'is not a person of the organization.' };
  }

  async #byScopedName(name: string): Promise<Resolution<FoundIdentity>> {
    const is = sameAs(name);
    const all = await this.#search(name);
    const groups = all.filter(({ isGroup, account, displayName }) => isGroup && (is(account) || is(displayName)));
    return only(groups) ?? { problem: 'is not a group of the organization.' };
  }

  async #byName(name: string): Promise<Resolution<FoundIdentity>> {
    const { core, identities } = this.devops;
    const { id, name: project } = this.project;
    const is = sameAs(name);
    const team = (await (this.#teams ??= core.teams(id))).find((each) => is(each.name));
    if (team) {
      const text = `[${project}]\\${team.name}`;
      if (team.identity) return { found: { id: team.id, descriptor: team.identity.descriptor, text } };
      const [identity] = await identities.byIds([team.id]);
      if (identity) return { found: foundIdentity(identity) };
    }
    const all = await this.#search(name);
    const isOfProject = sameAs(`[${project}]\\${name}`);
    const ofProject = all.filter(({ isGroup, displayName }) => isGroup && isOfProject(displayName));
    const named = all.filter(({ isGroup, account, displayName }) => is(displayName) || (isGroup && is(account)));
    return (
      only(ofProject.length > 0 ? ofProject : named) ?? {
        problem: `is not a team of the project '${project}', nor the name of a person or group. Write the e-mail address of a person, or [scope]\\name of a group.`,
      }
    );
  }

  async #search(name: string): Promise<readonly Identity[]> {
    const all = await this.devops.identities.search(name);
    return all.filter(({ isActive }) => isActive);
  }
}

/** What a plan shows of an identity. */
export function foundIdentity({ id, descriptor, isGroup, account, displayName }: Identity): FoundIdentity {
  return { id, descriptor, text: isGroup ? displayName : (account ?? displayName) };
}

function sameAs(name: string): (text: string | undefined) => boolean {
  const wanted = name.toLowerCase();
  return (text) => text?.toLowerCase() === wanted;
}

/** Undefined where there is none. */
function only(identities: readonly Identity[]): Resolution<FoundIdentity> | undefined {
  const [first, ...more] = identities.map(foundIdentity);
  if (!first) return undefined;
  if (more.length === 0) return { found: first };
  const texts = [first, ...more].map(({ text, id }) => `${text} (${id})`);
  return {
    problem: `is the name of ${texts.length} identities: ${texts.join(', ')}. Write the e-mail address of a person, or [scope]\\name of a group.`,
  };
}
