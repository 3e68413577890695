import type { Context } from '../../../agent/context';
import { hostName } from '../../../http/transport/address';
import { poll, TimedOutError } from '../../../http/poll';
import * as shape from '../../../http/shape';
import { isMap, type Json, type JsonMap } from '../../../json';
import { pathSegment } from '../../../pathSegment';
import { secondsToRestore, type WorkspaceClient } from './client';

/** How many percent of the requests go to which deployment. */
export type Traffic = Readonly<Record<string, number>>;

const webAddress = shape.only('a URL', (value): value is string => {
  if (typeof value !== 'string' || !/^https?:\/\//i.test(value) || !URL.canParse(value)) return false;
  const { hostname } = new URL(value);
  return 'value' in shape.readShape(hostName, hostname) || /^\d+(\.\d+){3}$/.test(hostname);
});

const endpoint = shape.withWhole(
  shape.object({
    name: shape.nonEmptyText,
    location: shape.optionalText,
    tags: shape.maybe(shape.mapOf(shape.text)),
    identity: shape.maybe(
      shape.object({
        type: shape.optionalText,
        principalId: shape.optionalText,
        userAssignedIdentities: shape.maybe(shape.jsonMap),
      }),
    ),
    properties: shape.object({
      authMode: shape.nonEmptyText,
      provisioningState: shape.nonEmptyText,
      scoringUri: shape.blankable(webAddress),
      compute: shape.optionalText,
      publicNetworkAccess: shape.optionalText,
      traffic: shape.maybe(shape.mapOf(shape.number)),
      mirrorTraffic: shape.maybe(shape.mapOf(shape.number)),
    }),
    whole: shape.jsonMap,
  }),
);

/** An online endpoint as Azure returns it: the fields that are read here, and the whole answer. */
export type Endpoint = shape.Read<typeof endpoint>;

export type AuthMode = 'Key' | 'AMLToken' | 'AADToken';

const keys = shape.object({ primaryKey: shape.nonEmptyText });
const token = shape.object({ accessToken: shape.nonEmptyText });

/** For an endpoint to disappear after its deletion, also at the deadline. */
const secondsToDisappear = 60;

/** The online endpoint of a name in a workspace. */
export class EndpointApi {
  readonly path: string;

  constructor(
    private readonly client: WorkspaceClient,
    readonly name: string,
    private readonly context: Context,
  ) {
    this.path = `${client.workspaceId}/onlineEndpoints/${pathSegment(name)}`;
  }

  /** Undefined when there is none of this name. */
  async get(budgetSeconds?: number): Promise<Endpoint | undefined> {
    const isIt = ({ name }: Endpoint): boolean => name.toLowerCase() === this.name.toLowerCase();
    const answer = shape.checked(endpoint, isIt, 'it is about another endpoint');
    return this.client.find(this.path, `read the endpoint '${this.name}'`, answer, budgetSeconds);
  }

  /** Creates the endpoint, or replaces its definition: what the body leaves out is reset. */
  async put(body: JsonMap, purpose = `create the endpoint '${this.name}'`): Promise<void> {
    await this.client.carryOut({ method: 'PUT', path: this.path, purpose, json: body });
  }

  /** Sets traffic, and leaves everything else as it was read. */
  async setTraffic(
    seen: Endpoint,
    change: { readonly traffic: Traffic; readonly mirrorTraffic: Traffic },
  ): Promise<void> {
    const purpose = `change the traffic of the endpoint '${this.name}'`;
    const json = bodyWith(seen, change);
    await this.client.carryOut({ method: 'PUT', path: this.path, purpose, json, leastSeconds: secondsToRestore });
  }

  /** Deletes the endpoint with its deployments, and waits until it no longer exists. */
  async delete(): Promise<void> {
    const { name } = this;
    await this.client.delete(this.path, `delete the endpoint '${name}'`);
    await untilGone(`the endpoint '${name}'`, (budgetSeconds) => this.get(budgetSeconds), this.context);
  }

  /** The key or the token with which requests are scored. It is a secret. */
  async credential(authMode: 'Key' | 'AMLToken'): Promise<string> {
    const options = { hasSecretAnswer: true } as const;
    const purpose = `read the ${authMode === 'Key' ? 'keys' : 'token'} of the endpoint '${this.name}'`;
    if (authMode === 'Key')
      return (await this.client.ask(`${this.path}/listKeys`, purpose, {}, keys, options)).primaryKey;
    return (await this.client.ask(`${this.path}/token`, purpose, {}, token, options)).accessToken;
  }
}

/** Waits until there is nothing: Azure may still show for a while what it has deleted. */
export async function untilGone(
  what: string,
  look: (budgetSeconds: number) => Promise<unknown>,
  { clock, signal, deadline }: Context,
): Promise<void> {
  try {
    await poll({
      clock,
      signal,
      deadline: Math.max(deadline, clock.now() + secondsToDisappear * 1000),
      awaited: `${what} to be deleted`,
      probe: look,
      isDone: (found) => found === undefined,
    });
  } catch (error) {
    if (!(error instanceof TimedOutError)) throw error;
    const message = `${error.message} Azure accepted the deletion, but it still exists. Delete it in the studio of Azure Machine Learning, or run again.`;
    throw new TimedOutError(message, { cause: error });
  }
}

/** The body that changes only some properties: whatever else the endpoint has goes back to Azure as it came. */
export function bodyWith({ whole }: Endpoint, properties: Readonly<Record<string, Json>>): JsonMap {
  const { location, tags, identity, kind, sku } = whole;
  const kept = without(whole['properties'], ['provisioningState', 'scoringUri', 'swaggerUri']);
  const body = {
    location,
    tags,
    kind,
    sku,
    identity: identityToSend(identity),
    properties: { ...kept, ...properties },
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== null));
}

/** A map without what Azure alone sets. */
export function without(value: Json | undefined, names: readonly string[]): JsonMap {
  return isMap(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name))) : {};
}

/** Without the ids that Azure fills in. */
function identityToSend(identity: Json | undefined): Json | undefined {
  if (typeof identity !== 'object' || identity === null) return undefined;
  const { type, userAssignedIdentities } = identity as JsonMap;
  if (type === undefined) return undefined;
  const assigned = Object.keys((userAssignedIdentities ?? {}) as JsonMap).map((id) => [id, {}] as const);
  return { type, ...(assigned.length > 0 && { userAssignedIdentities: Object.fromEntries(assigned) }) };
}
