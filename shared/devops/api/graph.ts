import { HttpError } from '../../http/errors';
import * as shape from '../../http/shape';
import type { DevopsHttp } from './devopsHttp';

/** A group, of the organization or of Microsoft Entra ID. */
export type GraphGroup = shape.Read<typeof group>;

/**
 * Groups and memberships, by subject descriptor. Every method throws what `DevopsHttp` throws.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/graph.
 */
export class GraphApi {
  constructor(private readonly http: DevopsHttp) {}

  /** The subject descriptor of a user, group, team or project by its storage key. */
  async descriptorOf(storageKey: string): Promise<string> {
    const purpose = `look up the descriptor of ${storageKey}`;
    const { value } = await this.http.json(
      { method: 'GET', route: 'graphDescriptors', parameters: { storageKey }, purpose },
      textValue,
    );
    return value;
  }

  /** The storage key of a subject by its descriptor. */
  async storageKeyOf(subjectDescriptor: string): Promise<string> {
    const purpose = `look up the storage key of ${subjectDescriptor}`;
    const { value } = await this.http.json(
      { method: 'GET', route: 'graphStorageKeys', parameters: { subjectDescriptor }, purpose },
      textValue,
    );
    return value;
  }

  /** The groups of a project, by its descriptor; those of the whole organization without one. */
  groups(scopeDescriptor?: string): Promise<readonly GraphGroup[]> {
    return this.http.list(
      { method: 'GET', route: 'graphGroups', query: { scopeDescriptor }, purpose: 'list the groups' },
      group,
    );
  }

  /** Makes a group of Microsoft Entra ID known to the organization, by its object id. Known ones are returned unchanged. */
  addEntraGroup(originId: string): Promise<GraphGroup> {
    return this.http.json(
      {
        method: 'POST',
        route: 'graphGroups',
        json: { originId },
        purpose: `add the Microsoft Entra group ${originId} to the organization`,
        repeatable: true,
      },
      group,
    );
  }

  async isMember(subjectDescriptor: string, containerDescriptor: string): Promise<boolean> {
    try {
      await this.http.json(
        {
          method: 'HEAD',
          route: 'graphMembership',
          parameters: { subjectDescriptor, containerDescriptor },
          purpose: `read whether ${subjectDescriptor} is in the group ${containerDescriptor}`,
        },
        shape.noContent,
      );
      return true;
    } catch (error) {
      if (error instanceof HttpError && error.status === 404) return false;
      throw error;
    }
  }

  async addMembership(subjectDescriptor: string, containerDescriptor: string): Promise<void> {
    await this.http.json(
      {
        method: 'PUT',
        route: 'graphMembership',
        parameters: { subjectDescriptor, containerDescriptor },
        purpose: `add ${subjectDescriptor} to the group ${containerDescriptor}`,
        repeatable: true,
      },
      shape.noContent,
    );
  }

  async removeMembership(subjectDescriptor: string, containerDescriptor: string): Promise<void> {
    await this.http.json(
      {
        method: 'DELETE',
        route: 'graphMembership',
        parameters: { subjectDescriptor, containerDescriptor },
        purpose: `remove ${subjectDescriptor} from the group ${containerDescriptor}`,
        repeatable: true,
      },
      shape.noContent,
    );
  }

  /** The descriptors of the direct members of a group. */
  async membersOf(containerDescriptor: string): Promise<readonly string[]> {
    const memberships = await this.http.list(
      {
        method: 'GET',
        route: 'graphMemberships',
        parameters: { subjectDescriptor: containerDescriptor },
        query: { direction: 'Down' },
        purpose: `list the members of the group ${containerDescriptor}`,
      },
      membership,
    );
    return memberships.map(({ memberDescriptor }) => memberDescriptor);
  }
}

const textValue = shape.object({ value: shape.nonEmptyText });

const membership = shape.object({ memberDescriptor: shape.nonEmptyText });

const group = shape.object({
  descriptor: shape.nonEmptyText,
  displayName: shape.shown,
  /** `[project]\Contributors` */
  principalName: shape.shown,
  /** `vsts` or `aad`. */
  origin: shape.shown,
  originId: shape.optionalText,
});
