import { attachRecord } from '../../shared/agent/runRecord';
import { ContainerGroupsApi, type ContainerGroup } from '../../shared/azure/containerGroups/containerInstances';
import { deleteContainerGroup, deployContainerGroup } from '../../shared/azure/containerGroups/deployContainerGroup';
import { essentialsOf, groupBody, unusedPorts, type ServiceDescription } from '../../shared/azure/containerGroups/body';
import { cores, dnsLabel, groupSchema, memory, variableName } from '../../shared/azure/containerGroups/groupSchema';
import { secretsIn } from '../../shared/azure/containerGroups/difference';
import { groupSummary, imageOf, scoringUriOf, stateOf } from '../../shared/azure/containerGroups/summary';
import { smokeTestGroup } from '../../shared/azure/containerGroups/smokeTest';
import { openSubscription } from '../../shared/azure/resourceManager/openSubscription';
import { withTimeout } from '../../shared/agent/context';
import { ForeignGroupError } from '../../shared/azure/containerGroups/foreign';
import { TaskError, type InputProblem } from '../../shared/errors';
import {
  choice,
  connection,
  decimal,
  document,
  documentFile,
  flag,
  integer,
  pairs,
  sensitive,
  sensitivePairs,
  text,
} from '../../shared/task/inputs';
import { atMostOneOf, distinctNames, requiredWith } from '../../shared/task/relations';
import { smokeTestInputs, smokeTestOf, smokeTestProblems, smokeTestRelations } from '../../shared/task/smokeTestInputs';
import { defineTask, type Values } from '../../shared/task/task';
import { deploymentRecord } from './deploymentRecord';

const when = { action: 'deploy' } as const;
const path = { matches: /^\//, rule: 'must begin with /, such as /score.' };
const resourceId = { matches: /^\/subscriptions\//i, rule: 'must be a resource id: /subscriptions/….' };
/** Azure allows 63 characters: a second group beside this one has a suffix of two. */
const groupName = {
  matches: /^[a-z0-9]([-a-z0-9]{0,59}[a-z0-9])?$/,
  rule: 'must have 1 to 61 lowercase letters, digits and hyphens, and no hyphen at either end.',
};

const inputs = {
  azureConnection: connection('AzureRM', { required: true }),
  resourceGroup: text({ required: true, picker: true }),
  containerGroupName: text({ required: true, pattern: groupName }),
  action: choice(['deploy', 'delete'], { required: true, default: 'deploy' }),
  location: text({ when }),
  image: text({ when }),
  port: integer({ when, min: 1, max: 65_535 }),
  cpu: decimal({ when, ...cores }),
  memoryGb: decimal({ when, ...memory }),
  environment: pairs({ when, names: variableName }),
  secrets: sensitivePairs({ when, names: variableName }),
  modelName: text({ when }),
  modelVersion: text({ when }),
  scoringPath: text({ when, default: '/score', pattern: path }),
  livenessPath: text({ when, pattern: path }),
  readinessPath: text({ when, pattern: path }),
  registryIdentity: text({ when, pattern: resourceId }),
  registryServer: text({ when }),
  registryUsername: text({ when }),
  registryPassword: sensitive({ when }),
  dnsNameLabel: text({ when, pattern: dnsLabel }),
  dnsReuseScope: choice(['Unsecure', 'TenantReuse', 'SubscriptionReuse', 'ResourceGroupReuse', 'Noreuse'], { when }),
  subnetId: text({ when, pattern: resourceId }),
  restartPolicy: choice(['Always', 'OnFailure', 'Never'], { when }),
  onImmutableChange: choice(['replace', 'sideBySide'], { when, default: 'replace' }),
  adopt: flag({ default: false }),
  spec: document({ when, schema: groupSchema }),
  specFile: documentFile({ when, schema: groupSchema }),
  ...smokeTestInputs({ when }),
  timeoutMinutes: integer({ default: 30, min: 1, max: 1440 }),
};

/** Deploys a scoring service to a container group of Azure Container Instances, or deletes the group. */
export const task = defineTask({
  inputs,
  relations: [
    atMostOneOf('spec', 'specFile'),
    atMostOneOf('registryIdentity', 'registryUsername'),
    requiredWith('registryUsername', 'registryPassword'),
    requiredWith('registryPassword', 'registryUsername'),
    // A label is part of a public address; a group in a subnet has none.
    atMostOneOf('dnsNameLabel', 'subnetId'),
    distinctNames('environment', 'secrets'),
    ...smokeTestRelations,
  ],
  outputs: ['containerGroupName', 'scoringUri', 'image', 'previousImage', 'change', 'resultState'],
  check,

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const { containerGroupName: name, resourceGroup, scoringPath, onImmutableChange, adopt } = inputs;
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const { arm, subscriptionId } = openSubscription(inputs.azureConnection, context);
    const groups = new ContainerGroupsApi(arm, { subscriptionId, resourceGroup }, context);
    const { action, modelName, modelVersion } = inputs;
    const model = { name: modelName, version: modelVersion };
    let seen: ContainerGroup | undefined;
    let previousImage = '';
    const attach = (change?: string): Promise<void> =>
      attachRecord(
        agent,
        deploymentRecord({ name, resourceGroup, action, model, scoringPath, group: seen, previousImage, change }),
      );

    if (action === 'delete') {
      const isDeleted = await deleteContainerGroup(groups, { name, adopt }, context).catch(withAdvice);
      setOutput('containerGroupName', name);
      setOutput('change', isDeleted ? 'deleted' : 'unchanged');
      setOutput('resultState', 'Absent');
      await attach(isDeleted ? 'deleted' : 'unchanged');
      return isDeleted ? `The container group '${name}' was deleted.` : `There is no container group '${name}'.`;
    }

    const service = serviceOf(inputs);
    const secrets = secretsIn(groupBody(service));
    for (const secret of secrets) agent.setSecret(secret);
    const onSeen = (group: ContainerGroup): void => {
      seen = group;
      setOutput('containerGroupName', group.name);
      setOutput('scoringUri', scoringUriOf(group, scoringPath));
      setOutput('image', imageOf(group));
      setOutput('resultState', stateOf(group));
    };
    const onPrevious = (group: ContainerGroup): void => setOutput('previousImage', (previousImage = imageOf(group)));
    const smokeTest = smokeTestOf(inputs);
    const prove = async (group: ContainerGroup, look: () => Promise<unknown>): Promise<void> => {
      const scoringUri = scoringUriOf(group, scoringPath);
      if (scoringUri === '')
        throw new TaskError(
          `The container group '${group.name}' runs, but Azure returned no address for it. Check it in the Azure portal, and run again.`,
        );
      if (smokeTest) await smokeTestGroup(scoringUri, smokeTest, look, context);
    };
    const bodyFor = (live?: ContainerGroup) => groupBody(service, live);
    const options = { name, bodyFor, secrets, onImmutableChange, adopt, onSeen, onPrevious, prove };
    const { group, change } = await deployContainerGroup(groups, options, context).catch(async (error: unknown) => {
      await attach();
      return withAdvice(error);
    });
    seen = group;
    await attach(change);
    setOutput('change', change);
    if (change !== 'unchanged')
      await agent.summary('Container group', groupSummary(group, { change, previousImage, scoringPath }));
    return `The container group '${group.name}' ${change === 'unchanged' ? 'is' : 'was'} ${change}. ${scoringUriOf(group, scoringPath)}`;
  },
});

function withAdvice(error: unknown): never {
  if (!(error instanceof ForeignGroupError)) throw error;
  const advice =
    "To take over the group, add the settings that must stay to 'spec' and set 'adopt' to true; otherwise change 'containerGroupName'.";
  throw new TaskError(`${error.message}${error.message.endsWith('\n') ? '' : ' '}${advice}`, { cause: error });
}

type Given = Values<typeof inputs>;

function check(inputs: Partial<Given>, bad: ReadonlySet<string>): readonly InputProblem[] {
  if (inputs.action !== 'deploy') return [];
  const problems = [...smokeTestProblems(inputs)];
  const say = (input: string, problem: string): void => void problems.push({ input, problem });
  // The second group has a suffix of two.
  if (inputs.onImmutableChange === 'sideBySide' && (inputs.dnsNameLabel?.length ?? 0) > 61)
    say('dnsNameLabel', "must have at most 61 characters when 'onImmutableChange' is 'sideBySide'.");
  if (bad.has('spec') || bad.has('specFile')) return problems;
  const body = groupBody(serviceOf(inputs));
  const unused = unusedPorts(body);
  if (unused.length > 0)
    say(
      inputs.spec ? 'spec' : 'specFile',
      `has ports in ipAddress that no container has: ${unused.join(', ')}. Add them to the ports of a container.`,
    );
  const { location, image, port } = essentialsOf(body);
  if (location === undefined) say('location', "is required, unless 'spec' or 'specFile' contains location.");
  if (image === undefined) say('image', "is required, unless 'spec' or 'specFile' contains the image of a container.");
  if (port === undefined) say('port', "is required, unless 'spec' or 'specFile' contains ipAddress.ports.");
  return problems;
}

function serviceOf(inputs: Partial<Given>): ServiceDescription {
  const { registryIdentity, registryServer, registryUsername: username, registryPassword: password } = inputs;
  const user =
    username !== undefined && password !== undefined ? { server: registryServer, username, password } : undefined;
  return {
    name: inputs.containerGroupName ?? '',
    spec: inputs.spec ?? inputs.specFile,
    location: inputs.location,
    image: inputs.image,
    port: inputs.port,
    cpu: inputs.cpu,
    memoryGb: inputs.memoryGb,
    environment: inputs.environment,
    secrets: inputs.secrets,
    registry: registryIdentity === undefined ? user : { identity: registryIdentity, server: registryServer },
    dnsNameLabel: inputs.dnsNameLabel,
    dnsReuseScope: inputs.dnsReuseScope,
    subnetId: inputs.subnetId,
    restartPolicy: inputs.restartPolicy,
    livenessPath: inputs.livenessPath,
    readinessPath: inputs.readinessPath,
    modelName: inputs.modelName,
    modelVersion: inputs.modelVersion,
  };
}
