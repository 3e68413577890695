import { isMap, stringifyJson, type Json, type JsonMap } from '../../../json';
import type { Deployment } from '../api/deployments';

/** A deployment of a model. Omitted fields come from the specification, or are Azure's defaults. */
export interface ServiceDescription {
  /** That of the workspace. */
  readonly location: string;
  /** Whether it runs in a cluster of the user's own. */
  readonly isOnKubernetes: boolean;
  /** Everything else, in the terms of the REST API. */
  readonly spec?: JsonMap | undefined;
  readonly modelId?: string | undefined;
  readonly codeId?: string | undefined;
  readonly scoringScript?: string | undefined;
  readonly environmentId?: string | undefined;
  readonly instanceType?: string | undefined;
  readonly replicas?: number | undefined;
  readonly minReplicas?: number | undefined;
  readonly maxReplicas?: number | undefined;
  readonly targetCpuPercent?: number | undefined;
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
  /** Environment variables, also those that refer to secrets. */
  readonly variables?: Readonly<Record<string, Json>> | undefined;
  readonly requestTimeoutSeconds?: number | undefined;
  readonly maxConcurrentRequests?: number | undefined;
  /** How long the program may take to start. */
  readonly startupSeconds?: number | undefined;
  readonly logsToAppInsights?: boolean | undefined;
}

const defaultInstanceType = 'Standard_DS3_v2';
const probeSeconds = 10;

/** The complete body of a deployment, without the tags of the step: a change of one resets what its body leaves out. */
export function deploymentBody(service: ServiceDescription, live?: Deployment): JsonMap {
  const { location, spec = {}, isOnKubernetes } = service;
  const defaults = {
    sku: { name: 'Default', capacity: live?.sku?.capacity ?? 1 },
    properties: {
      endpointComputeType: isOnKubernetes ? 'Kubernetes' : 'Managed',
      ...(!isOnKubernetes && { instanceType: defaultInstanceType }),
      scaleSettings: { scaleType: 'Default' },
    },
  };
  const inputs = {
    location,
    sku: present({ capacity: service.replicas }),
    properties: present({
      model: service.modelId,
      codeConfiguration:
        service.codeId === undefined
          ? undefined
          : present({ codeId: service.codeId, scoringScript: service.scoringScript }),
      environmentId: service.environmentId,
      environmentVariables: service.variables && textsOf(service.variables),
      instanceType: service.instanceType,
      appInsightsEnabled: service.logsToAppInsights,
      scaleSettings: scaleOf(service),
      requestSettings: requestsOf(service),
      startupProbe: startupProbe(service.startupSeconds),
      containerResourceRequirements: resourcesOf(service),
    }),
  };
  return overlaid(overlaid(defaults, spec), inputs);
}

/** One map overlaid with another. */
export function overlaid(base: JsonMap, over: JsonMap): JsonMap {
  const result: Record<string, Json | undefined> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const there = result[name];
    if (value === undefined) continue;
    result[name] = isMap(value) && isMap(there) ? overlaid(there, value) : value;
  }
  return result;
}

export function present(map: Readonly<Record<string, Json | undefined>>): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(map).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** Only deployments in clusters scale by themselves: https://learn.microsoft.com/azure/machine-learning/how-to-kubernetes-inference-routing-azureml-fe. */
function scaleOf({ minReplicas, maxReplicas, targetCpuPercent }: ServiceDescription): Json | undefined {
  if (minReplicas === undefined && maxReplicas === undefined) return undefined;
  return present({
    scaleType: 'TargetUtilization',
    minInstances: minReplicas ?? 1,
    maxInstances: maxReplicas ?? Math.max(minReplicas ?? 1, 1),
    targetUtilizationPercentage: targetCpuPercent,
  });
}

function requestsOf({ requestTimeoutSeconds: timeout, maxConcurrentRequests }: ServiceDescription): Json | undefined {
  const settings = present({
    requestTimeout: timeout === undefined ? undefined : `PT${timeout}S`,
    maxConcurrentRequestsPerInstance: maxConcurrentRequests,
  });
  return Object.keys(settings).length === 0 ? undefined : settings;
}

/** The other probes begin when it has succeeded. */
function startupProbe(seconds: number | undefined): Json | undefined {
  if (seconds === undefined) return undefined;
  return {
    initialDelay: `PT${probeSeconds}S`,
    period: `PT${probeSeconds}S`,
    timeout: 'PT2S',
    successThreshold: 1,
    failureThreshold: Math.max(Math.ceil(seconds / probeSeconds), 1),
  };
}

function resourcesOf({ cpu, memory }: ServiceDescription): Json | undefined {
  const requests = present({ cpu, memory });
  return Object.keys(requests).length === 0 ? undefined : { containerResourceRequests: requests };
}

function textsOf(values: Readonly<Record<string, Json>>): JsonMap {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? stringifyJson(value) : String(value),
    ]),
  );
}
