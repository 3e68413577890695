import { stringify } from 'yaml';
import { nameOf, partOf } from '../resourceId';
import type { ClusterCredential, ManagedCluster } from './managedCluster';

/** The Entra application that every API server of AKS is, in all clouds. */
export const aksServerApplication = '6dae42f8-4368-4678-94ff-3960e28e3630';
/** The one by which people log in. */
const aksClientApplication = '80faf920-1908-4b52-b5ef-a8e7bedfc67a';

export interface KubeconfigChoice {
  readonly isAdmin: boolean;
  /** `exec` unless it is `azure`; it matters for users of Entra only. */
  readonly format?: string | undefined;
  /** `public` chooses the other name of a private cluster. */
  readonly serverFqdn?: string | undefined;
}

/** The kubeconfig of a cluster, in YAML. */
export function clusterKubeconfig(cluster: ManagedCluster, { isAdmin, format, serverFqdn }: KubeconfigChoice): string {
  const name = nameOf(cluster.id);
  const user = `${isAdmin ? 'clusterAdmin' : 'clusterUser'}_${partOf(cluster.id, 'resourceGroups')}_${name}`;
  const context = isAdmin ? `${name}-admin` : name;
  const server = serverFqdn === 'public' ? (cluster.publicServer ?? cluster.server) : cluster.server;
  const { aadProfile } = cluster;
  return stringify({
    apiVersion: 'v1',
    clusters: [{ cluster: { 'certificate-authority-data': base64(cluster.ca), server }, name }],
    contexts: [{ context: { cluster: name, user }, name: context }],
    'current-context': context,
    kind: 'Config',
    preferences: {},
    users: [
      {
        name: user,
        user:
          aadProfile && !isAdmin
            ? entraUser(aadProfile.tenantID, format)
            : localUser(isAdmin ? cluster.admin : cluster.user),
      },
    ],
  });
}

function entraUser(tenantId: string, format: string | undefined): object {
  if (format === 'azure') {
    return {
      'auth-provider': {
        config: {
          'apiserver-id': aksServerApplication,
          'client-id': aksClientApplication,
          'config-mode': '1',
          environment: 'AzurePublicCloud',
          'tenant-id': tenantId,
        },
        name: 'azure',
      },
    };
  }
  const options = {
    environment: 'AzurePublicCloud',
    'server-id': aksServerApplication,
    'client-id': aksClientApplication,
    'tenant-id': tenantId,
    login: 'devicecode',
  };
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      args: ['get-token', ...Object.entries(options).flatMap(([option, value]) => [`--${option}`, value])],
      command: 'kubelogin',
      env: null,
      installHint:
        '\nkubelogin is not installed which is required to connect to AAD enabled cluster.\n\nTo learn more, please go to https://aka.ms/aks/kubelogin\n',
      provideClusterInfo: false,
    },
  };
}

function localUser({ token, certificate }: ClusterCredential = {}): object {
  return {
    ...(certificate && {
      'client-certificate-data': base64(certificate.cert),
      'client-key-data': base64(certificate.key),
    }),
    ...(token !== undefined && { token }),
  };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
