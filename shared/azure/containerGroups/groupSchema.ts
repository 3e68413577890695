import { isAt } from '../../comparison/knownBehavior';
import { documentPathText, type DocumentPath, type Finding } from '../../finding';
import { isList, isMap, type Json } from '../../json';

/** The settings of a container group that are text, and those that are numbers or booleans, without the levels `properties`. */
const fields: Readonly<Record<'text' | 'other', readonly string[]>> = {
  text: [
    'tags.*',
    'location',
    'zones.*',
    '**.name',
    '**.image',
    '**.command.*',
    '**.environmentVariables.*.value',
    '**.environmentVariables.*.secureValue',
    '**.httpHeaders.*.value',
    '**.path',
    '**.imageRegistryCredentials.*.*',
    '**.dnsNameLabel',
    '**.volumes.*.secret.*',
    '**.azureFile.*Name',
    '**.azureFile.storageAccountKey',
    '**.gitRepo.*',
    '**.logAnalytics.*Id',
    '**.logAnalytics.*Key',
    '**.logAnalytics.logType',
    '**.logAnalytics.metadata.*',
  ],
  other: [
    '**.port',
    '**.cpu',
    '**.memoryInGB',
    '**.count',
    '**.*Seconds',
    '**.*Threshold',
    '**.runAs*',
    '**.readOnly',
    '**.privileged',
    '**.allowPrivilegeEscalation',
  ],
};

/** What Azure accepts for a setting. `rule` is the words that follow its name. */
interface Limit {
  readonly accepts: (value: Json) => boolean;
  readonly rule: string;
  readonly source: string;
}

export const variableName = {
  matches: /^[A-Za-z_][A-Za-z0-9_]*$/,
  rule: 'must consist of letters, digits and _ and must not begin with a digit.',
};
export const dnsLabel = {
  matches: /^[a-z][-a-z0-9]{3,61}[a-z0-9]$/,
  rule: 'must have 5 to 63 lowercase letters, digits and hyphens, begin with a letter and end with a letter or digit.',
};
const containerName = {
  matches: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
  rule: 'must have 1 to 63 lowercase letters, digits and hyphens, and no hyphen at either end.',
};

const rest = 'https://learn.microsoft.com/rest/api/container-instances/container-groups/create-or-update';
/** Its authors are those of the service: cores are multiples of 0.01, memory is a multiple of 0.1 GB. */
const virtualKubelet = 'https://github.com/virtual-kubelet/azure-aci/blob/master/pkg/provider/aci.go';
// What is available at most depends on the region and the quota of the subscription.
export const cores = { min: 0.01, max: 64, step: 0.01 };
export const memory = { min: 0.1, max: 512, step: 0.1 };

const limits: readonly (Limit & { readonly path: string })[] = [
  {
    path: 'containers.*.name',
    ...texts(containerName, 'https://github.com/MicrosoftDocs/azure-docs/issues/57266'),
  },
  {
    path: '**.environmentVariables.*.name',
    ...texts(variableName, 'https://github.com/Azure/azure-rest-api-specs/issues/19173'),
  },
  { path: 'ipAddress.dnsNameLabel', ...texts(dnsLabel, 'https://github.com/derekbekoe/vscode-spot/issues/38') },
  { path: '**.ports.*.port', ...wholeNumber(1, 65_535) },
  { path: '**.httpGet.port', ...wholeNumber(1, 65_535) },
  { path: '**.resources.*.cpu', ...amount(cores) },
  { path: '**.resources.*.memoryInGB', ...amount(memory) },
  { path: 'osType', ...words('Linux', 'Windows') },
  { path: 'restartPolicy', ...words('Always', 'OnFailure', 'Never') },
  { path: 'ipAddress.type', ...words('Public', 'Private') },
];

/** The body of a container group: https://learn.microsoft.com/rest/api/container-instances/container-groups/create-or-update. */
export const groupSchema = {
  name: 'specification of a container group',
  textAt: (path: DocumentPath): boolean | undefined => {
    const names = path.map(String).filter((name) => name !== 'properties');
    if (fields.text.some((one) => isAt(one, names))) return true;
    return fields.other.some((one) => isAt(one, names)) ? false : undefined;
  },
  check: (document: Json): readonly Finding[] => limitFindings(document),
};

const singles = [...fields.text, ...fields.other, ...limits.map(({ path }) => path)];

/** Lists of settings with a name or another key. */
const lists: readonly string[] = [
  'containers',
  'initContainers',
  'volumes',
  'imageRegistryCredentials',
  'subnetIds',
  '**.ports',
  '**.environmentVariables',
  '**.volumeMounts',
];

/** The settings in the body of a group that Azure does not accept. */
function limitFindings(document: Json, path: DocumentPath = []): readonly Finding[] {
  const wrong = wrongForm(document, path);
  if (wrong !== undefined) return [{ path, message: `${documentPathText(path)} ${wrong}`, severity: 'error' }];
  if (isList(document)) return document.flatMap((item, index) => limitFindings(item, [...path, index]));
  if (isMap(document))
    return Object.entries(document).flatMap(([name, value]) => limitFindings(value ?? null, [...path, name]));
  const names = path.map(String).filter((name) => name !== 'properties');
  return limits
    .filter((limit) => document !== null && isAt(limit.path, names) && !limit.accepts(document))
    .map(({ rule }) => ({ path, message: `${documentPathText(path)} ${rule}`, severity: 'error' }));
}

function wrongForm(value: Json, path: DocumentPath): string | undefined {
  if (path.at(-1) === 'properties') return isMap(value) ? undefined : 'must be a map.';
  const names = path.map(String).filter((name) => name !== 'properties');
  const isOneOf = (patterns: readonly string[]): boolean => patterns.some((pattern) => isAt(pattern, names));
  if (isOneOf(lists)) return isList(value) && value.every(isMap) ? undefined : 'must be a list of maps.';
  const isSingle = !isList(value) && !isMap(value);
  return isSingle || !isOneOf(singles) ? undefined : 'must be a single value, not a list or a map.';
}

function texts({ matches, rule }: { readonly matches: RegExp; readonly rule: string }, source: string): Limit {
  return { accepts: (value) => matches.test(textOf(value)), rule, source };
}

function words(...accepted: readonly string[]): Limit {
  const accepts = (value: Json): boolean => accepted.some((word) => word.toLowerCase() === textOf(value).toLowerCase());
  return { accepts, rule: `must be one of ${accepted.join(', ')}.`, source: rest };
}

function wholeNumber(min: number, max: number): Limit {
  const accepts = (value: Json): boolean =>
    Number.isInteger(Number(value)) && Number(value) >= min && Number(value) <= max;
  return { accepts, rule: `must be a whole number from ${min} to ${max}.`, source: rest };
}

function amount({ min, max, step }: typeof cores): Limit {
  const accepts = (value: Json): boolean => {
    const steps = Number(value) / step;
    return Number(value) >= min && Number(value) <= max && Math.abs(steps - Math.round(steps)) < 1e-6;
  };
  return { accepts, rule: `must be a number from ${min} to ${max} in steps of ${step}.`, source: virtualKubelet };
}

/** Empty for what is not a single value. */
function textOf(value: Json): string {
  return typeof value === 'object' && value !== null ? '' : String(value);
}
