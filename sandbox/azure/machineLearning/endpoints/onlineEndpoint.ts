import type { OperationFailure } from '../../operations';
import { nameOf } from '../../resourceId';
import { type Change, Changes } from '../changes';
import type { OnlineDeployment } from '../deployments/onlineDeployment';
import { guidFor } from '../workspace';
import type { EndpointBody } from './endpointBody';
import { EndpointKeys } from './endpointKeys';

/** What an endpoint is made with. */
export interface EndpointParts {
  readonly clock: { now(): number };
  /** Of tokens. */
  readonly tokenClock: { now(): number };
  readonly protocol: string;
}

/** An online endpoint and its deployments. */
export class OnlineEndpoint {
  readonly changes: Changes;
  readonly keys: EndpointKeys;
  readonly name: string;
  /** Of the identity that the system assigns. */
  readonly principalId: string;
  readonly createdAt: number;
  /** The URL of its last operation. */
  operationUrl: string | undefined;
  #body: EndpointBody;
  readonly #deployments = new Map<string, OnlineDeployment>();

  constructor(
    readonly id: string,
    readonly workspaceId: string,
    body: EndpointBody,
    private readonly parts: EndpointParts,
  ) {
    this.name = nameOf(id);
    this.changes = new Changes(parts.clock);
    this.createdAt = parts.clock.now();
    this.keys = new EndpointKeys(body.keys, parts.tokenClock);
    this.principalId = guidFor(`${id} at ${this.createdAt}`);
    this.#body = { ...body, traffic: {}, mirrorTraffic: {} };
  }

  /** As it is now: while it is being changed, it is as it was. */
  get body(): EndpointBody {
    this.changes.settle();
    return this.#body;
  }

  set body(body: EndpointBody) {
    this.changes.settle();
    this.#body = body;
  }

  /** Those that there are now. */
  get deployments(): readonly OnlineDeployment[] {
    for (const [key, deployment] of this.#deployments) {
      if (!deployment.isGone) continue;
      this.#deployments.delete(key);
      void deployment.close();
    }
    return [...this.#deployments.values()];
  }

  deployment(name: string): OnlineDeployment | undefined {
    return this.deployments.find((each) => each.name.toLowerCase() === name.toLowerCase());
  }

  add(deployment: OnlineDeployment): void {
    this.#deployments.set(deployment.name.toLowerCase(), deployment);
  }

  put(body: EndpointBody, seconds: number, failure?: OperationFailure): Change {
    const kind = (this.changes.last ?? this.changes.running) ? 'update' : 'create';
    const ownProperties = { ...body.ownProperties, ...this.body.ownProperties };
    return this.changes.begin(kind, seconds, {
      apply: () => (this.body = { ...body, ownProperties }),
      ...(failure && { failure }),
    });
  }

  /** Of the identities that users assigned. */
  get userPrincipalIds(): readonly string[] {
    return this.body.userAssignedIdentities.map(principalOf);
  }

  get hasSucceeded(): boolean {
    return this.changes.hasSucceeded;
  }

  get isGone(): boolean {
    const { deletion } = this.changes;
    return deletion !== undefined && deletion.endsAt <= this.parts.clock.now();
  }

  get host(): string {
    return `${this.name}.${this.body.location}.inference.ml.azure.com`.toLowerCase();
  }

  /** The shares as they count now. */
  get traffic(): EndpointBody['traffic'] {
    return this.changes.hasSucceeded ? this.body.traffic : {};
  }

  get mirrorTraffic(): EndpointBody['traffic'] {
    return this.changes.hasSucceeded ? this.body.mirrorTraffic : {};
  }

  describe(): object {
    const { id, name, hasSucceeded, body } = this;
    const at = new Date(this.createdAt).toISOString();
    const url = `${this.parts.protocol}://${this.host}`;
    return {
      id,
      name,
      type: 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints',
      kind: body.compute === undefined ? 'Managed' : 'K8S',
      location: body.location,
      tags: body.tags,
      identity: this.#identity(),
      properties: {
        authMode: body.authMode,
        description: body.description,
        provisioningState: this.changes.provisioningState,
        publicNetworkAccess: body.publicNetworkAccess,
        compute: body.compute ?? null,
        traffic: this.traffic,
        mirrorTraffic: this.mirrorTraffic,
        scoringUri: hasSucceeded ? `${url}${this.#scoringPath()}` : null,
        swaggerUri: hasSucceeded ? `${url}/swagger.json` : null,
        properties: {
          'azureml.onlineendpointid': `${this.workspaceId}/onlineEndpoints/${name}`.toLowerCase(),
          ...body.ownProperties,
          ...(this.operationUrl !== undefined && { AzureAsyncOperationUri: this.operationUrl }),
        },
      },
      systemData: { createdAt: at, createdByType: 'Application', lastModifiedAt: at },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#deployments.values()].map((deployment) => deployment.close()));
  }

  #identity(): object | null {
    const { identityType: type, userAssignedIdentities } = this.body;
    if (type === 'None') return { type };
    const assigned = userAssignedIdentities.map((id) => [
      id,
      { principalId: principalOf(id), clientId: guidFor(`${id} client`) },
    ]);
    return {
      type,
      ...(type.includes('System') && { principalId: this.principalId, tenantId: guidFor('tenant') }),
      ...(assigned.length > 0 && { userAssignedIdentities: Object.fromEntries(assigned) as object }),
    };
  }

  /** Own containers have a path of their own. */
  #scoringPath(): string {
    const paths = this.deployments.map(({ serving }) => serving?.rollOut.scoringPath);
    return paths.find((path) => path !== undefined) ?? '/score';
  }
}

const principalOf = (identityId: string): string => guidFor(identityId);
