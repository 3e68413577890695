import { ContainerInstanceManagementClient } from '@azure/arm-containerinstance';
import { ContainerServiceClient } from '@azure/arm-containerservice';
import { ClientSecretCredential } from '@azure/identity';

/** What a process of its own works with; Node reads extra certificate authorities only when it starts. */
export interface SdkCalls {
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly secret: string;
  readonly endpoint: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly clusterName: string;
}

export type SdkResults = Readonly<Record<string, unknown>>;

const calls = JSON.parse(process.env['CALLS'] ?? '{}') as SdkCalls;
const { authorityHost, tenantId, clientId, secret, endpoint, subscriptionId, resourceGroup, clusterName } = calls;
const identity = new ClientSecretCredential(tenantId, clientId, secret, {
  authorityHost,
  disableInstanceDiscovery: true,
});
/** The clients take their endpoint for the resource; here it is only where Resource Manager is. */
const credential = { getToken: () => identity.getToken('https://management.azure.com/.default') };
const fast = { updateIntervalInMs: 20 };

const { containerGroups, containers } = new ContainerInstanceManagementClient(credential, subscriptionId, { endpoint });
const group = (image: string) => ({
  location: 'westeurope',
  osType: 'Linux',
  restartPolicy: 'Never',
  containers: [{ name: 'score', image, resources: { requests: { cpu: 1, memoryInGB: 1.5 } } }],
});
const named = [resourceGroup, 'score'] as const;

const created = await containerGroups.beginCreateOrUpdateAndWait(...named, group('failing'), fast);
const read = await containerGroups.get(...named);
const log = await containers.listLogs(...named, 'score', { tail: 1 });
const refused = await containerGroups.beginCreateOrUpdateAndWait(resourceGroup, 'other', group('not-found')).then(
  () => undefined,
  (error: unknown) => error as { readonly code: string; readonly statusCode: number },
);
const listed: string[] = [];
for await (const each of containerGroups.listByResourceGroup(resourceGroup)) listed.push(each.name ?? '');
await containerGroups.beginStartAndWait(...named, fast);
await containerGroups.beginDeleteAndWait(...named, fast);
const gone = await containerGroups.get(...named).then(
  () => 200,
  (error: unknown) => (error as { readonly statusCode: number }).statusCode,
);

const { managedClusters } = new ContainerServiceClient(credential, subscriptionId, { endpoint });
const cluster = await managedClusters.get(resourceGroup, clusterName);
const { kubeconfigs } = await managedClusters.listClusterUserCredentials(resourceGroup, clusterName, {
  format: 'exec',
});
const command = await managedClusters.runCommand(
  resourceGroup,
  clusterName,
  { command: 'kubectl version', context: '' },
  fast,
);

const results: SdkResults = {
  created: created.provisioningState,
  state: read.instanceView?.state,
  exitCode: read.containers[0]?.instanceView?.currentState?.exitCode,
  log: log.content,
  refused: [refused?.statusCode, refused?.code],
  listed,
  gone,
  cluster: [cluster.name, cluster.powerState?.code, cluster.provisioningState],
  kubeconfig: Buffer.from(kubeconfigs?.[0]?.value ?? []).toString(),
  command: [command.provisioningState, command.exitCode, command.logs],
};
process.stdout.write(JSON.stringify(results));
