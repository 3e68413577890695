import * as shape from '../../http/shape';
import { listOf, type DevopsHttp } from './devopsHttp';

/** A user, a group, a team or a service identity. */
export type Identity = shape.Read<typeof identity>;
/** Who makes the calls, as Azure DevOps knows them. */
export type CallerData = Identity;

/** One query string takes few of them: 50 descriptors were too long for it (microsoft/terraform-provider-azuredevops#805). */
const mostInOneRequest = 20;

/**
 * Identities by their storage keys and descriptors. Every method throws what `DevopsHttp` throws.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/ims, and recorded answers of `_apis/connectionData`.
 */
export class IdentitiesApi {
  constructor(private readonly http: DevopsHttp) {}

  /** The identity that the token stands for. */
  async caller(): Promise<CallerData> {
    const { authenticatedUser } = await this.http.json(
      { method: 'GET', route: 'connectionData', purpose: 'read which identity signs in to Azure DevOps' },
      connectionData,
    );
    return authenticatedUser;
  }

  /** Identities that a person would find by this text: an e-mail address, an account, or `[project]\group`. */
  search(filterValue: string): Promise<readonly Identity[]> {
    return this.#read({ searchFilter: 'General', filterValue }, `look up the identity '${filterValue}'`);
  }

  /** Those that exist, in any order. */
  byIds(identityIds: readonly string[]): Promise<readonly Identity[]> {
    return this.#readMany('identityIds', identityIds);
  }

  /** Those that exist, in any order; by what access control entries name them. */
  byDescriptors(descriptors: readonly string[]): Promise<readonly Identity[]> {
    return this.#readMany('descriptors', descriptors);
  }

  /** Adds a member to a group or team; both by storage key. False means that it was a member before. */
  addMember(containerId: string, memberId: string): Promise<boolean> {
    return this.http.json(
      {
        method: 'PUT',
        route: 'identityMembers',
        parameters: { containerId, memberId },
        purpose: `add the member ${memberId} to the group ${containerId}`,
        repeatable: true,
      },
      shape.boolean,
    );
  }

  /** Removes a member from a group or team; both by storage key. False means that it was not a member. */
  removeMember(containerId: string, memberId: string): Promise<boolean> {
    return this.http.json(
      {
        method: 'DELETE',
        route: 'identityMembers',
        parameters: { containerId, memberId },
        purpose: `remove the member ${memberId} from the group ${containerId}`,
        repeatable: true,
      },
      shape.boolean,
    );
  }

  /** The descriptors of the direct members of a group or team, which `byDescriptors` takes. */
  async members(containerId: string): Promise<readonly string[]> {
    const purpose = `list the members of the group ${containerId}`;
    const { value } = await this.http.json(
      { method: 'GET', route: 'identityMembers', parameters: { containerId }, purpose },
      listOf(shape.nonEmptyText),
    );
    return value;
  }

  async #readMany(name: 'identityIds' | 'descriptors', values: readonly string[]): Promise<readonly Identity[]> {
    const found: Identity[] = [];
    for (let start = 0; start < values.length; start += mostInOneRequest) {
      const some = values.slice(start, start + mostInOneRequest);
      const read = await this.#read({ [name]: some.join(',') }, `read ${some.length} identities`);
      for (const identity of read) found.push(identity);
    }
    return found;
  }

  async #read(query: Readonly<Record<string, string>>, purpose: string): Promise<readonly Identity[]> {
    const { value } = await this.http.json(
      { method: 'GET', route: 'identities', query: { ...query, queryMembership: 'None' }, purpose },
      identities,
    );
    return value.filter((each) => each !== undefined);
  }
}

const identity = shape.mapped(
  shape.object({
    id: shape.nonEmptyText,
    descriptor: shape.nonEmptyText,
    subjectDescriptor: shape.optionalText,
    providerDisplayName: shape.optionalText,
    customDisplayName: shape.optionalText,
    isActive: shape.maybe(shape.boolean),
    isContainer: shape.maybe(shape.boolean),
    properties: shape.lenient(
      shape.object({
        Account: shape.maybe(shape.object({ $value: shape.optionalText })),
        Mail: shape.maybe(shape.object({ $value: shape.optionalText })),
      }),
      undefined,
    ),
  }),
  (read) => ({
    /** The storage key: approvers, reviewers and members are named by it. */
    id: read.id,
    /** What access control entries name it by, such as `Microsoft.TeamFoundation.ServiceIdentity;…:Build:…`. */
    descriptor: read.descriptor,
    /** What the graph names it by, such as `aad.…`. */
    subjectDescriptor: read.subjectDescriptor,
    /** The name that the pages of Azure DevOps show. */
    displayName: read.customDisplayName ?? read.providerDisplayName ?? read.id,
    /** An e-mail address, the name of a group, or `Build\<guid>`. */
    account: read.properties?.Account?.$value,
    mail: read.properties?.Mail?.$value,
    /** False for one that was removed from the organization. */
    isActive: read.isActive !== false,
    /** Whether it is a group or a team. */
    isGroup: read.isContainer === true,
  }),
);

/** Null in place of one that does not exist. */
const identities = listOf(shape.maybe(identity));

const connectionData = shape.object({ authenticatedUser: identity });
