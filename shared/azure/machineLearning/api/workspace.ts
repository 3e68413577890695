import { hostName } from '../../../http/transport/address';
import * as shape from '../../../http/shape';
import { pathSegment } from '../../../pathSegment';
import type { WorkspaceClient } from './client';

const workspace = shape.object({
  location: shape.nonEmptyText,
  properties: shape.object({
    provisioningState: shape.optionalText,
    v1LegacyMode: shape.maybe(shape.boolean),
  }),
});

export type Workspace = shape.Read<typeof workspace>;

const compute = shape.object({
  id: shape.nonEmptyText,
  properties: shape.object({ computeType: shape.optionalText, provisioningState: shape.optionalText }),
});

const datastore = shape.object({
  name: shape.nonEmptyText,
  properties: shape.object({
    accountName: shape.nonEmptyText,
    containerName: shape.nonEmptyText,
    endpoint: shape.optionalText,
    protocol: shape.optionalText,
    credentials: shape.maybe(shape.object({ credentialsType: shape.optionalText })),
  }),
});

export type Datastore = shape.Read<typeof datastore>;

const datastoreSecret = shape.object({ sasToken: shape.optionalText });

const usage = shape.object({
  currentValue: shape.number,
  limit: shape.number,
  name: shape.object({ value: shape.text }),
});

const vmSize = shape.object({ name: shape.text, family: shape.optionalText, vCPUs: shape.maybe(shape.number) });

/** The workspace itself, its storage, and what its region has. */
export class WorkspaceApi {
  constructor(private readonly client: WorkspaceClient) {}

  async get(): Promise<Workspace> {
    return this.client.read(this.client.workspaceId, 'read the workspace', workspace);
  }

  /** The compute of a name; undefined where there is none. */
  async compute(name: string): Promise<shape.Read<typeof compute> | undefined> {
    const path = `${this.client.workspaceId}/computes/${pathSegment(name)}`;
    return this.client.find(path, `read the compute '${name}'`, compute);
  }

  /** The datastore that files are uploaded to; undefined where the workspace has none. */
  async defaultDatastore(): Promise<Datastore | undefined> {
    const path = `${this.client.workspaceId}/datastores`;
    const purpose = 'find the default datastore';
    for await (const found of this.client.list(path, purpose, datastore, { isDefault: true })) return found;
    return undefined;
  }

  /** The datastore of a container; undefined where the workspace has none. */
  async datastoreOf(account: string, container: string): Promise<Datastore | undefined> {
    const path = `${this.client.workspaceId}/datastores`;
    for await (const found of this.client.list(path, 'list the datastores', shape.lenient(datastore, undefined)))
      if (found?.properties.accountName === account && found.properties.containerName === container) return found;
    return undefined;
  }

  /** A shared access signature for a datastore, a secret; undefined where it has another kind of secret. */
  async signature(name: string): Promise<string | undefined> {
    const path = `${this.client.workspaceId}/datastores/${pathSegment(name)}/listSecrets`;
    const purpose = `read the shared access signature of the datastore '${name}'`;
    const json = { expirableSecret: true, expireAfterHours: 4 };
    const { sasToken } = await this.client.ask(path, purpose, json, datastoreSecret, { hasSecretAnswer: true });
    return sasToken?.replace(/^\?/, '');
  }

  /** The cores of a size of machines, and how many more of its family the region's quota allows; undefined where unknown. */
  async freeCores(location: string, instanceType: string): Promise<FreeCores | undefined> {
    const path = this.client.locationPath(location);
    const sizes = shape.object({ value: shape.list(vmSize) });
    const { value } = await this.client.read(`${path}/vmSizes`, 'list the sizes of machines', sizes);
    const size = value.find(({ name }) => name.toLowerCase() === instanceType.toLowerCase());
    if (size?.family === undefined || size.vCPUs === undefined) return undefined;
    const { family, vCPUs: coresEach } = size;
    for await (const { name, limit, currentValue } of this.client.list(`${path}/usages`, 'read the quota', usage))
      if (name.value.toLowerCase() === family.toLowerCase())
        return { family, coresEach, free: Math.max(limit - currentValue, 0), limit };
    return undefined;
  }
}

export interface FreeCores {
  readonly family: string;
  readonly coresEach: number;
  readonly free: number;
  readonly limit: number;
}

/** The host of the blobs of a datastore. */
export function blobHost({
  properties: { accountName, endpoint = 'core.windows.net' },
}: Datastore): string | undefined {
  const host = `${accountName}.blob.${endpoint}`;
  return 'value' in shape.readShape(hostName, host.replace(/:\d+$/, '')) ? host : undefined;
}
