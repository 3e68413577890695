import { isAt } from '../../../comparison/knownBehavior';
import { errorAt, type DocumentPath, type Finding } from '../../../finding';
import { isMap, type Json } from '../../../json';

/** The settings of a deployment that are texts, and those that are numbers or booleans. Source: the REST API, 2024-10-01. */
const fields = {
  text: [
    'tags.*',
    'sku.name',
    'properties.model',
    'properties.modelMountPath',
    'properties.environmentId',
    'properties.environmentVariables.*',
    'properties.instanceType',
    'properties.description',
    'properties.endpointComputeType',
    'properties.egressPublicNetworkAccess',
    'properties.codeConfiguration.*',
    'properties.properties.*',
    'properties.requestSettings.*Timeout',
    'properties.requestSettings.maxQueueWait',
    'properties.*Probe.initialDelay',
    'properties.*Probe.period',
    'properties.*Probe.timeout',
    'properties.scaleSettings.scaleType',
    'properties.scaleSettings.pollingInterval',
    'properties.containerResourceRequirements.*.*',
    'properties.dataCollector.rollingRate',
    'properties.dataCollector.collections.*.dataCollectionMode',
  ],
  other: [
    'sku.capacity',
    'properties.appInsightsEnabled',
    'properties.requestSettings.maxConcurrentRequestsPerInstance',
    'properties.*Probe.*Threshold',
    'properties.scaleSettings.*Instances',
    'properties.scaleSettings.targetUtilizationPercentage',
    'properties.dataCollector.collections.*.samplingRate',
  ],
} as const;

const durations = [
  'properties.requestSettings.*Timeout',
  'properties.*Probe.initialDelay',
  'properties.*Probe.period',
  'properties.*Probe.timeout',
];
const maps = [
  'tags',
  'sku',
  'properties',
  'properties.environmentVariables',
  'properties.codeConfiguration',
  'properties.requestSettings',
  'properties.*Probe',
  'properties.scaleSettings',
];

/** The body of a deployment: https://learn.microsoft.com/rest/api/azureml/online-deployments/create-or-update. */
export const deploymentSchema = {
  name: 'specification of a deployment',
  textAt: (path: DocumentPath): boolean | undefined => {
    const names = path.map(String);
    if (fields.text.some((one) => isAt(one, names))) return true;
    return fields.other.some((one) => isAt(one, names)) ? false : undefined;
  },
  check: (document: Json): readonly Finding[] => findings(document, []),
};

function findings(value: Json, path: DocumentPath): readonly Finding[] {
  const problem = problemOf(value, path.map(String));
  if (problem !== undefined) return [errorAt(path, problem)];
  if (!isMap(value)) return [];
  const found = Object.entries(value).flatMap(([name, each]) => findings(each ?? null, [...path, name]));
  if (path.length > 0) return found;
  const unknown = Object.keys(value).filter(
    (name) => !['tags', 'sku', 'properties', 'identity', 'kind'].includes(name),
  );
  return [
    ...found,
    ...unknown.map((name) =>
      errorAt([name], 'is not a field of a deployment. Settings of the deployment belong under properties.'),
    ),
  ];
}

function problemOf(value: Json, names: readonly string[]): string | undefined {
  const isOneOf = (patterns: readonly string[]): boolean => patterns.some((pattern) => isAt(pattern, names));
  if (names.length > 0 && isOneOf(maps)) return isMap(value) ? undefined : 'must be a map.';
  if (value === null) return undefined;
  if (isOneOf(fields.text) || isOneOf(fields.other)) {
    if (typeof value === 'object') return 'must be a single value, not a list or a map.';
    if (isOneOf(durations) && !/^P(?!$)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/.test(String(value)))
      return 'must be a duration of ISO 8601, such as PT90S.';
    if (names.join('.') === 'sku.capacity' && !(Number.isInteger(Number(value)) && Number(value) >= 1))
      return 'must be a whole number from 1.';
  }
  return undefined;
}
