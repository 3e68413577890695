import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kubernetes } from '../../sandbox/kubernetes/kubernetes';
import { startSandbox } from '../../sandbox/sandbox';
import type { Clock } from '../../shared/clock';
import { runTask } from '../../shared/task/runTask';
import { task as deployAks } from '../../tasks/DeployAks/task';
import { FakeAgent } from '../support/fakeAgent';
import { kubeconfigConnection } from '../support/runDeployAks';
import { sharedAuthority, sharedSigningKeys } from '../support/sharedKeys';
import { openTestCluster } from '../shared/kubernetes/clusterFixture';
import { DeployAciAzure } from '../tasks/deployAciAzure';
import { AzureMlStage, registered } from '../tasks/deployAzureMlStage';
import type { Scenario, Stage } from './scenario';

type Given = Readonly<Record<string, string>>;

function ofGroups(inputs: Given, ...before: readonly Given[]) {
  return async (): Promise<Stage> => {
    const stage = await DeployAciAzure.open();
    for (const each of before) await stage.run(each);
    const { azure, entra } = stage;
    for (const { requests } of [azure, entra]) requests.clear();
    return {
      standIns: { azure, entra },
      run: (signal) => stage.run({ timeoutMinutes: '5', ...inputs }, { signal }),
      endState: () => Promise.resolve(stage.endState()),
      secrets: [stage.connection.parameters.serviceprincipalkey],
      close: () => stage.close(),
    };
  };
}

function ofEndpoints(inputs: Given, ...before: readonly Given[]) {
  return async (): Promise<Stage> => {
    const stage = await AzureMlStage.open();
    stage.addModel('churn', '2');
    await stage.write({ 'model/MLmodel': 'flavors: {python_function: {}}' });
    for (const each of before) await stage.run(each);
    const { azure, entra, ml } = stage;
    stage.clearRequests();
    entra.requests.clear();
    return {
      standIns: { azure, entra, blobs: ml.blobs, scoring: ml.scoring },
      run: (signal) => stage.run({ timeoutMinutes: '30', ...inputs }, { signal }),
      endState: () => Promise.resolve(stage.endState()),
      secrets: [stage.connection.parameters.serviceprincipalkey],
      close: () => stage.close(),
    };
  };
}

const service = { serviceName: 'score', image: 'r.io/score:1', memory: '256Mi', timeoutMinutes: '5' };

/** What a cluster runs, without what differs from run to run. */
function running({ store }: Kubernetes): unknown {
  return {
    deployments: store.list('deployments').map(({ metadata, spec, status }) => {
      const { image } = spec.template.spec.containers[0] ?? {};
      return [metadata.name, image, spec.replicas, status.readyReplicas];
    }),
    services: store.list('services').map(({ metadata, spec }) => [metadata.name, spec.selector]),
  };
}

function timeOf({ clock }: Kubernetes): Clock {
  const opened = clock.now();
  return {
    now: () => clock.now() - opened,
    date: () => clock.now(),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      for (let left = milliseconds; left > 0 && !signal?.aborted; left -= 1000)
        await clock.advance(Math.min(left, 1000));
      signal?.throwIfAborted();
    },
  };
}

async function run(
  inputs: Given,
  connections: ConstructorParameters<typeof FakeAgent>[1],
  clock: Clock,
  signal: AbortSignal,
) {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  try {
    const folders = { 'System.DefaultWorkingDirectory': folder, 'Agent.TempDirectory': folder };
    const agent = new FakeAgent(inputs, connections, folders);
    await runTask(deployAks, { agent, clock, signal });
    return agent;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function ofServices(inputs: Given, before?: Given) {
  return async (): Promise<Stage> => {
    const { kubernetes, close } = await openTestCluster({ timeScale: 0, loadBalancerSeconds: 2 });
    const clock = timeOf(kubernetes);
    const direct = { connectionType: 'kubernetes', kubernetesConnection: 'k' };
    const k = kubeconfigConnection(kubernetes.url, kubernetes.kubeconfig());
    const step = (given: Given, signal: AbortSignal) => run({ ...direct, ...given }, { k }, clock, signal);
    if (before) await step(before, new AbortController().signal);
    kubernetes.requests.clear();
    return {
      standIns: { kubernetes },
      run: (signal) => step(inputs, signal),
      async endState() {
        for (let seconds = 0; seconds < 60; seconds++) await kubernetes.clock.advance(1000);
        return running(kubernetes);
      },
      secrets: [kubernetes.token],
      close,
    };
  };
}

/** By a sign-in to Azure, which leads to the cluster. */
async function ofAzure(): Promise<Stage> {
  const sandbox = await startSandbox({
    databricks: { timeScale: 0 },
    kubernetes: { timeScale: 0, authority: await sharedAuthority() },
    signingKeys: await sharedSigningKeys(),
  });
  const { azure: described, entra: directory } = sandbox.describe();
  const { kubernetes, azure, entra } = sandbox;
  const connection = {
    url: described.url,
    scheme: 'ServicePrincipal',
    parameters: {
      serviceprincipalid: directory.clientId,
      tenantid: directory.tenantId,
      authenticationType: 'spnKey',
      serviceprincipalkey: directory.clientSecret,
    },
    data: { environmentAuthorityUrl: directory.url, subscriptionId: described.subscriptionId },
  };
  const { resourceGroup, clusterName } = described;
  const where = { connectionType: 'azure', azureConnection: 'a', resourceGroup, clusterName, namespace: 'models' };
  const clock = timeOf(kubernetes);
  return {
    standIns: { kubernetes, azure, entra },
    run: (signal) => run({ ...where, ...service }, { a: connection }, clock, signal),
    endState: () => Promise.resolve(running(kubernetes)),
    secrets: [connection.parameters.serviceprincipalkey],
    close: () => sandbox.close(),
  };
}

const removal = { action: 'delete', timeoutMinutes: '5' };

export const cloudScenarios: readonly Scenario[] = [
  { task: 'DeployAci', what: 'a new group', open: ofGroups({}) },
  { task: 'DeployAci', what: 'a group to update', open: ofGroups({ image: 'models.azurecr.io/score:2' }, {}) },
  { task: 'DeployAci', what: 'a group to delete', open: ofGroups({ ...removal, containerGroupName: 'score' }, {}) },
  {
    task: 'DeployAzureMl',
    what: 'a model from files',
    open: ofEndpoints({ ...registered, modelVersion: '', modelPath: 'model' }),
  },
  {
    task: 'DeployAzureMl',
    what: 'another version',
    open: ofEndpoints({ ...registered, modelVersion: '2' }, registered),
  },
  { task: 'DeployAzureMl', what: 'an endpoint to delete', open: ofEndpoints({ action: 'delete' }, registered) },
  { task: 'DeployAks', what: 'a new service', open: ofServices({ ...service, exposure: 'loadBalancer' }) },
  { task: 'DeployAks', what: 'a new version', open: ofServices({ ...service, image: 'r.io/score:2' }, service) },
  { task: 'DeployAks', what: 'a service to delete', open: ofServices({ ...removal, serviceName: 'score' }, service) },
  { task: 'DeployAks', what: 'a service in AKS', open: ofAzure },
];
