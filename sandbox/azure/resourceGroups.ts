import { resourceGroupNotFound } from './armError';
import { nameOf, partOf, sameText } from './resourceId';
import { ok, type Router } from './router';

export interface ResourceGroup {
  /** `/subscriptions/…/resourceGroups/…`. */
  readonly id: string;
  readonly location: string;
}

/** The resource groups that there are; the subscriptions are theirs. */
export class ResourceGroups {
  readonly #groups = new Map<string, ResourceGroup>();

  add(group: ResourceGroup): void {
    const key = group.id.toLowerCase();
    if (!this.#groups.has(key)) this.#groups.set(key, group);
  }

  /** Adds the group of a resource, at its location. */
  addOf({ id, location }: ResourceGroup): void {
    this.add({ id: id.split('/').slice(0, 5).join('/'), location });
  }

  hasSubscription(id: string): boolean {
    return [...this.#groups.values()].some((group) => sameText(partOf(group.id, 'subscriptions'), id));
  }

  /** @throws ArmError when there is none of this name */
  get(subscriptionId: string, name: string): ResourceGroup {
    const group = this.#groups.get(`/subscriptions/${subscriptionId}/resourcegroups/${name}`.toLowerCase());
    if (!group) throw resourceGroupNotFound(name);
    return group;
  }
}

const type = 'Microsoft.Resources/resourceGroups';

/** One resource group: clients ask it for its location. */
export function addResourceGroupRoutes(router: Router, groups: ResourceGroups): void {
  router.add({
    method: 'GET',
    path: '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}',
    action: 'Microsoft.Resources/subscriptions/resourceGroups/read',
    apiVersions: ['2019-07-01', '2021-04-01', '2022-09-01', '2024-11-01', '2025-04-01'],
    handle: ({ parameters: { subscriptionId = '', resourceGroup = '' } }) => {
      const { id, location } = groups.get(subscriptionId, resourceGroup);
      return ok({ id, name: nameOf(id), type, location, properties: { provisioningState: 'Succeeded' } });
    },
  });
}
