import type { InputProblem } from '../../shared/errors';
import type { Json } from '../../shared/json';
import { describeService, isServiceText } from '../../shared/kubernetes/manifest/describeService';
import {
  choice,
  connection,
  documentFile,
  flag,
  globs,
  integer,
  lines,
  pairs,
  sensitivePairs,
  text,
} from '../../shared/task/inputs';
import { distinctNames, exactlyOneOf, repeatedNames, requiredWith } from '../../shared/task/relations';
import { smokeTestInputs, smokeTestProblems, smokeTestRelations } from '../../shared/task/smokeTestInputs';
import type { Values } from '../../shared/task/task';

const azure = { connectionType: 'azure' } as const;
const service = { source: 'service' } as const;
const deploy = { action: 'deploy' } as const;

/** The settings of the service itself; the specification file can contain each of them instead, where its bounds are the same. */
const settings = {
  serviceName: text(),
  image: text({ when: service }),
  port: integer({ when: service, min: 1, max: 65_535 }),
  healthPath: text({ when: service }),
  cpu: text({ when: service }),
  cpuLimit: text({ when: service }),
  memory: text({ when: service }),
  replicas: integer({ when: service, min: 1, max: 1000 }),
  minReplicas: integer({ when: service, min: 1, max: 1000 }),
  maxReplicas: integer({ when: service, min: 1, max: 1000 }),
  targetCpuPercent: integer({ when: service, min: 1, max: 1000 }),
  environment: pairs({ when: service }),
  identityClientId: text({ when: service }),
  imagePullSecret: text({ when: service }),
  exposure: choice(['clusterIp', 'loadBalancer', 'internalLoadBalancer'], { when: service }),
  modelName: text({ when: service }),
  modelVersion: text({ when: service }),
  runAsNonRoot: choice(['true', 'false'], { when: service }),
  readOnlyRootFilesystem: choice(['true', 'false'], { when: service }),
};

export const inputs = {
  connectionType: choice(['azure', 'kubernetes'], { required: true, default: 'azure' }),
  azureConnection: connection('AzureRM', { required: true, when: azure }),
  resourceGroup: text({ when: azure, picker: true }),
  clusterName: text({ when: azure, picker: true }),
  clusterResourceId: text({
    when: azure,
    pattern: { matches: /^\/subscriptions\//i, rule: 'must be a resource id: /subscriptions/….' },
  }),
  useClusterAdmin: flag({ default: false, when: azure }),
  kubernetesConnection: connection('kubernetes', { required: true, when: { connectionType: 'kubernetes' } }),
  namespace: text({
    pattern: {
      matches: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
      rule: 'must have 1 to 63 lower-case letters, digits and hyphens, and no hyphen at either end.',
    },
  }),
  action: choice(['deploy', 'promote', 'reject', 'render', 'delete'], { required: true, default: 'deploy' }),
  source: choice(['service', 'manifests'], { required: true, default: 'service' }),
  specFile: documentFile({ when: service, textAt: isServiceText }),
  ...settings,
  secrets: sensitivePairs({ when: service }),
  configFiles: globs({ when: service }),
  manifests: globs({ required: true, when: { source: 'manifests' } }),
  images: lines({ when: { source: 'manifests' } }),
  strategy: choice(['rolling', 'blueGreen', 'canary'], { default: 'rolling', when: deploy }),
  canaryPercent: integer({ default: 10, min: 1, max: 99, when: { ...deploy, strategy: 'canary' } }),
  onFailure: choice(['rollback', 'leave', 'delete'], { default: 'rollback' }),
  timeoutMinutes: integer({ default: 20, min: 1, max: 1440 }),
  forceConflicts: flag({ default: false, when: deploy }),
  scoringPort: text({ when: { source: 'manifests' } }),
  scoringPath: text({ pattern: { matches: /^\/\S*$/, rule: 'must begin with /, such as /score.' } }),
  ...smokeTestInputs(),
};

export const relations = [
  exactlyOneOf('clusterName', 'clusterResourceId'),
  requiredWith('resourceGroup', 'clusterName'),
  distinctNames('environment', 'secrets'),
  ...smokeTestRelations,
];

export type Given = Values<typeof inputs>;

/** The settings of the service from the inputs and the specification file; an input wins. */
export function givenSettings(given: Partial<Given>): Readonly<Record<string, Json | undefined>> {
  const { specFile = {}, secrets } = given;
  const said = Object.keys(settings).map((name) => [name, given[name as keyof typeof settings]] as const);
  const inputsGiven = Object.fromEntries(said.filter(([, value]) => value !== undefined));
  const { scoringPath } = given;
  return {
    ...specFile,
    ...inputsGiven,
    ...(scoringPath !== undefined && { scoringPath }),
    ...(secrets && { secrets }),
  };
}

/** Whether the action needs all settings of the service, or only its name. */
export function isWhole({ action }: Partial<Given>): boolean {
  return action === 'deploy' || action === 'render';
}

export function check(given: Partial<Given>, bad: ReadonlySet<string>): readonly InputProblem[] {
  const problems = [...smokeTestProblems(given)];
  const say = (input: string, problem: string): void => void problems.push({ input, problem });
  const { specFile = {} } = given;

  if (given.source === 'service' && !bad.has('specFile')) {
    for (const setting of ['secrets', 'configFiles'])
      if (setting in specFile) say('specFile', `must not contain ${setting}: use the input '${setting}'.`);
    if (given.environment === undefined) {
      const repeated = repeatedNames(given.secrets, specFile['environment'], "environment in 'specFile'");
      if (repeated !== undefined) say('secrets', repeated);
    }
    const all = givenSettings(given);
    const described = isWhole(given) ? describeService(all) : undefined;
    if (described && 'problems' in described)
      for (const { setting, problem } of described.problems) {
        const isOfFile = setting in specFile && given[setting as keyof Given] === undefined;
        if (isOfFile) say('specFile', `has a bad value for ${setting}, which ${problem}`);
        else say(setting, problem);
      }
    else if (all['serviceName'] === undefined) say('serviceName', 'is required.');
  }
  return problems;
}
