import { randomBytes } from 'node:crypto';
import type { GenerateKeyPairResult } from 'jose';
import { connectionIdOf, type ConnectionOptions, guidOf } from './agent/tasks/connections';
import { aksUsers } from './aksUsers';
import { type Azure, type AzureOptions, startAzure } from './azure/azure';
import type { MachineLearningOptions } from './azure/machineLearning/machineLearning';
import type { MlWorkspace } from './azure/machineLearning/workspace';
import type { ManagedCluster } from './azure/managedClusters/managedCluster';
import { type Databricks, type DatabricksOptions, startDatabricks } from './databricks/databricks';
import { servicePrincipalsOf } from './databricks/identity/identityOptions';
import type { Organization } from './devops/organization';
import { ServiceEndpoints } from './devops/resources/endpoints/serviceEndpoints';
import { type Entra, startEntra } from './entra/entra';
import type { TlsOptions } from './http/httpServer';
import { mastersGroup } from './kubernetes/access/users';
import { type Kubernetes, type KubernetesOptions, startKubernetes } from './kubernetes/kubernetes';
import { type AgentOptions, startLocalOrganization } from './localOrganization';
import { federatedConnection, type SandboxConnection } from './sandboxConnections';
import { type JobProxy, startJobProxy } from './scoring/jobProxy';

export interface SandboxOptions {
  /** Entra, the Azure resource and the federation policies come from the sandbox; policies given here are added. */
  readonly databricks?: Omit<DatabricksOptions, 'entra' | 'azureResourceId' | 'tls' | 'issuerCa'>;
  /** What container groups run, and how fast. */
  readonly azure?: Pick<AzureOptions, 'images' | 'timeScale'> & {
    /** Names of resource groups that are there besides the sandbox's own. */
    readonly resourceGroups?: readonly string[];
    /** Other names of the cluster. */
    readonly clusters?: readonly { readonly resourceGroup: string; readonly name: string }[];
    /** Other names of the workspace of Azure Machine Learning. */
    readonly mlWorkspaces?: readonly { readonly resourceGroup: string; readonly name: string }[];
    /** What comes of its deployments. */
    readonly machineLearning?: Omit<MachineLearningOptions, 'workspaces'>;
  };
  /** What the cluster runs, and how fast; it has a clock of its own. */
  readonly kubernetes?: Pick<KubernetesOptions, 'images' | 'timeScale' | 'authority' | 'namespaces'>;
  /** The RSA keys of the tokens of Entra and of the organisation; new ones by default, which take a moment to make. */
  readonly signingKeys?: GenerateKeyPairResult;
  /** How long tokens of every issuer live, on the clock of the workspace; each has its own default. */
  readonly tokenSeconds?: number;
  /** The service connections that are trusted without a secret; `databricks-dev` by default. */
  readonly connections?: readonly SandboxConnection[];
  /** Holds one folder per built task, for the pipelines that the organisation runs; the tasks of the agent alone without it. */
  readonly tasks?: string;
  /** Keeps the data of extensions of the organization from one start to the next. */
  readonly extensionDataFile?: string;
  /** How the agent runs those pipelines. */
  readonly agent?: AgentOptions;
  /** Serves everything over HTTPS at `localhost`; `ca`, in PEM, is whose certificate it is. */
  readonly tls?: TlsOptions & { readonly ca: string };
}

/**
 * All stand-ins that run together, on the clock of the workspace. Its first service principal is an application of
 * Entra too, and proves who it is by an OAuth secret at Databricks, and by a client secret or a token of one of the
 * service connections at Entra, or by such a token at Databricks (the policies have the ids of the connections). The managed identities of the machine, one of each
 * kind, are in the workspace as well. The cluster is one of AKS, which knows callers by their tokens of Entra.
 */
export interface Sandbox {
  readonly databricks: Databricks;
  readonly entra: Entra;
  readonly azure: Azure;
  readonly kubernetes: Kubernetes;
  /** The organisation, for the `collection` of `runPipeline`. */
  readonly devops: Organization;
  /** What a client needs to reach them, as JSON. */
  describe(): SandboxDescription;
  close(): Promise<void>;
}

export interface SandboxDescription {
  readonly databricks: {
    readonly url: string;
    /** Of the first user. */
    readonly token: string;
    /** OAuth client id and secret of the first service principal, where there is one. */
    readonly clientId?: string;
    readonly clientSecret?: string;
    /** At Azure. */
    readonly resourceId: string;
  };
  /** Its `url` is also that of the instance metadata service. */
  readonly entra: {
    readonly url: string;
    readonly tenantId: string;
    readonly clientId: string;
    readonly clientSecret: string;
    /** Of the identity that a user assigned; the other one needs no id. */
    readonly managedIdentityClientId: string;
  };
  readonly azure: {
    readonly url: string;
    readonly subscriptionId: string;
    readonly resourceGroup: string;
    /** Of AKS, in the resource group. */
    readonly clusterName: string;
    /** An HTTP proxy that knows the hosts of container groups, storage accounts and online endpoints, which no name server does. */
    readonly proxyUrl: string;
    /** The certificate authority of those hosts that are reached over HTTPS, in PEM. */
    readonly proxyCa: string;
  };
  readonly kubernetes: {
    readonly server: string;
    /** The certificate authority to trust, in PEM. */
    readonly ca: string;
    /** Of an administrator. */
    readonly token: string;
    readonly namespace: string;
  };
  readonly devops: {
    readonly url: string;
    readonly accessToken: string;
    /** Of an administrator of the organisation, with all scopes. */
    readonly personalAccessToken: string;
    readonly project: string;
    /** Where a job that no agent runs gets tokens for the service connection. */
    readonly oidcRequestUri: string;
    /** Of the first one, where there is one. */
    readonly serviceConnectionId?: string;
  };
}

const federationAudience = 'api://AzureADTokenExchange';
const tenantId = guidOf('tenant');
const subscriptionId = guidOf('subscription');
const resourceGroup = 'sandbox';
const groupOf = (name: string): string => `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
const group = `${groupOf(resourceGroup)}/providers`;
const resourceId = `${group}/Microsoft.Databricks/workspaces/sandbox`;
const location = 'westeurope';
const clusterName = 'sandbox';
/** Of Azure Machine Learning. */
const mlWorkspaceName = 'sandbox';
const namespace = 'models';
/** The ids are always the same, so that what the identities made in a saved state stays their own. */
const [machineIdentity, assignedIdentity] = [
  {
    clientId: guidOf('system-assigned identity'),
    objectId: guidOf('system-assigned identity object'),
    resourceId: `${group}/Microsoft.Compute/virtualMachines/agent`,
    isSystemAssigned: true,
  },
  {
    clientId: guidOf('user-assigned identity'),
    objectId: guidOf('user-assigned identity object'),
    resourceId: `${group}/Microsoft.ManagedIdentity/userAssignedIdentities/agent`,
  },
];

/** Starts every stand-in on a free loopback port, and lets each trust the others as the services do. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { tokenSeconds, tls, signingKeys, connections = [{ name: 'databricks-dev' }] } = options;
  // The organisation looks at the time before the workspace is there.
  let time: { now(): number } = Date;
  const clock = { now: () => time.now() };
  const secured = tls && { tls, issuerCa: tls.ca };
  const common = { clock, ...secured, ...(tokenSeconds !== undefined && { tokenSeconds }) };
  const principals = servicePrincipalsOf(options.databricks ?? {});
  const clientId = principals[0]?.applicationId ?? guidOf('application');
  const clientSecret = randomBytes(24).toString('base64url');

  const issuing = { ...common, ...(signingKeys && { signingKeys }) };
  const devops = await startLocalOrganization({
    ...issuing,
    tenantId,
    connections: connections.map(({ name, id }) => ({ name, ...(id !== undefined && { id }) })),
    tasks: options.tasks,
    agent: options.agent,
    extensionDataFile: options.extensionDataFile,
  });
  const { issuer } = devops;
  const federatedCredentials = connections.map(({ name }) => ({ issuer, subject: devops.subjectOf(name) }));
  const entra = await startEntra({
    ...issuing,
    tenantIds: [tenantId],
    applications: [
      {
        clientId,
        objectId: guidOf(`${clientId} object`),
        secrets: [{ value: clientSecret }],
        federatedCredentials,
      },
    ],
    managedIdentities: [machineIdentity, assignedIdentity],
  });
  const tokenIssuer = { issuer: entra.accessTokenIssuer(tenantId), jwksUri: entra.jwksUri };
  devops.trustEntra({ ...tokenIssuer, ...(tls && { ca: tls.ca }) });
  letApplicationIn(devops, clientId);
  const databricks: Databricks = await startDatabricks({
    ...options.databricks,
    ...secured,
    ...(tokenSeconds !== undefined && { accessTokenSeconds: tokenSeconds }),
    servicePrincipals: [
      ...principals,
      { applicationId: machineIdentity.clientId, displayName: 'Machine' },
      { applicationId: assignedIdentity.clientId, displayName: 'Agents' },
    ],
    entra: tokenIssuer,
    azureResourceId: resourceId,
    federationPolicies: [
      ...connections.map((connection) => ({
        id: connectionIdOf(connection),
        issuer,
        subject: devops.subjectOf(connection.name),
        audiences: [federationAudience],
        servicePrincipal: clientId,
      })),
      ...(options.databricks?.federationPolicies ?? []),
    ],
  });
  time = databricks.clock;
  const { host } = new URL(databricks.url);
  const workspace = { id: resourceId, name: 'sandbox', location, workspaceUrl: host };
  const kubernetes = await startKubernetes({
    ...options.kubernetes,
    namespaces: [...new Set([namespace, ...(options.kubernetes?.namespaces ?? [])])],
    authenticate: await aksUsers(tokenIssuer, clock, tls?.ca),
  });
  const clusterNamed = (inGroup: string, name: string): ManagedCluster => ({
    id: `${groupOf(inGroup)}/providers/Microsoft.ContainerService/managedClusters/${name}`,
    location,
    server: kubernetes.url,
    ca: kubernetes.ca,
    aadProfile: { tenantID: tenantId, managed: true, enableAzureRBAC: true },
    admin: { certificate },
  });
  const certificate = await kubernetes.issueClient('masterclient', [mastersGroup]);
  const { resourceGroups = [], clusters = [], mlWorkspaces = [], ...azureOptions } = options.azure ?? {};
  const mlWorkspaceNamed = (inGroup: string, name: string): MlWorkspace => ({
    id: `${groupOf(inGroup)}/providers/Microsoft.MachineLearningServices/workspaces/${name}`,
    location,
  });
  const azure = await startAzure({
    ...azureOptions,
    ...common,
    entra: tokenIssuer,
    resourceGroups: resourceGroups.map((name) => ({ id: groupOf(name), location })),
    workspaces: [{ ...workspace, workspaceId: databricks.workspaceId }],
    clusters: [
      clusterNamed(resourceGroup, clusterName),
      ...clusters.map((cluster) => clusterNamed(cluster.resourceGroup, cluster.name)),
    ],
    machineLearning: {
      ...azureOptions.machineLearning,
      workspaces: [
        mlWorkspaceNamed(resourceGroup, mlWorkspaceName),
        ...mlWorkspaces.map((workspace) => mlWorkspaceNamed(workspace.resourceGroup, workspace.name)),
      ],
    },
  });
  azure.machineLearning.settings.protocol = 'https'; // The proxy has certificates for its hosts.
  const proxy: JobProxy = await startJobProxy({
    urlOf: (host, port) => azure.urlOf(host, port),
    secureNames: ['*.blob.core.windows.net', `*.${location}.inference.ml.azure.com`],
  });

  const sandbox: Sandbox = {
    databricks,
    entra,
    azure,
    kubernetes,
    devops,
    describe: () => ({
      databricks: {
        url: databricks.url,
        token: databricks.token,
        ...(principals[0] && { clientId, clientSecret: principals[0].secret }),
        resourceId,
      },
      entra: {
        url: entra.url,
        tenantId,
        clientId,
        clientSecret,
        managedIdentityClientId: assignedIdentity.clientId,
      },
      azure: { url: azure.url, subscriptionId, resourceGroup, clusterName, proxyUrl: proxy.url, proxyCa: proxy.ca },
      kubernetes: { server: kubernetes.url, ca: kubernetes.ca, token: kubernetes.token, namespace },
      devops: {
        url: devops.url,
        accessToken: devops.accessToken,
        personalAccessToken: devops.personalAccessToken,
        project: devops.project,
        oidcRequestUri: devops.oidcRequestUri,
        ...(connections[0] && { serviceConnectionId: connectionIdOf(connections[0]) }),
      },
    }),
    close: async () => {
      await Promise.all([databricks, entra, azure, kubernetes, devops, proxy].map((each) => each.close()));
    },
  };
  const described = sandbox.describe();
  for (const connection of connections) completeConnection(devops, federatedConnection(connection, described));
  return sandbox;
}

/** Gives a connection of the organisation the addresses, which nobody knew when the organisation started. */
function completeConnection({ state }: Organization, connection: ConnectionOptions): void {
  const { type = '', url, scheme, parameters = {}, data = {} } = connection;
  const endpoints = state.of(ServiceEndpoints);
  const endpoint = endpoints.byId(connectionIdOf(connection));
  if (endpoint)
    endpoints.update(endpoint, { type, url, scheme, parameters: new Map(Object.entries(parameters)), data });
}

/** The application administers the project of the organisation. */
function letApplicationIn({ state, project }: Organization, clientId: string): void {
  const { identities, projects } = state;
  const application = identities.addServicePrincipal(clientId, guidOf(`${clientId} object`), 'Application');
  identities.addMember(application, identities.groupNamed('Project Administrators', projects.find(project)?.id));
}
