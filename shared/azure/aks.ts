import { TaskError } from '../errors';
import { pathSegment } from '../pathSegment';
import { percentDecoded } from '../percentDecoded';
import { HttpError } from '../http/errors';
import type { DetailedHttpClient } from '../http/httpClient';
import type { TokenSource } from '../http/tokenSource';
import type { AzureIdentity } from '../identity/azureIdentity';
import * as shape from '../http/shape';

/** A cluster of Azure Kubernetes Service. */
export interface AksCluster {
  /** Its resource id. */
  readonly id: string;
  readonly name: string;
  /** The kubeconfig for kubectl. It may require `kubelogin`: `clusterTokens` replaces that. */
  readonly kubeconfig: string;
  /** Whether its API server is reachable only in a virtual network. */
  readonly isPrivate: boolean;
  /** The client id of the identity with which its nodes pull images. */
  readonly kubeletIdentity?: string;
}

/** The cluster, and the kind of its credentials. */
export interface ClusterRequest {
  /** `/subscriptions/…/managedClusters/…`; see `clusterIdOf`. */
  readonly id: string;
  /** Uses local admin credentials, which bypass Microsoft Entra ID. */
  readonly isAdmin: boolean;
}

const apiVersion = '2024-09-01';
/** The last version with `accessProfiles`. */
const oldApiVersion = '2017-08-31';

const managedCluster = shape.object({
  name: shape.text,
  properties: shape.object({
    provisioningState: shape.optionalText,
    powerState: shape.maybe(shape.object({ code: shape.optionalText })),
    aadProfile: shape.maybe(shape.object({ managed: shape.maybe(shape.boolean) })),
    apiServerAccessProfile: shape.maybe(shape.object({ enablePrivateCluster: shape.maybe(shape.boolean) })),
    identityProfile: shape.maybe(
      shape.object({ kubeletidentity: shape.maybe(shape.object({ clientId: shape.optionalText })) }),
    ),
  }),
});
type ManagedCluster = shape.Read<typeof managedCluster>;

const accessProfile = shape.object({ properties: shape.object({ kubeConfig: shape.optionalText }) });
const credentials = shape.object({
  kubeconfigs: shape.listOf(shape.object({ name: shape.optionalText, value: shape.optionalText })),
});

/** The resource id of a cluster. */
export function clusterIdOf(subscriptionId: string, resourceGroup: string, name: string): string {
  const [subscription, group, cluster] = [subscriptionId, resourceGroup, name].map(pathSegment);
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${cluster}`;
}

/**
 * Looks up a cluster and gets its credentials. Throws a TaskError when the cluster can't be used in its present state, or
 * an HttpError that names the missing permission.
 */
export async function openCluster(arm: DetailedHttpClient, { id, isAdmin }: ClusterRequest): Promise<AksCluster> {
  const path = pathOf(id);
  const wanted = percentDecoded(path.split('/').at(-1) ?? '').toLowerCase();
  const cluster = await arm.json(
    {
      method: 'GET',
      path,
      query: { 'api-version': apiVersion },
      purpose: `look up the cluster ${id}`,
    },
    shape.checked(managedCluster, ({ name }) => name.toLowerCase() === wanted, 'it is about another cluster'),
  );
  const { name, properties } = cluster;
  checkUsable(cluster);
  const kubeconfig = isAdmin ? await adminCredential(arm, path, name) : await userCredential(arm, path, name);
  const kubeletIdentity = properties.identityProfile?.kubeletidentity?.clientId;
  return {
    id,
    name,
    kubeconfig,
    isPrivate: properties.apiServerAccessProfile?.enablePrivateCluster === true,
    ...(kubeletIdentity !== undefined && { kubeletIdentity }),
  };
}

/** The server application of Azure Kubernetes Service, the same in all clouds (Azure/kubelogin). */
const aksServer = '6dae42f8-4368-4678-94ff-3960e28e3630';

/** Tokens for a cluster that authenticates with Microsoft Entra ID: replaces kubelogin and its `--server-id`. */
export function clusterTokens(identity: AzureIdentity, serverId = aksServer): TokenSource {
  return identity.tokensFor({ name: 'Azure Kubernetes Service', id: serverId });
}

/** A cluster's resource id as the path of requests. Throws a TaskError. */
export function pathOf(id: string): string {
  const [, subscription, group, name] =
    /^\/subscriptions\/([^/?#]+)\/resourceGroups\/([^/?#]+)\/providers\/Microsoft\.ContainerService\/managedClusters\/([^/?#]+)\/?$/i.exec(
      id,
    ) ?? [];
  if (subscription === undefined || group === undefined || name === undefined)
    throw new TaskError(
      `'${id}' is not the resource id of an AKS cluster. It must look like /subscriptions/…/resourceGroups/…/providers/Microsoft.ContainerService/managedClusters/….`,
    );
  return clusterIdOf(...(([subscription, group, name] as const).map(percentDecoded) as [string, string, string]));
}

function checkUsable({ name, properties }: ManagedCluster): void {
  const { provisioningState = 'Succeeded', powerState, aadProfile } = properties;
  if (powerState?.code?.toLowerCase() === 'stopped')
    throw new TaskError(
      `The cluster '${name}' is stopped. Start it (in the Azure portal, or with az aks start) and try again.`,
    );
  const isBetween = ['creating', 'starting', 'stopping', 'deleting'].includes(provisioningState.toLowerCase());
  if (isBetween)
    throw new TaskError(
      `The cluster '${name}' does not accept deployments now: its state is ${provisioningState}. Try again later.`,
    );
  if (aadProfile && aadProfile.managed !== true)
    throw new TaskError(
      `The cluster '${name}' uses the legacy Azure AD integration, which Microsoft has retired. Migrate it to AKS-managed Microsoft Entra ID: az aks update --enable-aad.`,
    );
}

/** The action of the cluster user role has changed: either the new or the old one is enough. */
async function userCredential(arm: DetailedHttpClient, path: string, name: string): Promise<string> {
  try {
    return await listCredential(arm, `${path}/listClusterUserCredential`, name, { format: 'exec' });
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 403) throw error;
    return await oldUserCredential(arm, path, name, error);
  }
}

async function oldUserCredential(
  arm: DetailedHttpClient,
  path: string,
  name: string,
  refusal: HttpError,
): Promise<string> {
  try {
    const { properties } = await arm.json(
      {
        method: 'GET',
        path: `${path}/accessProfiles/clusterUser`,
        query: { 'api-version': oldApiVersion },
        purpose: `get credentials for the cluster '${name}'`,
        hasSecretAnswer: true,
      },
      accessProfile,
    );
    return decoded(properties.kubeConfig, name);
  } catch (error) {
    if (error instanceof HttpError && [403, 404].includes(error.status)) throw refusal;
    throw error;
  }
}

async function adminCredential(arm: DetailedHttpClient, path: string, name: string): Promise<string> {
  try {
    return await listCredential(arm, `${path}/listClusterAdminCredential`, name);
  } catch (error) {
    if (!(error instanceof HttpError) || !/static credential is not allowed/i.test(error.serviceMessage)) throw error;
    throw new TaskError(
      `${error.message} Local accounts of the cluster are disabled. Sign in as the service connection itself, without local admin credentials.`,
      { cause: error },
    );
  }
}

async function listCredential(
  arm: DetailedHttpClient,
  path: string,
  name: string,
  query: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { kubeconfigs } = await arm.json(
    {
      method: 'POST',
      path,
      query: { 'api-version': apiVersion, ...query },
      purpose: `get credentials for the cluster '${name}'`,
      hasSecretAnswer: true,
      repeatable: true,
    },
    credentials,
  );
  const usual = kubeconfigs.find((entry) => entry.name === 'clusterUser' || entry.name === 'clusterAdmin');
  return decoded((usual ?? kubeconfigs[0])?.value, name);
}

function decoded(base64: string | undefined, name: string): string {
  if (!base64) throw new TaskError(`Azure returned no credentials for the cluster '${name}'.`);
  return Buffer.from(base64, 'base64').toString('utf8');
}
