import { createHash } from 'node:crypto';
import { nameOf, partOf } from '../resourceId';

/** How somebody without Entra proves to the API server who it is. */
export interface ClusterCredential {
  readonly token?: string;
  /** In PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** A command of `runCommand`, as the cluster gets it. */
export interface ClusterCommand {
  readonly command: string;
  /** The zip with its files; empty without one. */
  readonly context: Buffer;
  /** Of the caller, for the Entra server application of AKS; it has been checked. */
  readonly clusterToken?: string;
}

export interface CommandOutcome {
  readonly exitCode: number;
  readonly logs: string;
}

/** A cluster of AKS as Resource Manager has it. It can be changed at any time. */
export interface ManagedCluster {
  /** `/subscriptions/…/resourceGroups/…/providers/Microsoft.ContainerService/managedClusters/…`. */
  readonly id: string;
  readonly location: string;
  /** The URL of the API server, for kubeconfigs. */
  server: string;
  /** Its other URL, for those who ask for the public one. */
  publicServer?: string;
  /** In PEM: whom to trust as the API server. */
  ca: string;
  /** With it users are those of Entra, otherwise `user` is. */
  aadProfile?: { readonly tenantID: string; readonly managed: boolean; readonly enableAzureRBAC: boolean };
  user?: ClusterCredential;
  admin?: ClusterCredential;
  disableLocalAccounts?: boolean;
  isPrivate?: boolean;
  /** Without it a private cluster has only its private name. */
  hasPublicName?: boolean;
  /** `Running` by default. */
  powerState?: 'Running' | 'Stopped';
  /** `Succeeded` by default. */
  provisioningState?: string;
  /** Runs a command in the cluster; without it no command ends. */
  runCommand?: (command: ClusterCommand) => Promise<CommandOutcome>;
  /** How long a command takes at least; 5 by default. */
  commandSeconds?: number;
}

/** The properties that the documentation has for a cluster, as far as they say something here. */
export function clusterBody(cluster: ManagedCluster): object {
  const { id, location, aadProfile, isPrivate = false, hasPublicName = false, disableLocalAccounts = false } = cluster;
  const name = nameOf(id);
  const nodeGroup = `MC_${partOf(id, 'resourceGroups')}_${name}_${location}`;
  const dnsPrefix = `${name}-dns`;
  const host = (domain: string) => `${dnsPrefix}-${idOf(id).slice(0, 8)}.${domain}`;
  const power = { code: cluster.powerState ?? 'Running' };
  const kubelet = `${name}-agentpool`;
  return {
    // AKS writes these two in its own way.
    id: id.replace('resourceGroups', 'resourcegroups'),
    type: 'Microsoft.ContainerService/ManagedClusters',
    name,
    location,
    tags: {},
    properties: {
      provisioningState: cluster.provisioningState ?? 'Succeeded',
      powerState: power,
      kubernetesVersion: '1.33.2',
      currentKubernetesVersion: '1.33.2',
      dnsPrefix,
      ...((!isPrivate || hasPublicName) && { fqdn: host(`hcp.${location}.azmk8s.io`) }),
      ...(isPrivate && { privateFQDN: host(`${idOf(kubelet)}.privatelink.${location}.azmk8s.io`) }),
      azurePortalFQDN: host(`portal.hcp.${location}.azmk8s.io`),
      agentPoolProfiles: [
        {
          name: 'nodepool1',
          count: 3,
          vmSize: 'Standard_D4s_v5',
          type: 'VirtualMachineScaleSets',
          provisioningState: 'Succeeded',
          powerState: power,
          mode: 'System',
          osType: 'Linux',
        },
      ],
      servicePrincipalProfile: { clientId: 'msi' },
      nodeResourceGroup: nodeGroup,
      enableRBAC: true,
      ...(aadProfile && { aadProfile }),
      apiServerAccessProfile: {
        enablePrivateCluster: isPrivate,
        ...(isPrivate && { enablePrivateClusterPublicFQDN: hasPublicName }),
      },
      identityProfile: {
        kubeletidentity: {
          resourceId: `/subscriptions/${partOf(id, 'subscriptions')}/resourcegroups/${nodeGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${kubelet}`,
          clientId: idOf(`${id}/client`),
          objectId: idOf(`${id}/object`),
        },
      },
      disableLocalAccounts,
    },
    identity: {
      type: 'SystemAssigned',
      principalId: idOf(`${id}/principal`),
      tenantId: aadProfile?.tenantID ?? idOf('tenant'),
    },
    sku: { name: 'Base', tier: 'Free' },
  };
}

/** An id that is always the same for the same words. */
function idOf(words: string): string {
  const hex = createHash('sha256').update(words.toLowerCase()).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
