import { alreadyExists, doesNotExist, invalidParameter } from '../apiError';
import type { SandboxClock } from '../../clock';
import type { Ids } from '../ids';
import { isJsonObject, type Json, type JsonObject, parseJson, textOf, without } from '../json';
import type { ApiRequest, Router } from '../router';

export interface ClusterPolicy {
  readonly id: string;
  readonly creator: string;
  readonly createdTime: number;
  settings: JsonObject;
}

/** One rule of a policy definition ("Compute policy reference" of the Databricks documentation). */
interface Rule {
  readonly type: string;
  readonly value?: Json;
  readonly values?: readonly Json[];
  readonly defaultValue?: Json;
  readonly isOptional?: boolean;
  readonly minValue?: number;
  readonly maxValue?: number;
}

export class ClusterPolicies {
  readonly #policies = new Map<string, ClusterPolicy>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly ids: Ids,
    private readonly changed: () => void,
  ) {}

  /** @throws ApiError; the text is from databrickslabs/ucx issue 483. */
  get(id: string): ClusterPolicy {
    const policy = this.#policies.get(id);
    if (!policy) throw doesNotExist(`Can't find a cluster policy with id: ${id}.`);
    return policy;
  }

  list(): ClusterPolicy[] {
    return [...this.#policies.values()];
  }

  create(settings: JsonObject, creator: string): ClusterPolicy {
    this.#check(settings);
    const id = BigInt(this.ids.next()).toString(16).toUpperCase().padStart(16, '0');
    const policy = { id, creator, createdTime: this.clock.now(), settings };
    this.#policies.set(id, policy);
    this.changed();
    return policy;
  }

  edit(policy: ClusterPolicy, settings: JsonObject): void {
    this.#check(settings, policy);
    policy.settings = settings;
    this.changed();
  }

  remove(policy: ClusterPolicy): void {
    this.#policies.delete(policy.id);
    this.changed();
  }

  restore(policies: readonly ClusterPolicy[]): void {
    for (const policy of policies) this.#policies.set(policy.id, policy);
  }

  /**
   * The specification with what the policy adds: its fixed values, and with `apply_policy_default_values` its defaults.
   * @throws ApiError when the specification breaks a rule
   */
  apply(id: string, spec: JsonObject): JsonObject {
    let result = spec;
    for (const [path, rule] of Object.entries(rulesOf(this.get(id).settings))) {
      const filling = rule.type === 'fixed' ? rule.value : rule.defaultValue;
      const fills = rule.type === 'fixed' || spec.apply_policy_default_values === true;
      if (fills && filling !== undefined && valueAt(result, path) === undefined)
        result = withValue(result, path, filling);
      checkRule(path, rule, valueAt(result, path));
    }
    return result;
  }

  #check(settings: JsonObject, itself?: ClusterPolicy): void {
    const name = textOf(settings.name);
    if (!name) throw invalidParameter('Missing required field: name');
    if (this.list().some((other) => other !== itself && other.settings.name === name))
      throw alreadyExists(`A cluster policy with name ${name} already exists.`);
    rulesOf(settings);
  }
}

function rulesOf({ definition }: JsonObject): Record<string, Rule> {
  const text = textOf(definition) ?? '{}';
  let rules: Json;
  try {
    rules = parseJson(text);
  } catch {
    rules = undefined;
  }
  if (!isJsonObject(rules) || !Object.values(rules).every(isJsonObject))
    throw invalidParameter('The policy definition is not valid JSON of rules by attribute path');
  return rules as unknown as Record<string, Rule>;
}

/** The wording of a violation is from databrickslabs/dbx issue 854. */
function checkRule(path: string, rule: Rule, value: Json): void {
  const isMissing = value === undefined;
  const problem = (must: string) =>
    invalidParameter(`Cluster validation error: Validation failed for ${path}, ${must}`);
  const values = (rule.values ?? []).map(textOf);
  if (rule.type === 'forbidden' && !isMissing) throw problem('the value must not be present');
  if (rule.type === 'fixed' && textOf(value) !== textOf(rule.value))
    throw problem(`must be ${textOf(rule.value) ?? ''}`);
  if (isMissing || !['allowlist', 'blocklist', 'range', 'regex'].includes(rule.type)) return;
  const isListed = values.includes(textOf(value));
  if (rule.type === 'allowlist' && !isListed)
    throw problem(`must be one of ${values.join(', ')} (is "${textOf(value) ?? ''}")`);
  if (rule.type === 'blocklist' && isListed) throw problem(`must not be one of ${values.join(', ')}`);
  if (
    rule.type === 'range' &&
    !(Number(value) >= (rule.minValue ?? -Infinity) && Number(value) <= (rule.maxValue ?? Infinity))
  )
    throw problem(
      `must be in the range ${rule.minValue ?? ''} to ${rule.maxValue ?? ''} (is "${textOf(value) ?? ''}")`,
    );
}

/**
 * The value at a path of a rule. Keys of Spark settings have dots themselves, so that only the first dot after
 * `spark_conf`, `custom_tags` and the like divides.
 */
function valueAt(spec: JsonObject, path: string): Json {
  const [name, key] = partsOf(path);
  const value = spec[name];
  if (key === undefined) return value;
  return isJsonObject(value) ? value[key] : undefined;
}

function withValue(spec: JsonObject, path: string, value: Json): JsonObject {
  const [name, key] = partsOf(path);
  if (key === undefined) return { ...spec, [name]: value };
  const inner = spec[name];
  return { ...spec, [name]: { ...(isJsonObject(inner) && inner), [key]: value } };
}

function partsOf(path: string): readonly [string, string | undefined] {
  const dot = path.indexOf('.');
  return dot < 0 ? [path, undefined] : [path.slice(0, dot), path.slice(dot + 1)];
}

/** Cluster Policies API 2.0 (https://docs.databricks.com/api/workspace/clusterpolicies). */
export function addPolicyRoutes(router: Router, policies: ClusterPolicies): void {
  const base = '/api/2.0/policies/clusters/';
  const find = (request: ApiRequest) => policies.get(request.required('policy_id'));

  router.add('POST', `${base}create`, (request) => ({
    policy_id: policies.create(request.json, request.user.userName).id,
  }));
  router.add('GET', `${base}get`, (request) => view(find(request)));
  router.add('GET', `${base}list`, () => {
    const found = policies.list();
    return found.length > 0 ? { policies: found.map(view), total_count: found.length } : {};
  });
  router.add('POST', `${base}edit`, (request) => {
    policies.edit(find(request), without(request.json, 'policy_id'));
    return {};
  });
  router.add('POST', `${base}delete`, (request) => {
    policies.remove(find(request));
    return {};
  });
}

function view({ id, creator, createdTime, settings }: ClusterPolicy): JsonObject {
  return {
    ...settings,
    policy_id: id,
    creator_user_name: creator,
    created_at_timestamp: createdTime,
    is_default: false,
  };
}
