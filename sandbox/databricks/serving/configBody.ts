import { invalidParameter } from '../apiError';
import { isJsonObject, type Json, type JsonObject, textOf, without } from '../json';
import type { TrafficRoute } from './endpoint';

/** An entity as it is asked for. */
export interface EntityRequest {
  readonly name: string;
  readonly entityName: string;
  readonly entityVersion: string;
  readonly settings: JsonObject;
}

export interface ConfigRequest {
  readonly entities: readonly EntityRequest[];
  readonly routes: readonly TrafficRoute[];
}

/** databricks-sdk-py issue 1496: the documentation of the SDK still says ten. */
const mostEntities = 15;
const workloadSizes = ['Small', 'Medium', 'Large'];
/** `ServingModelWorkloadType` of the Databricks SDK. */
const workloadTypes = [
  'CPU',
  'CPU_MEDIUM',
  'CPU_LARGE',
  'GPU_SMALL',
  'GPU_MEDIUM',
  'GPU_LARGE',
  'GPU_XLARGE',
  'GPU_XLARGE_8',
  'MULTIGPU_MEDIUM',
];
const concurrencies = ['min_provisioned_concurrency', 'max_provisioned_concurrency'] as const;
/** Of `ServedEntityInput`; the rest of it is for foundation and external models, which the sandbox does not serve. */
const settingNames = [
  'workload_size',
  'workload_type',
  'scale_to_zero_enabled',
  'environment_vars',
  'burst_scaling_enabled',
  ...concurrencies,
];
const namePattern = /^[\w-]{1,63}$/;

/**
 * The name of an endpoint: "An endpoint name can consist of alphanumeric characters, dashes, and underscores."
 * @throws ApiError
 */
export function checkEndpointName(name: string): void {
  if (!namePattern.test(name))
    throw invalidParameter(
      `Endpoint name '${name}' is invalid. It can consist of alphanumeric characters, dashes, and underscores.`,
    );
}

/**
 * Reads what `EndpointCoreConfigInput` of the Databricks SDK describes. The text about scale to zero is from
 * terraform-provider-databricks issue 4064; the other texts are assumptions.
 * @throws ApiError for the first problem
 */
export function readConfig(config: JsonObject): ConfigRequest {
  const [entities, models] = [listOf(config, 'served_entities'), listOf(config, 'served_models')];
  if (entities.length > 0 && models.length > 0)
    throw invalidParameter('Only one of served_entities and served_models can be specified.');
  const requested = [...entities, ...models.map(fromServedModel)].map(readEntity);
  if (requested.length === 0) throw invalidParameter('At least one served entity must be specified.');
  if (requested.length > mostEntities)
    throw invalidParameter(
      `An endpoint can have at most ${mostEntities} served entities, but ${requested.length} were specified.`,
    );
  const names = requested.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw invalidParameter(`Served entity name '${repeated}' is used more than once. Names must be unique.`);
  return { entities: requested, routes: readRoutes(config.traffic_config, names) };
}

/** "(Deprecated, use served_entities instead)" */
function fromServedModel(model: JsonObject): JsonObject {
  const { model_name: entity_name, model_version: entity_version } = model;
  return { ...without(model, 'model_name', 'model_version'), entity_name, entity_version };
}

function readEntity(entity: JsonObject): EntityRequest {
  const unsupported = Object.keys(entity).filter(
    (name) => !['name', 'entity_name', 'entity_version', ...settingNames].includes(name),
  );
  if (unsupported.length > 0) throw invalidParameter(`The sandbox does not support ${unsupported.join(', ')}.`);
  const [entityName, entityVersion] = [entity.entity_name, entity.entity_version].map((value) => textOf(value) ?? '');
  if (!entityName) throw invalidParameter('Missing required field: entity_name');
  if (!entityVersion) throw invalidParameter(`Missing required field: entity_version of ${entityName}`);
  // "it defaults to entity_name-entity_version": of a Unity Catalog model, the last part of the name, as workspaces show it.
  const name = textOf(entity.name) || `${entityName.split('.').at(-1) ?? ''}-${entityVersion}`;
  if (!namePattern.test(name))
    throw invalidParameter(
      `Served entity name '${name}' is invalid. It can consist of alphanumeric characters, dashes, and underscores.`,
    );
  checkSize(name, entity);
  checkEnvironment(name, entity.environment_vars);
  const settings = Object.fromEntries(settingNames.flatMap((key) => (key in entity ? [[key, entity[key]]] : [])));
  return { name, entityName, entityVersion, settings: { workload_type: 'CPU', ...settings } };
}

function checkSize(name: string, entity: JsonObject): void {
  const { workload_size: size, workload_type: type = 'CPU', scale_to_zero_enabled: scalesToZero } = entity;
  const given = concurrencies.filter((key) => entity[key] !== undefined);
  if (typeof scalesToZero !== 'boolean')
    throw invalidParameter('scaleToZeroEnabled is undefined. Please set it to either true or false.');
  if ((size === undefined) === (given.length === 0))
    throw invalidParameter(
      `Served entity '${name}' must specify either workload_size or min_provisioned_concurrency and max_provisioned_concurrency.`,
    );
  if (size !== undefined && !workloadSizes.includes(textOf(size) ?? ''))
    throw invalidParameter(
      `Workload size '${textOf(size) ?? ''}' of '${name}' is invalid. Valid: ${workloadSizes.join(', ')}.`,
    );
  if (!workloadTypes.includes(textOf(type) ?? ''))
    throw invalidParameter(
      `Workload type '${textOf(type) ?? ''}' of '${name}' is invalid. Valid: ${workloadTypes.join(', ')}.`,
    );
  if (given.length === 0) return;
  const [least, most] = concurrencies.map((key) => Number(entity[key]));
  // "Provisioned concurrency must be in multiples of 4" (Create custom model serving endpoints).
  const isValid = [least, most].every(
    (value) => Number.isInteger(value) && (value ?? -1) >= 0 && (value ?? 1) % 4 === 0,
  );
  if (!isValid || (least ?? 0) > (most ?? 0) || most === 0)
    throw invalidParameter(
      `The provisioned concurrency of '${name}' must be multiples of 4, the minimum not larger than the maximum.`,
    );
}

function checkEnvironment(name: string, value: Json): void {
  if (value === undefined || value === null) return;
  const entries = isJsonObject(value) ? Object.entries(value) : undefined;
  if (!entries?.every(([key, text]) => /^[A-Za-z_]\w*$/.test(key) && typeof text === 'string'))
    throw invalidParameter(`The environment_vars of '${name}' must be a map from names of variables to strings.`);
  if (entries.length > 30)
    throw invalidParameter(
      `Served entity '${name}' has ${entries.length} environment variables. At most 30 are allowed.`,
    );
}

/** All traffic goes to a single entity where nothing is said (`libs/testserver` of databricks/cli). */
function readRoutes(value: Json, names: readonly string[]): readonly TrafficRoute[] {
  const [first = ''] = names;
  if (value === undefined || value === null) {
    if (names.length > 1)
      throw invalidParameter('traffic_config must be specified when there is more than one served entity.');
    return [{ entity: first, percentage: 100 }];
  }
  if (!isJsonObject(value)) throw invalidParameter('traffic_config must be an object');
  const routes = listOf(value, 'routes').map(readRoute);
  const unknown = routes.find(({ entity }) => !names.includes(entity));
  if (unknown)
    throw invalidParameter(
      `The traffic route '${unknown.entity}' does not match a served entity: ${names.join(', ')}.`,
    );
  const repeated = routes.find(({ entity }, index) => routes.findIndex((other) => other.entity === entity) !== index);
  if (repeated) throw invalidParameter(`There is more than one traffic route for '${repeated.entity}'.`);
  const sum = routes.reduce((total, { percentage }) => total + percentage, 0);
  if (sum !== 100)
    throw invalidParameter(`The traffic percentages of all routes must sum up to 100, but their sum is ${sum}.`);
  return routes;
}

function readRoute(route: JsonObject): TrafficRoute {
  const [entity, model] = [textOf(route.served_entity_name), textOf(route.served_model_name)];
  const name = entity ?? model;
  if (name === undefined)
    throw invalidParameter('A traffic route must specify served_entity_name or served_model_name.');
  if (entity !== undefined && model !== undefined && entity !== model)
    throw invalidParameter(
      `A traffic route specifies served_entity_name '${entity}' and served_model_name '${model}'.`,
    );
  const percentage = Number(textOf(route.traffic_percentage) ?? Number.NaN);
  // "It must be an integer between 0 and 100 inclusive."
  if (!Number.isInteger(percentage) || percentage < 0 || percentage > 100)
    throw invalidParameter(`The traffic percentage of '${name}' must be an integer between 0 and 100.`);
  return { entity: name, percentage };
}

function listOf(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !(value as readonly Json[]).every(isJsonObject))
    throw invalidParameter(`${name} must be a list of objects`);
  return value as readonly JsonObject[];
}
