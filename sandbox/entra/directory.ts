import { randomUUID } from 'node:crypto';

export interface ClientSecret {
  readonly value: string;
  /** Epoch milliseconds on the clock of the stand-in; never without it. */
  readonly expiresAt?: number;
}

/** Whose tokens an application takes for its own, as "workload identity federation" has it. All is compared exactly. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  /** `api://AzureADTokenExchange` without it. */
  readonly audience?: string;
}

/** An application with its service principal. What of it is changed counts from the next request on. */
export interface Application {
  readonly clientId: string;
  /** Of the service principal: `oid` and `sub` of its tokens. */
  readonly objectId: string;
  readonly tenantId: string;
  displayName: string;
  secrets: ClientSecret[];
  /** In PEM, with RSA keys. */
  certificates: string[];
  federatedCredentials: FederatedCredential[];
  isEnabled: boolean;
  /** Whether a Conditional Access policy for workload identities keeps it out. */
  isBlocked: boolean;
}

/** An identity of the machine that asks the instance metadata service. */
export interface ManagedIdentity {
  readonly clientId: string;
  readonly objectId: string;
  readonly tenantId: string;
  /** The Azure resource id: of the identity itself, or of the machine when the system assigned it. */
  readonly resourceId: string;
  /** Assigned by the system, not by a user; there is one at most. */
  readonly isSystemAssigned: boolean;
}

/** The tenants with all they hold; everything can be changed between two requests. */
export class Directory {
  /** By client id, in lower case. */
  readonly applications = new Map<string, Application>();
  /** By client id, in lower case. */
  readonly managedIdentities = new Map<string, ManagedIdentity>();
  /** What tokens are given for: ids and URIs of applications, without a slash at the end. */
  readonly resources = new Set(knownResources);

  constructor(
    /** Of the first tenant. */
    readonly tenantId: string,
    readonly tenantIds: ReadonlySet<string>,
    /** How long tokens live that are issued from now on. */
    public tokenSeconds: number,
  ) {}

  addApplication(options: Partial<Application> = {}): Application {
    const application = {
      clientId: randomUUID(),
      objectId: randomUUID(),
      tenantId: this.tenantId,
      displayName: 'Pipeline',
      secrets: [],
      certificates: [],
      federatedCredentials: [],
      isEnabled: true,
      isBlocked: false,
      ...options,
    };
    this.applications.set(application.clientId.toLowerCase(), application);
    return application;
  }

  /** Assigned by a user, if nothing else is said. */
  addManagedIdentity(options: Partial<ManagedIdentity> = {}): ManagedIdentity {
    const identity = {
      clientId: randomUUID(),
      objectId: randomUUID(),
      tenantId: this.tenantId,
      resourceId: `/subscriptions/${randomUUID()}/resourcegroups/agents/providers/Microsoft.ManagedIdentity/userAssignedIdentities/agent`,
      isSystemAssigned: false,
      ...options,
    };
    this.managedIdentities.set(identity.clientId.toLowerCase(), identity);
    return identity;
  }

  hasTenant(tenantId: string): boolean {
    return this.tenantIds.has(tenantId.toLowerCase());
  }

  hasResource(resource: string): boolean {
    return this.resources.has(resource.replace(/\/$/, ''));
  }
}

/**
 * Azure Databricks, Azure DevOps, Azure Resource Manager in the three clouds (two names each), Azure Kubernetes Service, Azure
 * Storage, Azure Machine Learning in the three clouds.
 */
const knownResources = [
  '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d',
  '499b84ac-1321-427f-aa17-267ca6975798',
  'https://management.azure.com',
  'https://management.core.windows.net',
  'https://management.usgovcloudapi.net',
  'https://management.core.usgovcloudapi.net',
  'https://management.chinacloudapi.cn',
  'https://management.core.chinacloudapi.cn',
  '6dae42f8-4368-4678-94ff-3960e28e3630',
  'https://storage.azure.com',
  'https://ml.azure.com',
  'https://ml.azure.us',
  'https://ml.azure.cn',
];
