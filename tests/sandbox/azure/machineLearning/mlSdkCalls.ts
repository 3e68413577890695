import { AzureMachineLearningWorkspaces, type OnlineDeployment } from '@azure/arm-machinelearning';
import { ClientSecretCredential } from '@azure/identity';

/** What a process of its own works with; Node reads extra certificate authorities only when it starts. */
export interface MlSdkCalls {
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly secret: string;
  readonly endpoint: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly workspaceName: string;
  readonly modelUri: string;
}

export type MlSdkResults = Readonly<Record<string, unknown>>;

const calls = JSON.parse(process.env['CALLS'] ?? '{}') as MlSdkCalls;
const { authorityHost, tenantId, clientId, secret, endpoint, subscriptionId, resourceGroup, workspaceName } = calls;
const identity = new ClientSecretCredential(tenantId, clientId, secret, {
  authorityHost,
  disableInstanceDiscovery: true,
});
/** The client takes its endpoint for the resource; here it is only where Resource Manager is. */
const credential = { getToken: () => identity.getToken('https://management.azure.com/.default') };
const client = new AzureMachineLearningWorkspaces(credential, subscriptionId, { endpoint });
const fast = { updateIntervalInMs: 20 };
const of = [resourceGroup, workspaceName] as const;
const location = 'westeurope';

const workspace = await client.workspaces.get(...of);
const stores: string[] = [];
for await (const each of client.datastores.list(...of, { isDefault: true })) stores.push(each.name ?? '');
const secrets = await client.datastores.listSecrets(...of, stores[0] ?? '');
const put = (name: string) =>
  client.modelVersions.createOrUpdate(...of, name, '1', {
    properties: { modelUri: calls.modelUri, modelType: 'mlflow_model', tags: { content: 'x' } },
  });
const [model, failing] = [await put('iris'), await put('iris-crash')];
const environment = await client.environmentVersions.createOrUpdate(...of, 'e', '1', {
  properties: { image: 'base', condaFile: 'dependencies: [python=3.11]' },
});
const code = await client.codeVersions.createOrUpdate(...of, 'c', '1', {
  properties: { codeUri: 'https://account.blob.core.windows.net/container/prefix', isAnonymous: true },
});
const usages: string[] = [];
for await (const each of client.usages.list(location)) usages.push(each.name?.value ?? '');

const endpointOf = [...of, 'score'] as const;
const putEndpoint = (traffic: Record<string, number>) =>
  client.onlineEndpoints.beginCreateOrUpdateAndWait(
    ...endpointOf,
    { location, identity: { type: 'SystemAssigned' }, properties: { authMode: 'Key', traffic } },
    fast,
  );
const created = await putEndpoint({});
const deployment = (modelId: string): OnlineDeployment => ({
  location,
  sku: { name: 'Default', capacity: 1 },
  properties: { endpointComputeType: 'Managed', model: modelId, instanceType: 'Standard_DS3_v2' },
});
const { onlineDeployments } = client;
const deployed = await onlineDeployments.beginCreateOrUpdateAndWait(
  ...endpointOf,
  'blue',
  deployment(model.id ?? ''),
  fast,
);
const failure = await onlineDeployments
  .beginCreateOrUpdateAndWait(...endpointOf, 'green', deployment(failing.id ?? ''), fast)
  .then(
    () => 'no failure',
    (error: unknown) => String(error),
  );
const refused = await onlineDeployments
  .beginCreateOrUpdateAndWait(...endpointOf, 'green', deployment(failing.id ?? ''), fast)
  .then(
    () => undefined,
    (error: unknown) => error as { readonly code: string; readonly statusCode: number },
  );
const log = await onlineDeployments.getLogs(...endpointOf, 'green', { containerType: 'InferenceServer', tail: 1 });
const shifted = await putEndpoint({ blue: 100 });
const keys = await client.onlineEndpoints.listKeys(...endpointOf);
await onlineDeployments.beginUpdateAndWait(
  ...endpointOf,
  'blue',
  { tags: { a: 'b' }, sku: { name: 'Default', capacity: 2 } },
  fast,
);
const scaled = await onlineDeployments.get(...endpointOf, 'blue');
await onlineDeployments.beginDeleteAndWait(...endpointOf, 'green', fast);
const left: string[] = [];
for await (const each of onlineDeployments.list(...endpointOf)) left.push(each.name ?? '');
await client.onlineEndpoints.beginDeleteAndWait(...endpointOf, fast);
const gone = await client.onlineEndpoints.get(...endpointOf).then(
  () => 200,
  (error: unknown) => (error as { readonly statusCode: number }).statusCode,
);

const results: MlSdkResults = {
  workspace: [workspace.name, workspace.location, workspace.provisioningState],
  stores,
  secretsType: secrets.secretsType,
  model: [model.name, model.properties.modelType, model.properties.tags],
  environment: environment.properties.condaFile,
  code: code.properties.codeUri,
  hasUsages: usages.includes('standardDSv2Family'),
  created: [created.properties.provisioningState, created.properties.scoringUri],
  deployed: [deployed.properties.provisioningState, deployed.properties.livenessProbe?.period],
  failure,
  refused: [refused?.statusCode, refused?.code],
  log: log.content?.split('Container logs:\n')[1],
  traffic: shifted.properties.traffic,
  hasKey: typeof keys.primaryKey === 'string',
  scaled: [scaled.sku?.capacity, scaled.tags],
  left,
  gone,
};
process.stdout.write(JSON.stringify(results));
