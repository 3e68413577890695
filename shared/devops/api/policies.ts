import type { PolicyConfiguration } from 'azure-devops-node-api/interfaces/PolicyInterfaces';
import * as shape from '../../http/shape';
import type { DevopsHttp, Wire } from './devopsHttp';

/** A policy, with its settings as the service returns them; `whole` is the object as it came, to send it back with changes. */
export type Policy = shape.Read<typeof policy>;

/** What is written of a policy; an update needs all of it. */
export type PolicyToWrite = Pick<
  Wire<PolicyConfiguration>,
  'id' | 'isBlocking' | 'isDeleted' | 'isEnabled' | 'revision' | 'settings' | 'type'
>;

/**
 * Branch policies. Every method throws what `DevopsHttp` throws; nothing that creates or updates is repeated, because a
 * second POST creates a second policy, and an update is refused when its revision is no longer the current one.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/policy.
 */
export class PoliciesApi {
  constructor(private readonly http: DevopsHttp) {}

  /** What applies to a branch: also policies of the project, of a prefix and of default branches, which cover more than it. */
  appliedTo(project: string, repositoryId: string, refName: string): Promise<readonly Policy[]> {
    const query = { repositoryId, refName };
    const purpose = `list the policies of the branch '${refName}'`;
    return this.http.list({ method: 'GET', route: 'appliedPolicies', parameters: { project }, query, purpose }, policy);
  }

  policy(project: string, id: number): Promise<Policy> {
    return this.http.json(
      { method: 'GET', route: 'policies', parameters: { project, id }, purpose: `read the policy ${id}` },
      policy,
    );
  }

  create(project: string, json: PolicyToWrite): Promise<Policy> {
    const purpose = 'create the policy';
    return this.http.json({ method: 'POST', route: 'policies', parameters: { project }, json, purpose }, policy);
  }

  /** Replaces a policy. A revision that is not the current one is refused as if the policy did not exist. */
  update(project: string, id: number, json: PolicyToWrite): Promise<Policy> {
    const purpose = `update the policy ${id}`;
    return this.http.json({ method: 'PUT', route: 'policies', parameters: { project, id }, json, purpose }, policy);
  }

  async delete(project: string, id: number): Promise<void> {
    const purpose = `delete the policy ${id}`;
    await this.http.json(
      { method: 'DELETE', route: 'policies', parameters: { project, id }, purpose },
      shape.noContent,
    );
  }
}

const policy = shape.withWhole(
  shape.object({
    id: shape.number,
    revision: shape.number,
    isEnabled: shape.boolean,
    isBlocking: shape.boolean,
    isDeleted: shape.mapped(shape.maybe(shape.boolean), (isDeleted) => isDeleted === true),
    type: shape.object({ id: shape.nonEmptyText, displayName: shape.shown }),
    settings: shape.jsonMap,
    whole: shape.jsonMap,
  }),
);
