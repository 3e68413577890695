import { ApiError, invalidParameter } from '../apiError';
import { isJsonObject, type JsonObject, textOf, textsOf, without } from '../json';
import { nodeTypeIds, sparkVersions } from './clusterCatalog';
import type { InstancePools } from './instancePools';
import type { ClusterPolicies } from './policies';

/** What a cluster specification may refer to. */
export interface SpecReferences {
  readonly policies: ClusterPolicies;
  readonly pools: InstancePools;
}

const maximumTags = 45;

/**
 * The specification as the service keeps it: values of its policy filled in, maps of text as text.
 * @throws ApiError as Databricks does
 */
export function readSpec(asked: JsonObject, { policies, pools }: SpecReferences): JsonObject {
  const sent = withTexts(asked);
  const policyId = textOf(sent.policy_id);
  const spec = policyId === undefined ? sent : policies.apply(policyId, sent);
  const version = textOf(spec.spark_version);
  if (!version) throw invalidParameter("Missing required field 'spark_version'");
  // dbx issue 782 and databricks-sdk-java pull request 54.
  if (!sparkVersions.some(({ key }) => key === version)) throw invalidParameter(`Invalid spark version ${version}.`);
  checkKind(spec);
  checkNodes(spec, pools);
  checkSize(spec);
  const minutes = integerOf(spec, 'autotermination_minutes') ?? 0;
  if (minutes !== 0 && (minutes < 10 || minutes > 10_000))
    throw invalidParameter(`autotermination_minutes must be 0 or between 10 and 10000, got ${minutes}`);
  if (Object.keys(textsOf(spec.custom_tags)).length > maximumTags)
    throw invalidParameter(`At most ${maximumTags} custom tags are allowed`);
  return spec;
}

/** Checks the settings that only a cluster with a `kind` has (databricks/cli issue 3622). @throws ApiError 400 */
export function checkKind(spec: JsonObject): void {
  for (const name of ['is_single_node', 'use_ml_runtime'])
    if (spec[name] === true && spec.kind === undefined)
      throw invalidParameter(`${name} is not allowed with unspecified kind.`);
}

function checkNodes(spec: JsonObject, pools: InstancePools): void {
  const [pool, driverPool] = [textOf(spec.instance_pool_id), textOf(spec.driver_instance_pool_id)];
  for (const id of [pool, driverPool]) if (id !== undefined) pools.get(id);
  const types = [textOf(spec.node_type_id), textOf(spec.driver_node_type_id)];
  if (pool !== undefined && types[0] !== undefined)
    throw invalidParameter("The field 'node_type_id' cannot be supplied when an instance pool ID is provided.");
  // terraform-provider-databricks issue 2521.
  if (pool === undefined && types[0] === undefined) throw invalidParameter("Missing required field 'node_type_id'");
  for (const type of types) {
    // terraform-provider-databricks issue 220.
    if (type !== undefined && !nodeTypeIds.includes(type))
      throw invalidParameter(`Node type ${type} is not supported. Supported node types: ${nodeTypeIds.join(', ')}`);
  }
}

function checkSize(spec: JsonObject): void {
  const workers = integerOf(spec, 'num_workers');
  const { autoscale } = spec;
  if (!isJsonObject(autoscale)) {
    // Databricks.API.PowerShell issue 21.
    if (workers === undefined && spec.is_single_node !== true) throw invalidParameter('Missing required field: size');
    if (workers !== undefined && workers < 0)
      throw invalidParameter(`num_workers must not be negative, got ${workers}`);
    return;
  }
  if (workers !== undefined) throw invalidParameter('Only one of num_workers and autoscale can be specified');
  const [minimum, maximum] = [integerOf(autoscale, 'min_workers') ?? 0, integerOf(autoscale, 'max_workers')];
  if (maximum === undefined) throw invalidParameter('Missing required field: max_workers');
  if (minimum < 0 || maximum < minimum)
    throw invalidParameter(`max_workers (${maximum}) must not be less than min_workers (${minimum})`);
}

function integerOf(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  if (value === undefined || value === null) return undefined;
  if (!Number.isInteger(Number(textOf(value))))
    throw new ApiError(400, 'MALFORMED_REQUEST', `Could not parse request object: ${name} must be an integer`);
  return Number(value);
}

/** Spark settings, variables and tags are texts, however they were written. */
function withTexts(spec: JsonObject): JsonObject {
  const maps = ['spark_conf', 'spark_env_vars', 'custom_tags'].filter((name) => isJsonObject(spec[name]));
  return { ...spec, ...Object.fromEntries(maps.map((name) => [name, textsOf(spec[name])])) };
}

/** What the names of the access modes of a cluster with a `kind` stand for (`data_security_mode` of the REST reference). */
const accessModes: Readonly<Record<string, string>> = {
  DATA_SECURITY_MODE_AUTO: 'USER_ISOLATION',
  DATA_SECURITY_MODE_DEDICATED: 'SINGLE_USER',
  DATA_SECURITY_MODE_STANDARD: 'USER_ISOLATION',
};

/** A specification without the sign-in to the registry of its image, which the service keeps to itself. */
export function withoutSignIn(spec: JsonObject): JsonObject {
  return isJsonObject(spec.docker_image) ? { ...spec, docker_image: without(spec.docker_image, 'basic_auth') } : spec;
}

/** What `is_single_node` sets, whatever was sent: the size, and the tags and Spark settings of a single node. */
function singleNode(spec: JsonObject): JsonObject {
  if (spec.is_single_node !== true) return {};
  return {
    num_workers: 0,
    spark_conf: {
      ...textsOf(spec.spark_conf),
      'spark.databricks.cluster.profile': 'singleNode',
      'spark.master': 'local[*, 4]',
    },
    custom_tags: { ...textsOf(spec.custom_tags), ResourceClass: 'SingleNode' },
  };
}

/** What the service adds to a specification on Azure. Settings for other clouds are returned as they were sent. */
export function withServerDefaults(asked: JsonObject, creator: string, pools: InstancePools): JsonObject {
  const mode = accessModes[textOf(asked.data_security_mode) ?? ''];
  const spec: JsonObject = {
    ...withoutSignIn(asked),
    ...(mode !== undefined && { data_security_mode: mode }),
    ...singleNode(asked),
  };
  const pool = textOf(spec.instance_pool_id);
  const nodeType = spec.node_type_id ?? (pool === undefined ? undefined : pools.find(pool)?.settings.node_type_id);
  return {
    cluster_name: '',
    autotermination_minutes: 0,
    enable_elastic_disk: true,
    enable_local_disk_encryption: false,
    init_scripts_safe_mode: false,
    ...(spec.data_security_mode === 'SINGLE_USER' && { single_user_name: creator }),
    ...without(spec, 'apply_policy_default_values', 'idempotency_token', 'clone_from'),
    azure_attributes: {
      first_on_demand: 1,
      availability: 'ON_DEMAND_AZURE',
      spot_bid_max_price: -1,
      ...(isJsonObject(spec.azure_attributes) && spec.azure_attributes),
    },
    node_type_id: nodeType,
    driver_node_type_id: spec.driver_node_type_id ?? nodeType,
  };
}
