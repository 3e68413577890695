import { EventualSet } from '../eventualSet';
import type { OrganizationContext } from '../organizationContext';
import {
  buildServiceDescriptors,
  entraGroupDescriptors,
  entraUserDescriptors,
  groupDescriptors,
  groupSid,
  servicePrincipalDescriptors,
  wellKnownSid,
} from './descriptors';
import type { Identity } from './identity';

export interface NewUser {
  readonly principalName: string;
  readonly displayName?: string;
  /** At Entra; a new one by default. */
  readonly originId?: string;
  readonly id?: string;
}

export interface NewGroup {
  readonly name: string;
  readonly description?: string;
  readonly isTeam?: boolean;
  readonly id?: string;
  /** Undefined for a group of the organisation. */
  readonly project?: { readonly id: string; readonly name: string } | undefined;
  /** The end of the SID of a group that every scope has. */
  readonly wellKnown?: string;
}

/** Everybody whom the organisation knows, and who is a member of what. */
export class Identities {
  readonly #byId = new Map<string, Identity>();
  /** Users who were removed, by name: whoever comes back is the same. */
  readonly #former = new Map<string, Identity>();
  /** Pairs of storage keys, `member container`. */
  readonly #memberships: EventualSet;

  constructor(private readonly context: OrganizationContext) {
    this.#memberships = new EventualSet(() => context.staleReads);
  }

  all(): readonly Identity[] {
    return [...this.#byId.values()];
  }

  byId(id: string): Identity | undefined {
    return this.#byId.get(id.toLowerCase());
  }

  /** By an identity descriptor, a subject descriptor or a storage key. */
  find(text: string): Identity | undefined {
    const wanted = text.toLowerCase();
    return (
      this.#byId.get(wanted) ??
      this.all().find((each) => each.descriptor.toLowerCase() === wanted || each.subjectDescriptor === text)
    );
  }

  /** By the object id at Entra. */
  byOrigin(originId: string): Identity | undefined {
    return this.all().find((each) => each.origin === 'aad' && each.originId.toLowerCase() === originId.toLowerCase());
  }

  /**
   * A group of a project, or of the organisation without one.
   * @throws Error when there is no such group
   */
  groupNamed(name: string, projectId: string | undefined): Identity {
    const found = this.all().find(
      (each) => each.kind === 'group' && each.displayName === name && each.projectId === projectId,
    );
    if (!found) throw new Error(`There is no group '${name}'.`);
    return found;
  }

  /** The identity of the jobs of a project. @throws Error when there is none */
  buildServiceOf(projectId: string): Identity {
    const found = this.all().find(({ kind, principalName }) => kind === 'service' && principalName === projectId);
    if (!found) throw new Error(`The project ${projectId} has no build service.`);
    return found;
  }

  addUser({ principalName, ...given }: NewUser): Identity {
    const { tenantId } = this.context;
    const former = this.#former.get(principalName.toLowerCase());
    const id = given.id ?? former?.id ?? this.context.newId();
    return this.#add({
      id,
      kind: 'user',
      ...entraUserDescriptors(tenantId, principalName, id),
      displayName: given.displayName ?? principalName,
      description: '',
      principalName,
      mailAddress: principalName,
      domain: tenantId,
      origin: 'aad',
      originId: given.originId ?? former?.originId ?? this.context.newId(),
    });
  }

  addServicePrincipal(applicationId: string, objectId: string, displayName: string): Identity {
    const { tenantId } = this.context;
    const id = this.context.newId();
    return this.#add({
      id,
      kind: 'servicePrincipal',
      ...servicePrincipalDescriptors(tenantId, objectId, id),
      displayName,
      description: '',
      principalName: applicationId,
      mailAddress: null,
      domain: tenantId,
      origin: 'aad',
      originId: objectId,
    });
  }

  /** A group of Entra comes into the organisation when it is first used. */
  addEntraGroup(objectId: string, name: string): Identity {
    const { tenantId } = this.context;
    return this.#add({
      id: this.context.newId(),
      kind: 'group',
      ...entraGroupDescriptors(objectId),
      displayName: name,
      description: '',
      principalName: `[TEAM FOUNDATION]\\${name}`,
      mailAddress: null,
      domain: tenantId,
      origin: 'aad',
      originId: objectId,
    });
  }

  addGroup({ name, description = '', isTeam = false, project, wellKnown, ...given }: NewGroup): Identity {
    const id = given.id ?? this.context.newId();
    const scopeId = project?.id ?? this.context.collectionId;
    const sid = wellKnown === undefined ? groupSid(scopeId, id) : wellKnownSid(scopeId, wellKnown);
    const scope = project
      ? `vstfs:///Classification/TeamProject/${project.id}`
      : `vstfs:///Framework/IdentityDomain/${this.context.collectionId}`;
    return this.#add({
      id,
      kind: 'group',
      ...groupDescriptors(sid),
      displayName: name,
      description,
      principalName: `[${project?.name ?? this.context.name}]\\${name}`,
      mailAddress: null,
      domain: scope,
      origin: 'vsts',
      originId: id,
      isTeam,
      ...(project && { projectId: project.id }),
    });
  }

  /** The identity of jobs: of a project, or of all of them where the scope of jobs is not limited to the project. */
  addBuildService(scopeId: string, scopeName: string): Identity {
    const { collectionId, name: organization } = this.context;
    return this.#add({
      id: this.context.newId(),
      kind: 'service',
      ...buildServiceDescriptors(collectionId, scopeId),
      displayName: buildServiceName(scopeName, organization),
      description: '',
      principalName: scopeId,
      mailAddress: null,
      domain: 'Build',
      origin: 'vsts',
      originId: scopeId,
    });
  }

  /** Of a group of the organisation. */
  rename(group: Identity, name: string): void {
    group.displayName = name;
    group.principalName = group.principalName.replace(/\].*$/, () => `]\\${name}`);
  }

  /** Names of its groups start with that of the project, and so does that of its build service. */
  renameProject(projectId: string, name: string): void {
    this.buildServiceOf(projectId).displayName = buildServiceName(name, this.context.name);
    for (const group of this.all().filter((each) => each.projectId === projectId))
      group.principalName = `[${name}]\\${group.displayName}`;
  }

  remove(identity: Identity): void {
    this.#byId.delete(identity.id);
    if (identity.kind === 'user') this.#former.set(identity.principalName.toLowerCase(), identity);
    for (const pair of this.#memberships.current()) {
      if (pair.split(' ').includes(identity.id)) this.#memberships.delete(pair);
    }
    this.#memberships.settle();
  }

  /** False when it is a member already. */
  addMember(member: Identity, container: Identity): boolean {
    return this.#memberships.add(`${member.id} ${container.id}`);
  }

  /** False when it is not a member. */
  removeMember(member: Identity, container: Identity): boolean {
    return this.#memberships.delete(`${member.id} ${container.id}`);
  }

  /** What a read shows: changes are seen late when the organisation is told so. */
  isMember(member: Identity, container: Identity): boolean {
    return this.#memberships.read().has(`${member.id} ${container.id}`);
  }

  /** The direct members of a group, or the groups that a member is in, as a read shows them. */
  related(identity: Identity, direction: 'up' | 'down'): readonly Identity[] {
    return this.#related(identity, direction, this.#memberships.read());
  }

  /** The identity and all groups that it is in, directly or not: for permissions, which see every change at once. */
  closureOf(identity: Identity): readonly Identity[] {
    const found = new Set([identity]);
    for (const each of found) {
      for (const group of this.#related(each, 'up', this.#memberships.current())) found.add(group);
    }
    return [...found];
  }

  #related(identity: Identity, direction: 'up' | 'down', pairs: ReadonlySet<string>): readonly Identity[] {
    return [...pairs].flatMap((pair) => {
      const [member = '', container = ''] = pair.split(' ');
      const [near, far] = direction === 'up' ? [member, container] : [container, member];
      const other = near === identity.id ? this.#byId.get(far) : undefined;
      return other ? [other] : [];
    });
  }

  #add(identity: Omit<Identity, 'createdAt'>): Identity {
    const added = { ...identity, id: identity.id.toLowerCase(), createdAt: this.context.clock.now() };
    this.#byId.set(added.id, added);
    return added;
  }
}

const buildServiceName = (scopeName: string, organization: string) => `${scopeName} Build Service (${organization})`;
