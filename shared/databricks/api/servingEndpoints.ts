import type { HttpClient } from '../../http/httpClient';
import * as shape from '../../http/shape';
import type { JsonMap } from '../../json';
import { pathSegment } from '../../pathSegment';
import { isAbsent } from './isAbsent';

/** A model version that an endpoint serves, with a container of its own. */
export interface ServedEntity {
  readonly name: string;
  /** The model; empty for what is not a registered model. */
  readonly model: string;
  readonly version: string;
  /** Such as `DEPLOYMENT_READY`; empty where that is not said. */
  readonly deployment: string;
  /** Why it is not ready, in the words of Databricks; may be empty. */
  readonly message: string;
  /** As it came, to send it back. */
  readonly whole: JsonMap;
}

/** What an endpoint serves, or attempts to. */
export interface EndpointConfig {
  /** The number of the config; 0 where that is not said. */
  readonly version: number;
  readonly entities: readonly ServedEntity[];
  /** The traffic in percent, by the name of the entity; an entity may be without a route. */
  readonly routes: ReadonlyMap<string, number>;
  /** The settings of inference tables, as they came. */
  readonly autoCapture: JsonMap | undefined;
}

/** https://docs.databricks.com/api/workspace/servingendpoints/get */
export interface ServingEndpoint {
  readonly id: string;
  readonly name: string;
  /** Whose permissions the endpoint has when it loads a model; empty where that is not said. */
  readonly creator: string;
  /** `IN_PROGRESS`, `NOT_UPDATING`, `UPDATE_FAILED` or `UPDATE_CANCELED`, and others, which may be newer. */
  readonly configUpdate: string;
  readonly tags: ReadonlyMap<string, string>;
  /** What answers requests; undefined until the first update has succeeded. */
  readonly config: EndpointConfig | undefined;
  /** The config of an update that is in progress or has failed. */
  readonly pending: EndpointConfig | undefined;
  /** As it came, for the settings beside the config. */
  readonly whole: JsonMap;
}

const entity = shape.withWhole(
  shape.object({
    name: shape.nonEmptyText,
    entity_name: shape.shown,
    entity_version: shape.lenient(shape.id, ''),
    state: shape.optional(shape.object({ deployment: shape.shown, deployment_state_message: shape.shown })),
    whole: shape.jsonMap,
  }),
);
const route = shape.object({
  served_entity_name: shape.optionalText,
  served_model_name: shape.optionalText,
  traffic_percentage: shape.number,
});
const config = shape.object({
  config_version: shape.shownNumber,
  served_entities: shape.listOf(entity),
  traffic_config: shape.maybe(shape.object({ routes: shape.listOf(route) })),
  auto_capture_config: shape.maybe(shape.jsonMap),
});
const endpoint = shape.withWhole(
  shape.object({
    id: shape.shown,
    name: shape.nonEmptyText,
    creator: shape.shown,
    state: shape.object({ config_update: shape.nonEmptyText }),
    tags: shape.listOf(shape.object({ key: shape.text, value: shape.shown })),
    config: shape.maybe(config),
    pending_config: shape.maybe(config),
    whole: shape.jsonMap,
  }),
);
const logs = shape.object({ logs: shape.text });

/**
 * Serving Endpoints API 2.0. Every method throws what `HttpClient.json` throws.
 * Source: https://docs.databricks.com/api/workspace/servingendpoints, `serving.py` of databricks-sdk-py.
 */
export class ServingEndpointsApi {
  constructor(private readonly http: HttpClient) {}

  /** Undefined when there is no endpoint of that name. */
  async find(name: string, budgetSeconds?: number): Promise<ServingEndpoint | undefined> {
    try {
      const found = await this.http.json(
        {
          method: 'GET',
          path: pathOf(name),
          purpose: `read the serving endpoint '${name}'`,
          ...(budgetSeconds !== undefined && { budgetSeconds }),
        },
        endpoint,
      );
      return readEndpoint(found);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** Refused with `RESOURCE_ALREADY_EXISTS` when there is one of that name: a repeated call creates no second. */
  async create(name: string, body: JsonMap): Promise<void> {
    await this.http.json(
      {
        method: 'POST',
        path: base,
        json: { ...body, name },
        purpose: `create the serving endpoint '${name}'`,
        repeatable: true,
      },
      shape.done,
    );
  }

  /**
   * Begins an update; resolves with the number of the new config, or 0 where that is not said. Refused with
   * `RESOURCE_CONFLICT` while another update is in progress.
   */
  async updateConfig(name: string, body: JsonMap): Promise<number> {
    const { pending_config } = await this.http.json(
      {
        method: 'PUT',
        path: `${pathOf(name)}/config`,
        json: body,
        purpose: `update the serving endpoint '${name}'`,
        repeatable: true,
      },
      shape.object({ pending_config: shape.maybe(shape.object({ config_version: shape.shownNumber })) }),
    );
    return pending_config?.config_version ?? 0;
  }

  /** Adds tags, or changes their values. */
  async addTags(name: string, tags: Readonly<Record<string, string>>): Promise<void> {
    await this.#change('PATCH', name, 'tags', 'set the tags', {
      add_tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    });
  }

  /** Replaces the settings of AI Gateway. */
  async setAiGateway(name: string, settings: JsonMap): Promise<void> {
    await this.#change('PUT', name, 'ai-gateway', 'set the AI Gateway', settings);
  }

  /** Replaces who receives mail about updates. */
  async setNotifications(name: string, settings: JsonMap): Promise<void> {
    const body = { email_notifications: settings };
    await this.#change('PATCH', name, 'notifications', 'set the notifications', body);
  }

  /** What the build of a container logged; of a config that is not active, by its number. */
  async buildLog(name: string, entityName: string, configVersion: number): Promise<string> {
    return this.#log(name, entityName, 'build-logs', configVersion);
  }

  /** What a container logged. */
  async serverLog(name: string, entityName: string, configVersion: number): Promise<string> {
    return this.#log(name, entityName, 'logs', configVersion);
  }

  /** Resolves with whether there was an endpoint of that name. */
  async remove(name: string): Promise<boolean> {
    try {
      await this.http.json(
        {
          method: 'DELETE',
          path: pathOf(name),
          purpose: `delete the serving endpoint '${name}'`,
          repeatable: true,
        },
        shape.done,
      );
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  async #change(method: 'PUT' | 'PATCH', name: string, part: string, what: string, json: JsonMap): Promise<void> {
    const purpose = `${what} of the serving endpoint '${name}'`;
    // The tags are answered as a list, where the documentation has an object.
    const answer = shape.either(shape.done, shape.list(shape.json));
    await this.http.json({ method, path: `${pathOf(name)}/${part}`, json, purpose, repeatable: true }, answer);
  }

  async #log(name: string, entityName: string, kind: string, configVersion: number): Promise<string> {
    const answer = await this.http.json(
      {
        method: 'GET',
        path: `${pathOf(name)}/served-models/${pathSegment(entityName)}/${kind}`,
        query: { config_version: configVersion === 0 ? undefined : configVersion },
        purpose: `read the ${kind === 'logs' ? 'server log' : 'build log'} of ${entityName}`,
      },
      logs,
    );
    return answer.logs;
  }
}

const base = '/api/2.0/serving-endpoints';

function pathOf(name: string): string {
  return `${base}/${pathSegment(name)}`;
}

/** The path of requests to an endpoint; past the routes, of those to one of its served entities. */
export function invocationPath(name: string, entityName?: string): string {
  const served = entityName === undefined ? '' : `/served-models/${pathSegment(entityName)}`;
  return `/serving-endpoints/${pathSegment(name)}${served}/invocations`;
}

function readEndpoint(raw: shape.Read<typeof endpoint>): ServingEndpoint {
  const { id, name, creator, state, tags, whole } = raw;
  return {
    id,
    name,
    creator,
    configUpdate: state.config_update,
    tags: new Map(tags.map(({ key, value }) => [key, value])),
    config: raw.config && readConfig(raw.config),
    pending: raw.pending_config && readConfig(raw.pending_config),
    whole,
  };
}

function readConfig(raw: shape.Read<typeof config>): EndpointConfig {
  const routes = (raw.traffic_config?.routes ?? []).flatMap(
    ({ served_entity_name, served_model_name, traffic_percentage }) => {
      const name = served_entity_name ?? served_model_name;
      return name === undefined ? [] : [[name, traffic_percentage] as const];
    },
  );
  return {
    version: raw.config_version,
    entities: raw.served_entities.map(({ name, entity_name, entity_version, state, whole }) => ({
      name,
      model: entity_name,
      version: entity_version,
      deployment: state?.deployment ?? '',
      message: state?.deployment_state_message ?? '',
      whole,
    })),
    routes: new Map(routes),
    autoCapture: raw.auto_capture_config,
  };
}
