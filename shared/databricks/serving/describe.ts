import { isList, isMap, type Json, type JsonMap } from '../../json';
import { namesSecret } from '../../secretNames';
import { entityIn } from '../specs/endpointSchema';
import { reservedTags } from './record';
import type { EndpointExtras } from './request';

/** The settings of a model version, in the words of a form; they win over those of a specification. */
export interface EntitySettings {
  readonly workloadSize?: string | undefined;
  readonly workloadType?: string | undefined;
  readonly scaleToZero?: boolean | undefined;
  readonly environment?: Readonly<Record<string, Json>> | undefined;
}

/** Provisioned concurrency instead of a size. */
const otherSizes = ['min_provisioned_concurrency', 'min_provisioned_throughput', 'provisioned_model_units'];
const reference = /^\{\{secrets\/[\w.@-]+\/[\w.@-]+\}\}$/;
const ofCreation = ['budget_policy_id', 'description', 'route_optimized'];

/**
 * How a model version is to run, as the API has it. Whether it scales to zero is always told, because the API does not accept
 * a config that leaves it open (terraform-provider-databricks issue 4064).
 */
export function settingsOf(
  { workloadSize, workloadType, scaleToZero, environment }: EntitySettings,
  specification: JsonMap,
): JsonMap {
  const given = entityIn(specification);
  const hasOtherSize = otherSizes.some((name) => (given[name] ?? null) !== null);
  const written = Object.entries(given).filter(([, value]) => (value ?? null) !== null);
  const variables = { ...mapIn(given['environment_vars']), ...environment };
  const isSized = workloadSize !== undefined || !hasOtherSize;
  const kept = isSized ? written.filter(([name]) => !/provisioned/.test(name)) : written;
  return {
    ...Object.fromEntries(kept),
    ...(isSized && { workload_size: workloadSize ?? given['workload_size'] ?? 'Small' }),
    workload_type: workloadType ?? given['workload_type'] ?? 'CPU',
    scale_to_zero_enabled: scaleToZero ?? given['scale_to_zero_enabled'] ?? false,
    ...(Object.keys(variables).length > 0 && { environment_vars: variables }),
  };
}

/** What a specification says beside the config. */
export function extrasOf(specification: JsonMap): EndpointExtras {
  return {
    tags: tagsIn(specification),
    aiGateway: optionalMap(specification['ai_gateway']),
    notifications: optionalMap(specification['email_notifications']),
    ofCreation: Object.fromEntries(
      ofCreation.flatMap((name) => {
        const value = specification[name] ?? null;
        return value === null ? [] : [[name, value]];
      }),
    ),
  };
}

/** The settings of inference tables in a specification. */
export function autoCaptureOf(specification: JsonMap): JsonMap | undefined {
  return optionalMap(mapIn(specification['config'])['auto_capture_config']);
}

/** What is wrong with the tags of a specification. */
export function tagsProblem(specification: JsonMap): string | undefined {
  const reserved = Object.keys(tagsIn(specification)).filter((key) => reservedTags.includes(key));
  return reserved.length === 0
    ? undefined
    : `has the tag ${reserved.join(', ')}, in which the task records deployments. Rename it.`;
}

/** The environment variables of a specification. */
export function variablesIn(specification: JsonMap): JsonMap {
  return mapIn(entityIn(specification)['environment_vars']);
}

/**
 * What is wrong with environment variables: everybody who may view the endpoint sees their values, so a secret must be a
 * reference. `isSecret` recognizes the secrets of the job.
 */
export function variablesProblem(
  variables: JsonMap,
  isSecret: (text: string) => boolean = () => false,
): string | undefined {
  for (const [name, value] of Object.entries(variables)) {
    if (!/^[A-Za-z_]\w*$/.test(name)) return `contains '${name}', which is not the name of a variable.`;
    if (typeof value === 'object') return `has a list or a map in ${name}. Values must be text.`;
    const text = String(value ?? '');
    if (reference.test(text)) continue;
    if (text.includes('{{')) return `has a bad reference in ${name}. Write it as {{secrets/scope/key}}.`;
    if (namesSecret(name) || isSecret(text))
      return `has a secret in ${name}, which everybody who may view the endpoint would see. Store it in a secret scope, and enter {{secrets/scope/key}}.`;
  }
  return undefined;
}

function tagsIn({ tags }: JsonMap): Readonly<Record<string, string>> {
  if (!isList(tags)) return {};
  return Object.fromEntries(tags.filter(isMap).map(({ key, value }) => [asText(key), asText(value)]));
}

function asText(value: Json | undefined): string {
  return typeof value === 'object' ? '' : String(value ?? '');
}

function mapIn(value: Json | undefined): JsonMap {
  return isMap(value) ? value : {};
}

function optionalMap(value: Json | undefined): JsonMap | undefined {
  return isMap(value) ? value : undefined;
}
