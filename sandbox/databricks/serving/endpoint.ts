import type { JsonObject } from '../json';

/** `ServedModelStateDeployment` of the Databricks SDK. */
export type Deployment =
  'DEPLOYMENT_CREATING' | 'DEPLOYMENT_READY' | 'DEPLOYMENT_FAILED' | 'DEPLOYMENT_ABORTED' | 'DEPLOYMENT_RECOVERING';

/** `EndpointStateConfigUpdate` of the Databricks SDK. */
export type ConfigUpdate = 'IN_PROGRESS' | 'NOT_UPDATING' | 'UPDATE_CANCELED' | 'UPDATE_FAILED';

/** A model version that an endpoint serves, with its own container. Times are epoch milliseconds of the sandbox. */
export interface ServedEntity {
  readonly name: string;
  readonly entityName: string;
  readonly entityVersion: string;
  /** Size, type, scaling and environment variables, as they were sent. */
  readonly settings: JsonObject;
  readonly creator: string;
  readonly createdAt: number;
  deployment: Deployment;
  message: string;
  readonly buildLog: string[];
  readonly serviceLog: string[];
  lastRequestAt: number;
  /** Requests that were answered, by the class of their status: `2xx`, `4xx`, `5xx`. */
  readonly requests: Record<string, number | undefined>;
  /** Whether a script lets it score wrongly. */
  scoresWrongly: boolean;
}

export interface TrafficRoute {
  readonly entity: string;
  readonly percentage: number;
}

/** What an endpoint serves, or attempts to. */
export interface EndpointConfig {
  readonly version: number;
  readonly entities: readonly ServedEntity[];
  readonly routes: readonly TrafficRoute[];
  readonly startedAt: number;
}

export interface ServingEndpoint {
  readonly id: string;
  readonly name: string;
  /** Reads Unity Catalog for the endpoint; never changes. */
  readonly creator: string;
  readonly createdAt: number;
  readonly description: string;
  updatedAt: number;
  tags: readonly EndpointTag[];
  /** `AiGatewayConfig` of the Databricks SDK, as it was sent; nothing is done with it. */
  aiGateway?: JsonObject | undefined;
  /** `EmailNotifications` of the Databricks SDK, as they were sent; no mail is sent. */
  notifications?: JsonObject | undefined;
  /** The config that answers requests; none until the first update succeeded. */
  config: EndpointConfig | undefined;
  /** The config of the last update, until it has succeeded. */
  pending: EndpointConfig | undefined;
  update: ConfigUpdate;
}

export interface EndpointTag {
  readonly key: string;
  readonly value: string;
}

/** "An endpoint is READY if all of the served entities in its active configuration are ready" (Databricks SDK). */
export function isReady({ config }: ServingEndpoint): boolean {
  return config?.entities.every(({ deployment }) => deployment === 'DEPLOYMENT_READY') ?? false;
}

/** The entity with this name of the active or the pending config; with a version, of the config of that version alone. */
export function entityOf(endpoint: ServingEndpoint, name: string, configVersion?: number): ServedEntity | undefined {
  const configs = [endpoint.config, endpoint.pending].flatMap((config) => config ?? []);
  return configs
    .filter(({ version }) => configVersion === undefined || version === configVersion)
    .flatMap(({ entities }) => entities)
    .find((entity) => entity.name === name);
}
