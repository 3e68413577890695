import type { Toleration } from 'kubernetes-types/core/v1';
import type { DocumentPath } from '../../finding';
import { isList, isMap, stringifyJson, type Json } from '../../json';
import { parseImage } from './imageReference';
import { bytesIn, coresIn } from './quantities';
import { serviceNameRule, type ServiceDescription } from './serviceDescription';

/** A problem with a setting, as the words that follow its name; a value is never repeated. */
export interface SettingProblem {
  readonly setting: string;
  readonly problem: string;
}

type Settings = Readonly<Record<string, Json | undefined>>;
type Read<T> = (value: Json) => T | undefined;

interface Setting<T> {
  /** Whether the setting is a number; others are text, or consist of texts. */
  readonly isNumber?: true;
  readonly read: Read<T>;
  /** The rule, reported when the value breaks it. */
  readonly rule: string;
}

const variableForm = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const exposures = ['clusterIp', 'loadBalancer', 'internalLoadBalancer'] as const;

const anyText: Setting<string> = { read: (value) => textOf(value) || undefined, rule: 'must be text.' };
const path = matching(/^\/\S*$/, 'must begin with /, such as /score.');
const flag: Setting<boolean> = {
  read: (value) => (/^(true|false)$/i.test(textOf(value)) ? textOf(value).toLowerCase() === 'true' : undefined),
  rule: 'must be true or false.',
};
const texts: Setting<readonly string[]> = {
  read: (value) => (isList(value) ? value.map(textOf) : undefined),
  rule: 'must be a list of strings.',
};
const variables: Setting<Readonly<Record<string, string>>> = {
  read: (value) => {
    const map = textMap(value);
    return map && Object.keys(map).every((name) => variableForm.test(name)) ? map : undefined;
  },
  rule: 'must be a map of names to values. Names contain letters, digits, _, - and dots, and do not begin with a digit.',
};

const cores = within(coresIn, 0.001, 1024, 'must be a number of cores from 0.001 to 1024, such as 0.5 or 500m.');

/** https://kubernetes.io/docs/concepts/configuration/configmap/ */
const mostConfigBytes = 1024 * 1024;

/** All settings of a service, and their rules. */
const settings = {
  serviceName: matching(serviceNameRule.matches, serviceNameRule.rule),
  image: {
    read: (value: Json) => (parseImage(textOf(value)) ? textOf(value) : undefined),
    rule: 'must be the name of an image, such as registry.azurecr.io/score:1.4.',
  },
  port: whole(1, 65_535),
  scoringPath: path,
  healthPath: path,
  cpu: cores,
  cpuLimit: cores,
  memory: within(
    bytesIn,
    2 ** 20,
    2 ** 44,
    'must be an amount of memory with a unit from 1Mi to 16Ti, such as 512Mi or 2Gi.',
  ),
  replicas: whole(1, 1000),
  minReplicas: whole(1, 1000),
  maxReplicas: whole(1, 1000),
  targetCpuPercent: whole(1, 1000),
  environment: variables,
  secrets: variables,
  configFiles: {
    read: (value: Json) => {
      const files = textMap(value);
      return files && sizeOf(files) <= mostConfigBytes ? files : undefined;
    },
    rule: 'must be a map of file names to contents, which have up to 1 MiB in all, the limit of a ConfigMap.',
  },
  identityClientId: matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be the client id of an identity.'),
  imagePullSecret: matching(
    /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be the name of a secret: lower-case letters, digits, hyphens and dots.',
  ),
  exposure: {
    read: (value: Json) => exposures.find((one) => one.toLowerCase() === textOf(value).toLowerCase()),
    rule: `must be one of ${exposures.join(', ')}.`,
  },
  modelName: anyText,
  modelVersion: anyText,
  runAsNonRoot: flag,
  readOnlyRootFilesystem: flag,
  command: texts,
  args: texts,
  gpus: whole(1, 64),
  nodeSelector: { read: textMap, rule: 'must be a map of labels to values.' },
  tolerations: {
    read: (value: Json): readonly Toleration[] | undefined => {
      const all = isList(value) ? value : undefined;
      return all?.every(isMap) ? all.map((one) => ({ ...one })) : undefined;
    },
    rule: 'must be a list of tolerations, as in a pod.',
  },
  startupSeconds: whole(1, 7200),
  progressDeadlineSeconds: whole(30, 604_800),
} satisfies Readonly<Record<string, Setting<unknown>>>;

type Known = { readonly [Name in keyof typeof settings]?: NonNullable<ReturnType<(typeof settings)[Name]['read']>> };

const defaults = {
  port: 5001,
  scoringPath: '/score',
  healthPath: '/healthz',
  cpu: '0.5',
  memory: '1Gi',
  replicas: 2,
  exposure: 'clusterIp',
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  startupSeconds: 600,
  progressDeadlineSeconds: 1200,
} as const;
const defaultMaxReplicas = 10;
const defaultTargetCpuPercent = 70;

/** Reads a service from its settings; returns all problems when there are any. */
export function describeService(
  given: Settings,
): { readonly service: ServiceDescription } | { readonly problems: readonly SettingProblem[] } {
  const problems: SettingProblem[] = [];
  const known: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const setting: Setting<unknown> | undefined = isSetting(name) ? settings[name] : undefined;
    const read = setting?.read(value);
    if (read !== undefined) known[name] = read;
    else problems.push({ setting: name, problem: setting?.rule ?? 'is not a setting of a service.' });
  }
  for (const name of ['serviceName', 'image'])
    if (given[name] === undefined) problems.push({ setting: name, problem: 'is required.' });
  const { minReplicas, maxReplicas, targetCpuPercent, ...rest } = known as Known;
  const isScaled = minReplicas !== undefined || maxReplicas !== undefined || targetCpuPercent !== undefined;
  const least = minReplicas ?? rest.replicas ?? defaults.replicas;
  const most = maxReplicas ?? Math.max(defaultMaxReplicas, least);
  if (most < least)
    problems.push({ setting: 'maxReplicas', problem: 'must not be less than the minimum number of replicas.' });
  const { serviceName, image, cpuLimit } = rest;
  // A request that is not valid is a problem of its own.
  const cpu = given['cpu'] === undefined ? defaults.cpu : rest.cpu;
  if (cpu !== undefined && cpuLimit !== undefined && coresIn(cpuLimit) < coresIn(cpu))
    problems.push({ setting: 'cpuLimit', problem: `must not be less than the CPU request, which is ${cpu}.` });
  if (problems.length > 0 || serviceName === undefined || image === undefined) return { problems };
  const autoscaling = {
    minReplicas: least,
    maxReplicas: most,
    targetCpuPercent: targetCpuPercent ?? defaultTargetCpuPercent,
  };
  return { service: { ...defaults, ...rest, serviceName, image, ...(isScaled && { autoscaling }) } };
}

/** Whether a service has text at a path of its specification, where YAML may read a number. */
export function isServiceText([name, ...rest]: DocumentPath): boolean {
  const setting: Setting<unknown> | undefined = isSetting(String(name))
    ? settings[name as keyof typeof settings]
    : undefined;
  return setting?.isNumber !== true && rest.at(-1) !== 'tolerationSeconds';
}

function isSetting(name: string): name is keyof typeof settings {
  return Object.hasOwn(settings, name);
}

function matching(form: RegExp, rule: string): Setting<string> {
  return { read: (value) => (form.test(textOf(value)) ? textOf(value) : undefined), rule };
}

/** A quantity, kept as it is written. */
function within(amountIn: (text: string) => number, least: number, most: number, rule: string): Setting<string> {
  return {
    read: (value) => {
      const amount = amountIn(textOf(value));
      return amount >= least && amount <= most ? textOf(value) : undefined;
    },
    rule,
  };
}

function whole(least: number, most: number): Setting<number> {
  return {
    isNumber: true,
    read: (value) => {
      const number = /^\d{1,9}$/.test(textOf(value)) ? Number(textOf(value)) : NaN;
      return number >= least && number <= most ? number : undefined;
    },
    rule: `must be a whole number from ${least} to ${most}.`,
  };
}

function sizeOf(texts: Readonly<Record<string, string>>): number {
  return Object.values(texts).reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
}

function textMap(value: Json): Readonly<Record<string, string>> | undefined {
  if (!isMap(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, textOf(one ?? '')]));
}

function textOf(value: Json): string {
  return typeof value === 'object' && value !== null ? stringifyJson(value) : String(value);
}
