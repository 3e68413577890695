import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '../../clock';
import { ApiError, doesNotExist } from '../apiError';
import { type JsonObject, toJson } from '../json';
import type { User } from '../router';
import { checkEndpointName, type ConfigRequest, type EntityRequest, readConfig } from './configBody';
import type { EndpointConfig, EndpointTag, ServedEntity, ServingEndpoint } from './endpoint';
import type { RollOuts } from './rollOuts';

export interface EndpointParts {
  readonly clock: SandboxClock;
  readonly rollOuts: RollOuts;
  readonly references: EndpointReferences;
  readonly changed: () => void;
}

/** What endpoints need to know of the rest of the workspace. */
export interface EndpointReferences {
  /** @throws ApiError when there is no such model version, or the user may not read it */
  checkVersion(entityName: string, entityVersion: string, user: User): void;
  isMember(userName: string): boolean;
}

/** What the caller asks for when an endpoint is created. */
export interface EndpointBody {
  readonly name: string;
  readonly config: JsonObject;
  readonly tags: readonly EndpointTag[];
  readonly description: string;
  readonly aiGateway?: JsonObject | undefined;
  readonly notifications?: JsonObject | undefined;
}

/** The model serving endpoints of the workspace, by name. */
export class ServingEndpoints {
  readonly #endpoints = new Map<string, ServingEndpoint>();

  constructor(private readonly parts: EndpointParts) {}

  /** The text is from databricks-demos/dbdemos issue 220. @throws ApiError */
  get(name: string): ServingEndpoint {
    const found = this.#endpoints.get(name);
    if (!found) throw doesNotExist(`Endpoint with name '${name}' does not exist.`);
    return found;
  }

  /** @throws ApiError */
  byId(id: string): ServingEndpoint {
    const found = this.list().find((endpoint) => endpoint.id === id);
    if (!found) throw doesNotExist(`Endpoint with ID '${id}' does not exist.`);
    return found;
  }

  list(): readonly ServingEndpoint[] {
    return [...this.#endpoints.values()];
  }

  /** Creates an endpoint, whose containers start by and by. @throws ApiError */
  create({ name, config, tags, description, aiGateway, notifications }: EndpointBody, user: User): ServingEndpoint {
    checkEndpointName(name);
    const request = this.#checked(config, user);
    // The status is that of `libs/testserver` of databricks/cli.
    if (this.#endpoints.has(name))
      throw new ApiError(409, 'RESOURCE_ALREADY_EXISTS', `Endpoint with name '${name}' already exists.`);
    const now = this.parts.clock.now();
    const endpoint: ServingEndpoint = {
      id: randomBytes(16).toString('hex'),
      name,
      creator: user.userName,
      createdAt: now,
      description,
      updatedAt: now,
      tags: mergedTags([], tags, []),
      aiGateway,
      notifications,
      config: undefined,
      pending: undefined,
      update: 'NOT_UPDATING',
    };
    this.#endpoints.set(name, endpoint);
    this.#startUpdate(endpoint, request, user);
    return endpoint;
  }

  /**
   * Updates what an endpoint serves: "An endpoint that already has an update in progress can not be updated until the
   * current update completes or fails." The text is like that of the telemetry API in `libs/testserver` of databricks/cli.
   * "To create or update a model serving endpoint, both the caller and the endpoint's recorded creator must be a member of
   * the workspace" (Create custom model serving endpoints); how it is refused is an assumption.
   * @throws ApiError
   */
  update(endpoint: ServingEndpoint, config: JsonObject, user: User): void {
    const request = this.#checked(config, user);
    if (endpoint.update === 'IN_PROGRESS')
      throw new ApiError(
        409,
        'RESOURCE_CONFLICT',
        `Endpoint ${endpoint.name} is currently updating. Wait for the update to complete before updating its config.`,
      );
    if (!this.parts.references.isMember(endpoint.creator))
      throw new ApiError(
        403,
        'PERMISSION_DENIED',
        `The creator ${endpoint.creator} of endpoint ${endpoint.name} is not a member of the workspace.`,
      );
    this.#startUpdate(endpoint, request, user);
  }

  patchTags(endpoint: ServingEndpoint, added: readonly EndpointTag[], deleted: readonly string[]): void {
    endpoint.tags = mergedTags(endpoint.tags, added, deleted);
    this.parts.changed();
  }

  setAiGateway(endpoint: ServingEndpoint, settings: JsonObject): void {
    endpoint.aiGateway = settings;
    this.parts.changed();
  }

  setNotifications(endpoint: ServingEndpoint, settings: JsonObject): void {
    endpoint.notifications = settings;
    this.parts.changed();
  }

  remove(endpoint: ServingEndpoint): void {
    this.#endpoints.delete(endpoint.name);
    this.parts.rollOuts.end(endpoint);
    this.parts.changed();
  }

  get saved(): readonly ServingEndpoint[] {
    return this.list();
  }

  /** Goes on with the updates that were in progress. */
  restore(endpoints: readonly ServingEndpoint[]): void {
    for (const saved of endpoints) {
      const endpoint = { ...saved, pending: saved.pending && withSharedEntities(saved.pending, saved.config) };
      this.#endpoints.set(endpoint.name, endpoint);
      if (endpoint.update === 'IN_PROGRESS') this.parts.rollOuts.start(endpoint);
    }
  }

  #checked(config: JsonObject, user: User): ConfigRequest {
    const request = readConfig(config);
    for (const { entityName, entityVersion } of request.entities)
      this.parts.references.checkVersion(entityName, entityVersion, user);
    return request;
  }

  #startUpdate(endpoint: ServingEndpoint, { entities, routes }: ConfigRequest, user: User): void {
    const now = this.parts.clock.now();
    const version = Math.max(endpoint.config?.version ?? 0, endpoint.pending?.version ?? 0) + 1;
    const pending: EndpointConfig = {
      version,
      entities: entities.map((entity) => keptEntity(endpoint, entity) ?? newEntity(entity, user, now)),
      routes,
      startedAt: now,
    };
    endpoint.pending = pending;
    endpoint.update = 'IN_PROGRESS';
    endpoint.updatedAt = now;
    this.parts.changed();
    this.parts.rollOuts.start(endpoint);
  }
}

/** An entity that does not change keeps its container. */
function keptEntity({ config }: ServingEndpoint, wanted: EntityRequest): ServedEntity | undefined {
  return config?.entities.find(
    (entity) =>
      entity.name === wanted.name &&
      entity.entityName === wanted.entityName &&
      entity.entityVersion === wanted.entityVersion &&
      sortedJson(entity.settings) === sortedJson(wanted.settings),
  );
}

/** What a pending config took over from the active one is one container again. */
function withSharedEntities(pending: EndpointConfig, config: EndpointConfig | undefined): EndpointConfig {
  const entities = pending.entities.map(
    (entity) =>
      config?.entities.find(({ name, createdAt }) => name === entity.name && createdAt === entity.createdAt) ?? entity,
  );
  return { ...pending, entities };
}

function newEntity(request: EntityRequest, { userName }: User, now: number): ServedEntity {
  return {
    ...request,
    creator: userName,
    createdAt: now,
    deployment: 'DEPLOYMENT_CREATING',
    message: 'Creating resources for served entity.',
    buildLog: [],
    serviceLog: [],
    lastRequestAt: now,
    requests: {},
    scoresWrongly: false,
  };
}

const sortedJson = (settings: JsonObject) =>
  toJson(Object.fromEntries(Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1))));

/** Sorted by key (`libs/testserver` of databricks/cli). */
function mergedTags(
  tags: readonly EndpointTag[],
  added: readonly EndpointTag[],
  deleted: readonly string[],
): readonly EndpointTag[] {
  const merged = new Map([...tags, ...added].map(({ key, value }) => [key, value]));
  for (const key of deleted) merged.delete(key);
  return [...merged].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, value]) => ({ key, value }));
}
