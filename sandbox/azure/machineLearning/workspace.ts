import { createHash } from 'node:crypto';
import { nameOf, partOf } from '../resourceId';

export const namespace = 'Microsoft.MachineLearningServices';
export const workspaceType = `${namespace}/workspaces`;

/** Compute that is attached to a workspace. */
export interface MlCompute {
  readonly name: string;
  /** `AKS` is the legacy one, which endpoints refuse. */
  readonly computeType: 'Kubernetes' | 'AKS' | 'AmlCompute' | 'ComputeInstance';
  readonly provisioningState?: string;
}

/** A workspace of Azure Machine Learning. */
export interface MlWorkspace {
  /** `/subscriptions/…/resourceGroups/…/providers/Microsoft.MachineLearningServices/workspaces/…`. */
  readonly id: string;
  readonly location: string;
  readonly provisioningState?: string;
  /** False by default: with it, endpoints of version 2 are refused. */
  readonly v1LegacyMode?: boolean;
  /** How datastores let callers in; `AccessKey` by default. */
  readonly systemDatastoresAuthMode?: 'AccessKey' | 'Identity' | 'UserDelegationSAS';
  /** Whether it has a container registry already; it gets one with its first image otherwise. True by default. */
  readonly hasRegistry?: boolean;
  readonly publicNetworkAccess?: 'Enabled' | 'Disabled';
  readonly imageBuildCompute?: string;
  readonly computes?: readonly MlCompute[];
}

/** A GUID that is always the same for the same words. */
export function guidFor(words: string): string {
  const hex = createHash('sha256').update(words.toLowerCase()).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const workspaceIdOf = ({ id }: Pick<MlWorkspace, 'id'>): string => guidFor(id);

/** What belongs to a workspace, by names that follow from its own. */
export function partsOf(workspace: MlWorkspace) {
  const hash = createHash('sha256').update(workspace.id.toLowerCase()).digest('hex').slice(0, 10);
  const short = nameOf(workspace.id)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 8);
  const group = workspace.id.split('/').slice(0, 5).join('/');
  const account = `${short}${hash}`;
  const registry = `${short}${hash}`;
  return {
    account,
    accountId: `${group}/providers/Microsoft.Storage/storageAccounts/${account}`,
    container: `azureml-blobstore-${workspaceIdOf(workspace)}`,
    registryHost: `${registry}.azurecr.io`,
    registryId: `${group}/providers/Microsoft.ContainerRegistry/registries/${registry}`,
  };
}

/** All that a GET of a workspace gives that a client could look at. */
export function workspaceBody(workspace: MlWorkspace, { hasRegistry }: { readonly hasRegistry: boolean }): object {
  const { id, location, v1LegacyMode = false, systemDatastoresAuthMode = 'AccessKey' } = workspace;
  const { accountId, registryId } = partsOf(workspace);
  const group = id.split('/').slice(0, 5).join('/');
  const name = nameOf(id);
  return {
    id,
    name,
    type: workspaceType,
    location,
    tags: {},
    kind: 'Default',
    sku: { name: 'Basic', tier: 'Basic' },
    identity: { type: 'SystemAssigned', principalId: guidFor(`${id} principal`), tenantId: guidFor('tenant') },
    properties: {
      friendlyName: name,
      description: '',
      workspaceId: workspaceIdOf(workspace),
      provisioningState: workspace.provisioningState ?? 'Succeeded',
      v1LegacyMode,
      systemDatastoresAuthMode,
      publicNetworkAccess: workspace.publicNetworkAccess ?? 'Enabled',
      storageAccount: accountId,
      keyVault: `${group}/providers/Microsoft.KeyVault/vaults/${name}`,
      applicationInsights: `${group}/providers/Microsoft.Insights/components/${name}`,
      containerRegistry: hasRegistry ? registryId : null,
      imageBuildCompute: workspace.imageBuildCompute ?? null,
      managedNetwork: { isolationMode: 'Disabled' },
      discoveryUrl: `https://${location}.api.azureml.ms/discovery`,
      mlFlowTrackingUri: `azureml://${location}.api.azureml.ms/mlflow/v1.0${id}`,
    },
    systemData: { createdAt: '2024-01-15T09:30:00Z', createdByType: 'User', lastModifiedAt: '2024-01-15T09:30:00Z' },
  };
}

export function computeBody(workspace: MlWorkspace, { name, computeType, provisioningState }: MlCompute): object {
  const resourceId = `/subscriptions/${partOf(workspace.id, 'subscriptions')}/resourceGroups/clusters/providers/Microsoft.ContainerService/managedClusters/${name}`;
  return {
    id: `${workspace.id}/computes/${name}`,
    name,
    type: `${workspaceType}/computes`,
    location: workspace.location,
    properties: {
      computeType,
      provisioningState: provisioningState ?? 'Succeeded',
      isAttachedCompute: computeType === 'Kubernetes' || computeType === 'AKS',
      computeLocation: workspace.location,
      ...(computeType === 'Kubernetes' && {
        resourceId,
        properties: {
          namespace: 'default',
          defaultInstanceType: 'defaultinstancetype',
          instanceTypes: {
            defaultinstancetype: {
              resources: { requests: { cpu: '100m', memory: '2Gi' }, limits: { cpu: '2', memory: '2Gi' } },
            },
          },
        },
      }),
    },
  };
}
