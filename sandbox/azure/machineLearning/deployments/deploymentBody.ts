import { type Json, numberAt, objectAt, textAt, textsAt } from '../json';
import { requestInvalid } from '../mlError';

export interface ProbeBody {
  readonly initialDelay: string;
  readonly period: string;
  readonly timeout: string;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

/** A deployment as it was asked for. */
export interface DeploymentBody {
  readonly tags: Readonly<Record<string, string>>;
  readonly capacity: number;
  readonly endpointComputeType: 'Managed' | 'Kubernetes';
  readonly model?: string;
  readonly codeId?: string;
  readonly scoringScript?: string;
  readonly environmentId?: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly instanceType: string;
  readonly maxConcurrentRequests: number;
  readonly requestTimeoutSeconds: number;
  readonly probes: Readonly<Record<string, Partial<ProbeBody>>>;
  readonly ownProperties: Readonly<Record<string, string>>;
  /** All of `properties`, as it was sent. */
  readonly sent: Json;
}

const computeTypes = ['Managed', 'Kubernetes'] as const;
const probeNames = ['livenessProbe', 'readinessProbe', 'startupProbe'];
/** The first stable version that has a startup probe. */
const startupProbeVersion = '2024-10-01';

/**
 * Reads the body of a PUT.
 * @throws ArmError
 */
export function readDeployment(body: Json, location: string, apiVersion: string): DeploymentBody {
  const properties = objectAt(body, 'properties');
  const type = textAt(properties, 'endpointComputeType');
  const endpointComputeType = computeTypes.find((each) => each.toLowerCase() === type?.toLowerCase());
  if (!endpointComputeType) {
    throw requestInvalid(location, `EndpointComputeType: '${type ?? ''}' is not one of ${computeTypes.join(', ')}.`);
  }
  if (textAt(body, 'location') === undefined) throw requestInvalid(location, 'Location: the field is required.');
  const code = objectAt(properties, 'codeConfiguration');
  const requests = objectAt(properties, 'requestSettings');
  const requestTimeoutSeconds = secondsOf(textAt(requests, 'requestTimeout') ?? 'PT5S');
  const longest = endpointComputeType === 'Managed' ? 180 : 300;
  if (requestTimeoutSeconds > longest) {
    throw requestInvalid(location, `RequestTimeout: the value must be at most ${longest} seconds.`);
  }
  const scale = textAt(objectAt(properties, 'scaleSettings'), 'scaleType') ?? 'Default';
  if (endpointComputeType === 'Managed' && scale !== 'Default') {
    throw requestInvalid(location, `ScaleType: '${scale}' is not supported for managed online endpoints.`);
  }
  const known = probeNames.filter((name) => name !== 'startupProbe' || apiVersion >= startupProbeVersion);
  const [model, codeId, scoringScript, environmentId] = [
    textAt(properties, 'model'),
    textAt(code, 'codeId'),
    textAt(code, 'scoringScript'),
    textAt(properties, 'environmentId'),
  ];
  if (codeId !== undefined && scoringScript === undefined) {
    throw requestInvalid(location, 'ScoringScript: the field is required with CodeConfiguration.');
  }
  return {
    tags: textsAt(body, 'tags'),
    capacity: numberAt(objectAt(body, 'sku'), 'capacity') ?? 1,
    endpointComputeType,
    ...(model !== undefined && { model }),
    ...(codeId !== undefined && { codeId }),
    ...(scoringScript !== undefined && { scoringScript }),
    ...(environmentId !== undefined && { environmentId }),
    environmentVariables: textsAt(properties, 'environmentVariables'),
    instanceType:
      textAt(properties, 'instanceType') ??
      (endpointComputeType === 'Managed' ? 'Standard_F4s_v2' : 'defaultinstancetype'),
    maxConcurrentRequests: numberAt(requests, 'maxConcurrentRequestsPerInstance') ?? 1,
    requestTimeoutSeconds,
    probes: Object.fromEntries(
      known.filter((name) => properties[name]).map((name) => [name, objectAt(properties, name)]),
    ),
    ownProperties: textsAt(properties, 'properties'),
    sent: properties,
  };
}

/** The seconds of a duration of ISO 8601 with hours, minutes and seconds; 0 for any other text. */
export function secondsOf(duration: string): number {
  const [, hours = '0', minutes = '0', seconds = '0'] =
    /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(duration) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

const probeDefaults: ProbeBody = {
  failureThreshold: 30,
  successThreshold: 1,
  timeout: 'PT2S',
  period: 'PT10S',
  initialDelay: 'PT10S',
};

/** What the answers say of probes and requests: as sent until it has succeeded, with the defaults filled in later. */
export function filledSettings(body: DeploymentBody, hasSucceeded: boolean): object {
  const { probes, sent, maxConcurrentRequests } = body;
  const requests = objectAt(sent, 'requestSettings');
  const startup = probes['startupProbe'];
  const probe = (name: string) => (hasSucceeded ? { ...probeDefaults, ...probes[name] } : (probes[name] ?? null));
  const textOr = (name: string, filled: string) => textAt(requests, name) ?? (hasSucceeded ? filled : 'PT0S');
  return {
    livenessProbe: probe('livenessProbe'),
    readinessProbe: probe('readinessProbe'),
    startupProbe: startup ? { ...probeDefaults, ...startup } : null,
    requestSettings: {
      maxConcurrentRequestsPerInstance: maxConcurrentRequests,
      requestTimeout: textOr('requestTimeout', 'PT5S'),
      maxQueueWait: textOr('maxQueueWait', 'PT0.5S'),
    },
    scaleSettings: { scaleType: 'Default', ...objectAt(sent, 'scaleSettings') },
    egressPublicNetworkAccess: textAt(sent, 'egressPublicNetworkAccess') ?? 'Enabled',
    appInsightsEnabled: sent['appInsightsEnabled'] === true,
  };
}
