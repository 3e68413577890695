import type { InputProblem } from '../../shared/errors';
import { deploymentSchema } from '../../shared/azure/machineLearning/deploy/specSchema';
import { isMap, type Json } from '../../shared/json';
import {
  choice,
  connection,
  document,
  documentFile,
  fileOrFolderPath,
  filePath,
  flag,
  folderPath,
  integer,
  pairs,
  text,
} from '../../shared/task/inputs';
import { atMostOneOf, distinctNames, requiredWith } from '../../shared/task/relations';
import { smokeTestInputs, smokeTestProblems, smokeTestRelations } from '../../shared/task/smokeTestInputs';
import type { Values } from '../../shared/task/task';

const deploy = { action: 'deploy' } as const;
const canary = { ...deploy, strategy: 'canary' } as const;
const path = { matches: /^\/\S*$/, rule: 'must begin with /, such as /score.' };
const resourceId = { matches: /^\/subscriptions\//i, rule: 'must be a resource id: /subscriptions/….' };
const assetId = {
  matches: /^(?:azureml:\/)?\/(?:subscriptions|registries|locations)\/\S+$|^azureml:\S+$/i,
  rule: 'must be a resource id (/subscriptions/…/versions/…) or an id of a registry (azureml://registries/…).',
};
/** The same for deployments: https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas. */
const endpointName = {
  matches: /^(?=.{3,32}$)[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/,
  rule: 'must have 3 to 32 letters, digits and hyphens, begin with a letter, and not end with a hyphen.',
};
const variableName = {
  matches: /^[A-Za-z_][A-Za-z0-9_]*$/,
  rule: 'must consist of letters, digits and _ and must not begin with a digit.',
};
const version = { matches: /^(?!\.{1,2}$)[\w.-]{1,255}$/, rule: 'must be a version, such as 3, or latest.' };
const assetName = {
  matches: /^[a-zA-Z0-9][\w.-]{0,254}$/,
  rule: 'must have up to 255 letters, digits, _, - and ., and begin with a letter or digit.',
};
const quantity = { matches: /^\d+(\.\d+)?(m|[kKMGTPE]i?)?$/, rule: 'must be a quantity, such as 0.5 or 2Gi.' };

export const inputs = {
  azureConnection: connection('AzureRM', { required: true }),
  resourceGroup: text({ required: true, picker: true }),
  workspaceName: text({ required: true, picker: true }),
  endpointName: text({ required: true, picker: true, pattern: endpointName }),
  action: choice(['deploy', 'promote', 'reject', 'delete'], { required: true, default: 'deploy' }),
  deploymentName: text({ pattern: endpointName }),
  modelName: text({ when: deploy, pattern: assetName }),
  modelVersion: text({ when: deploy, pattern: version }),
  modelPath: fileOrFolderPath({ when: deploy }),
  modelId: text({ when: deploy, pattern: assetId }),
  databricksConnection: connection('databricksworkspace', { when: deploy }),
  databricksUrl: text({ when: deploy }),
  databricksModel: text({
    when: deploy,
    pattern: { matches: /^[^./\s]+(\.[^./\s]+){2}$/, rule: 'must be a full name: catalog.schema.model.' },
  }),
  databricksAlias: text({ when: deploy }),
  databricksVersion: text({
    when: deploy,
    pattern: { matches: /^[1-9]\d{0,14}$/, rule: 'must be a version number of the model, such as 3.' },
  }),
  codeFolder: folderPath({ when: deploy }),
  scoringScript: text({ when: deploy }),
  environmentReference: text({ when: deploy }),
  image: text({ when: deploy }),
  condaFile: filePath({ when: deploy }),
  port: integer({ when: deploy, min: 1, max: 65_535 }),
  scoringPath: text({ when: deploy, pattern: path }),
  livenessPath: text({ when: deploy, pattern: path }),
  readinessPath: text({ when: deploy, pattern: path }),
  instanceType: text({ when: deploy }),
  replicas: integer({ when: deploy, min: 1, max: 50 }),
  computeName: text({ when: deploy }),
  minReplicas: integer({ when: deploy, min: 1, max: 1000 }),
  maxReplicas: integer({ when: deploy, min: 1, max: 1000 }),
  targetCpuPercent: integer({ when: deploy, min: 1, max: 100 }),
  cpu: text({ when: deploy, pattern: quantity }),
  memory: text({ when: deploy, pattern: quantity }),
  environment: pairs({ when: deploy, names: variableName }),
  secrets: pairs({ when: deploy, names: variableName }),
  authMode: choice(['key', 'amlToken', 'aadToken'], { when: deploy }),
  identityId: text({ when: deploy, pattern: resourceId }),
  publicNetworkAccess: choice(['enabled', 'disabled'], { when: deploy }),
  requestTimeoutSeconds: integer({ when: deploy, min: 1, max: 300 }),
  maxConcurrentRequests: integer({ when: deploy, min: 1, max: 10_000 }),
  startupSeconds: integer({ when: deploy, min: 1, max: 7200 }),
  appInsights: choice(['true', 'false'], { when: deploy }),
  strategy: choice(['blueGreen', 'canary', 'rolling'], { default: 'blueGreen', when: deploy }),
  canaryPercent: integer({ default: 10, min: 1, max: 99, when: canary }),
  mirrorPercent: integer({ default: 0, min: 0, max: 50, when: canary }),
  onFailure: choice(['rollback', 'leave', 'delete'], { default: 'rollback', when: deploy }),
  keepOldDeployment: flag({ default: false }),
  spec: document({ when: deploy, schema: deploymentSchema }),
  specFile: documentFile({ when: deploy, schema: deploymentSchema }),
  ...smokeTestInputs(),
  timeoutMinutes: integer({ default: 60, min: 1, max: 1440 }),
};

export const relations = [
  atMostOneOf('modelVersion', 'modelPath', 'modelId', 'databricksModel'),
  atMostOneOf('databricksConnection', 'databricksUrl'),
  atMostOneOf('databricksAlias', 'databricksVersion'),
  requiredWith('databricksModel', 'databricksConnection'),
  requiredWith('databricksModel', 'databricksUrl'),
  requiredWith('modelName', 'modelPath'),
  requiredWith('modelName', 'modelVersion'),
  requiredWith('scoringScript', 'codeFolder'),
  requiredWith('codeFolder', 'scoringScript'),
  requiredWith('image', 'condaFile'),
  requiredWith('port', 'scoringPath'),
  atMostOneOf('environmentReference', 'image'),
  atMostOneOf('spec', 'specFile'),
  distinctNames('environment', 'secrets'),
  ...smokeTestRelations,
];

export type Given = Values<typeof inputs>;

/** Values that Azure resolves when the deployment starts, so that nobody can read them in its definition. */
const secretReference = /^\$\{\{\s*(?:azureml:\/\/connections\/\S+|keyvault:https:\/\/\S+)\s*\}\}$/;

export function check(given: Partial<Given>, bad: ReadonlySet<string>): readonly InputProblem[] {
  const problems = [...smokeTestProblems(given)];
  const say = (input: string, problem: string): void => void problems.push({ input, problem });
  if (given.action !== 'deploy') return problems;

  const plain = Object.entries(given.secrets ?? {}).filter(
    ([, value]) => typeof value !== 'string' || !secretReference.test(value),
  );
  if (plain.length > 0)
    say(
      'secrets',
      `contains ${plain.map(([name]) => name).join(', ')}, which must be references: \${{azureml://connections/<name>/credentials/<key>}} or \${{keyvault:https://<vault>.vault.azure.net/secrets/<name>}}. Everyone who may read the deployment would see another value.`,
    );
  const properties = specProperties(given);
  const hasModel = [given.modelName, given.modelPath, given.modelId, given.databricksModel].some(Boolean);
  const hasImage = [given.image, given.environmentReference, properties['environmentId']].some(Boolean);
  if (!hasModel && !hasImage && properties['model'] === undefined && !bad.has('spec') && !bad.has('specFile'))
    say('modelName', "is required, unless 'modelPath', 'modelId', 'databricksModel' or 'image' is given.");
  if (given.databricksModel !== undefined) {
    if (!given.databricksConnection && given.databricksUrl === undefined && !bad.has('databricksConnection'))
      say('databricksConnection', "is required with 'databricksModel', unless 'databricksUrl' is given.");
    if (given.databricksAlias === undefined && given.databricksVersion === undefined && !bad.has('databricksVersion'))
      say('databricksVersion', "is required with 'databricksModel', unless 'databricksAlias' is given.");
  }
  if (given.codeFolder !== undefined && !hasImage)
    say('codeFolder', "needs 'image' or 'environmentReference': the environment in which the code runs.");
  for (const name of ['minReplicas', 'maxReplicas', 'targetCpuPercent', 'cpu', 'memory'] as const)
    if (given[name] !== undefined && given.computeName === undefined)
      say(name, "applies only with 'computeName': Azure sizes managed endpoints by 'instanceType' and 'replicas'.");
  const { minReplicas, maxReplicas } = given;
  if (minReplicas !== undefined && maxReplicas !== undefined && minReplicas > maxReplicas)
    say('maxReplicas', "must not be less than 'minReplicas'.");
  if (given.authMode === 'aadToken' && given.computeName !== undefined)
    say('authMode', "must not be aadToken with 'computeName': endpoints in clusters do not support it.");
  if ((given.requestTimeoutSeconds ?? 0) > 180 && given.computeName === undefined)
    say('requestTimeoutSeconds', "must be at most 180 without 'computeName'.");
  if ((given.mirrorPercent ?? 0) > 0 && given.computeName !== undefined)
    say('mirrorPercent', "must be 0 with 'computeName': endpoints in clusters do not support it.");
  return problems;
}

/** The properties in the specification. */
export function specProperties({ spec, specFile }: Partial<Given>): Readonly<Record<string, Json | undefined>> {
  const properties = (spec ?? specFile)?.['properties'];
  return isMap(properties) ? properties : {};
}
