import { ContainerGroupsApi, type ContainerGroup } from '../../shared/azure/containerGroups/containerInstances';
import { deleteContainerGroup, deployContainerGroup } from '../../shared/azure/containerGroups/deployContainerGroup';
import { essentialsOf, groupBody, type ServiceDescription } from '../../shared/azure/containerGroups/body';
import { secretsIn } from '../../shared/azure/containerGroups/difference';
import { groupSummary, imageOf, scoringUriOf, stateOf } from '../../shared/azure/containerGroups/summary';
import { smokeTestGroup } from '../../shared/azure/containerGroups/smokeTest';
import { openSubscription } from '../../shared/azure/resourceManager/openSubscription';
import { withTimeout } from '../../shared/agent/context';
import type { InputProblem } from '../../shared/errors';
import { choice, connection, document, documentFile, integer, pairs, text } from '../../shared/task/inputs';
import { smokeTestInputs, smokeTestOf, smokeTestProblems } from '../../shared/task/smokeTestInputs';
import { defineTask, type Values } from '../../shared/task/task';

const when = { action: 'deploy' } as const;
const number = { matches: /^\d+(\.\d+)?$/, rule: 'must be a number, such as 1.5.' };
const path = { matches: /^\//, rule: 'must begin with /, such as /score.' };
const resourceId = { matches: /^\/subscriptions\//i, rule: 'must be a resource id: /subscriptions/….' };
/** Two characters are left for the name of a second group beside it. */
const groupName = {
  matches: /^[a-z0-9]([-a-z0-9]{0,59}[a-z0-9])?$/,
  rule: 'must have 1 to 61 lower-case letters, digits and hyphens, with no hyphen at either end.',
};

const inputs = {
  azureConnection: connection('AzureRM', { required: true }),
  resourceGroup: text({ required: true, picker: true }),
  containerGroupName: text({ required: true, pattern: groupName }),
  action: choice(['deploy', 'delete'], { required: true, default: 'deploy' }),
  location: text({ when }),
  image: text({ when }),
  port: text({ when, pattern: { matches: /^\d{1,5}$/, rule: 'must be a port number.' } }),
  cpu: text({ when, pattern: number }),
  memoryGb: text({ when, pattern: number }),
  environment: pairs({ when }),
  secrets: pairs({ when }),
  modelName: text({ when }),
  modelVersion: text({ when }),
  scoringPath: text({ when, default: '/score', pattern: path }),
  livenessPath: text({ when, pattern: path }),
  readinessPath: text({ when, pattern: path }),
  registryIdentity: text({ when, pattern: resourceId }),
  registryServer: text({ when }),
  registryUsername: text({ when }),
  registryPassword: text({ when }),
  dnsNameLabel: text({ when }),
  dnsReuseScope: choice(['Unsecure', 'TenantReuse', 'SubscriptionReuse', 'ResourceGroupReuse', 'Noreuse'], { when }),
  subnetId: text({ when, pattern: resourceId }),
  restartPolicy: choice(['Always', 'OnFailure', 'Never'], { when }),
  onImmutableChange: choice(['replace', 'sideBySide'], { when, default: 'replace' }),
  spec: document({ when }),
  specFile: documentFile({ when }),
  ...smokeTestInputs({ when }),
  timeoutMinutes: integer({ default: 30, min: 1, max: 1440 }),
};

/** Deploys a scoring service to a container group of Azure Container Instances, or deletes the group. */
export const task = defineTask({
  inputs,
  outputs: ['containerGroupName', 'scoringUri', 'image', 'previousImage', 'change', 'resultState'],
  check,

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const { containerGroupName: name, resourceGroup, scoringPath, onImmutableChange } = inputs;
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const { arm, subscriptionId } = openSubscription(inputs.azureConnection, context);
    const groups = new ContainerGroupsApi(arm, { subscriptionId, resourceGroup }, context);

    if (inputs.action === 'delete') {
      const isDeleted = await deleteContainerGroup(groups, name, context);
      setOutput('containerGroupName', name);
      setOutput('change', isDeleted ? 'deleted' : 'unchanged');
      setOutput('resultState', 'Absent');
      return isDeleted ? `The container group '${name}' was deleted.` : `There is no container group '${name}'.`;
    }

    const body = groupBody(serviceOf(inputs));
    const secrets = secretsIn(body);
    for (const secret of secrets) agent.setSecret(secret);
    let previousImage = '';
    const onSeen = (group: ContainerGroup): void => {
      setOutput('containerGroupName', group.name);
      setOutput('scoringUri', scoringUriOf(group, scoringPath));
      setOutput('image', imageOf(group));
      setOutput('resultState', stateOf(group));
    };
    const onPrevious = (group: ContainerGroup): void => setOutput('previousImage', (previousImage = imageOf(group)));
    const smokeTest = smokeTestOf(inputs);
    const prove = async (group: ContainerGroup, look: () => Promise<unknown>): Promise<void> => {
      if (smokeTest) await smokeTestGroup(scoringUriOf(group, scoringPath), smokeTest, look, context);
    };
    const options = { name, body, secrets, onImmutableChange, onSeen, onPrevious, prove };
    const { group, change } = await deployContainerGroup(groups, options, context);
    setOutput('change', change);
    if (change !== 'unchanged')
      await agent.summary('Container group', groupSummary(group, { change, previousImage, scoringPath }));
    return `The container group '${group.name}' ${change === 'unchanged' ? 'is' : 'was'} ${change}. ${scoringUriOf(group, scoringPath)}`;
  },
});

type Given = Values<typeof inputs>;

function check(inputs: Partial<Given>, bad: ReadonlySet<string>): readonly InputProblem[] {
  if (inputs.action !== 'deploy') return [];
  const problems = [...smokeTestProblems(inputs)];
  const say = (input: string, problem: string): void => void problems.push({ input, problem });
  const { registryIdentity, registryUsername, registryPassword } = inputs;
  if (inputs.spec && inputs.specFile) say('spec', "and 'specFile' must not both be given.");
  if (registryIdentity !== undefined && registryUsername !== undefined)
    say('registryIdentity', "and 'registryUsername' must not both be given.");
  if ((registryUsername === undefined) !== (registryPassword === undefined))
    say('registryPassword', "and 'registryUsername' must be given together.");
  if (inputs.subnetId !== undefined && inputs.dnsNameLabel !== undefined)
    say('dnsNameLabel', "is for groups with a public address, not in a network of their own ('subnetId').");

  if (bad.has('spec') || bad.has('specFile')) return problems;
  const { location, image, port } = essentialsOf(groupBody(serviceOf(inputs)));
  if (location === undefined) say('location', "must be given, or else location in 'spec' or 'specFile'.");
  if (image === undefined) say('image', "must be given, or else the image of a container in 'spec' or 'specFile'.");
  if (port === undefined) say('port', "must be given, or else ipAddress.ports in 'spec' or 'specFile'.");
  return problems;
}

function serviceOf(inputs: Partial<Given>): ServiceDescription {
  const { registryIdentity, registryServer, registryUsername: username, registryPassword: password } = inputs;
  const user =
    username !== undefined && password !== undefined ? { server: registryServer, username, password } : undefined;
  return {
    ...inputs,
    name: inputs.containerGroupName ?? '',
    spec: inputs.spec ?? inputs.specFile,
    port: numberOf(inputs.port),
    cpu: numberOf(inputs.cpu),
    memoryGb: numberOf(inputs.memoryGb),
    registry: registryIdentity === undefined ? user : { identity: registryIdentity, server: registryServer },
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
