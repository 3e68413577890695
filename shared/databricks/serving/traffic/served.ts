import { createHash } from 'node:crypto';
import { canonicalText } from '../../../comparison/difference';
import type { Json, JsonMap } from '../../../json';
import type { EndpointConfig } from '../../api/servingEndpoints';

/** One entry of a config: a model version, how it is to run, and its share of the traffic. */
export interface Served {
  readonly name: string;
  /** The model. */
  readonly model: string;
  readonly version: string;
  /** Its size, scaling and environment, as an update sends them. */
  readonly settings: JsonMap;
  /** From 0 to 100; all of a config make 100. */
  readonly percent: number;
}

/** What an endpoint is to serve. */
export interface Wanted {
  readonly model: string;
  readonly version: string;
  readonly settings: JsonMap;
  /** The settings of inference tables; undefined to keep those that there are. */
  readonly autoCapture: JsonMap | undefined;
}

/** What Databricks adds to an entity in its answers: https://docs.databricks.com/api/workspace/servingendpoints/get. */
const ofAnswers = ['creation_timestamp', 'creator', 'foundation_model', 'state', 'whole'];
const longestName = 63;

/** What a config serves; nothing where there is none. */
export function servedIn(config: EndpointConfig | undefined): readonly Served[] {
  return (config?.entities ?? []).map(({ name, model, version, whole }) => ({
    name,
    model,
    version,
    settings: settingsIn(whole),
    // Without routes, the only entity gets everything.
    percent: config?.routes.get(name) ?? (config?.routes.size === 0 && config.entities.length === 1 ? 100 : 0),
  }));
}

/**
 * The settings of an entity, to send them back. An update must have a size or a concurrency, where an answer may have both
 * ("Do not use if min_provisioned_concurrency and max_provisioned_concurrency are specified", `serving.py` of
 * databricks-sdk-py).
 */
function settingsIn(whole: JsonMap): JsonMap {
  const settings = without(whole, [...ofAnswers, 'name', 'entity_name', 'entity_version']);
  return typeof settings['workload_size'] === 'string' && settings['workload_size'] !== ''
    ? without(settings, ['min_provisioned_concurrency', 'max_provisioned_concurrency'])
    : settings;
}

/** A config as an update sends it. */
export function configBody(served: readonly Served[], autoCapture: JsonMap | undefined): JsonMap {
  return {
    served_entities: served.map(({ name, model, version, settings }) => ({
      name,
      ...(model !== '' && { entity_name: model }),
      ...(version !== '' && { entity_version: version }),
      ...settings,
    })),
    traffic_config: {
      routes: served.map(({ name, percent }) => ({ served_entity_name: name, traffic_percentage: percent })),
    },
    ...(autoCapture && { auto_capture_config: without(autoCapture, ['state']) }),
  };
}

/**
 * The entry for what is wanted: the present one that is the same, or else a new one without traffic. Its name tells the
 * version and, by a digest, its settings, so that it can run beside an entry of the same version with other settings.
 */
export function entryFor({ model, version, settings }: Wanted, present: readonly Served[]): Served {
  const names = Array.from({ length: present.length + 1 }, (_, salt) =>
    entryName(model, version, digestOf(model, version, settings, salt)),
  );
  const found = present.find(
    (one) =>
      names.includes(one.name) && one.model === model && one.version === version && hasSettings(settings, one.settings),
  );
  // What Databricks does not return of the settings is sent again.
  if (found) return { ...found, settings };
  const name = names.find((each) => present.every((one) => one.name !== each)) ?? '';
  return { name, model, version, settings, percent: 0 };
}

/** Whether an entry was named by this product, and so made by it. */
export function isNamedByUs(name: string): boolean {
  return /-mp[0-9a-f]{8}$/.test(name);
}

/** Whether two configs serve the same, by name, model, version and traffic. */
export function isSameTraffic(one: readonly Served[], other: readonly Served[]): boolean {
  const text = (all: readonly Served[]): string =>
    canonicalText(all.map(({ name, model, version, percent }) => [name, model, version, percent].join(' ')).sort());
  return text(one) === text(other);
}

/** `version 3 of main.demo.churn (churn-3-mp0a1b2c3d)` */
export function titleOf({ name, model, version }: Served): string {
  return model === '' ? name : `version ${version} of ${model} (${name})`;
}

/** Databricks accepts letters, digits, hyphens and underscores. */
function entryName(model: string, version: string, digest: string): string {
  const end = `-${version}-mp${digest}`;
  const begin = (model.split('.').at(-1) ?? '').replaceAll(/[^A-Za-z0-9_-]/g, '-');
  return begin.slice(0, longestName - end.length) + end;
}

function digestOf(model: string, version: string, settings: JsonMap, salt: number): string {
  const text = canonicalText([model, version, settings, String(salt)]);
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** A setting that Databricks does not return is vouched for by the name, which has the digest of all. */
function hasSettings(wanted: JsonMap, found: JsonMap): boolean {
  const isSame = Object.entries(wanted).every(
    ([name, value]) => found[name] === undefined || canonicalText(value ?? null) === canonicalText(found[name]),
  );
  return isSame && canonicalText(environmentOf(wanted)) === canonicalText(environmentOf(found));
}

function environmentOf(settings: JsonMap): Json {
  return settings['environment_vars'] ?? {};
}

function without(map: JsonMap, names: readonly string[]): JsonMap {
  return Object.fromEntries(Object.entries(map).filter(([name]) => !names.includes(name)));
}
