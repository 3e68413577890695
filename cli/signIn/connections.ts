import type { ServiceConnection } from '../../shared/agent/agent';
import { TaskError } from '../../shared/errors';
import { azureClouds } from '../../shared/identity/azureCloud';
import { azureSubscription } from './azure/account';
import { organizationPlace } from './azure/organization';
import { registryAccount } from './containers/dockerCredentials';
import { kubeconfigText } from './containers/kubeconfigFiles';
import { databricksCredentials } from './databricks/credentials';
import { databricksSettings } from './databricks/settings';
import { azureCliTokens } from './programs/tokenPrograms';
import type { SignIn, SignInContext, SignInRequest } from './request';
import { SignInRequired } from './signInRequired';

type Parts = Omit<ServiceConnection, 'id'>;

/**
 * Finds out who signs in for a command: which inputs that means, and the connections that they name. Only what an option asks
 * for by its name, and the Git repository for commands of Azure DevOps, is looked up at once; credentials wait until they are
 * used. Rejects with a SignInRequired.
 */
export async function signInConnections(request: SignInRequest): Promise<SignIn> {
  const types = new Map(request.inputs.map(({ name, type }) => [type.replace(/^connectedService:/, ''), name]));
  const names = new Set(request.inputs.map(({ name }) => name));
  const values: Record<string, string> = {};
  const watch = new RefusalWatch();
  const connections = new Map<string, ServiceConnection>();
  const add = (id: string, open: () => Parts): string => {
    connections.set(id, watch.connection(id, open));
    return id;
  };
  if (types.has('databricksworkspace')) {
    if (request.options.workspaceUrl !== undefined) {
      Object.assign(values, { connectionType: 'azure', azureConnection: add('azure', () => azureParts(request)) });
    } else {
      const connection = add('databricks', () => databricksCredentials(request));
      Object.assign(values, { connectionType: 'databricks', connection });
    }
  } else if (types.has('externaltfs')) Object.assign(values, await devopsValues(request, add));
  else if (types.has('kubernetes') && usesKubeconfig(request))
    Object.assign(values, {
      connectionType: 'kubernetes',
      kubernetesConnection: add('kubeconfig', () => clusterParts(request)),
    });
  else if (types.has('AzureRM')) {
    values.azureConnection = add('azure', () => azureParts(request));
    if (names.has('connectionType')) values.connectionType = 'azure';
  }
  const { importConnection, registry } = request.options;
  if (importConnection !== undefined && types.has('git'))
    values[types.get('git') ?? ''] = add(importConnection, () => ({ url: '', scheme: 'None', ...without() }));
  if (registry !== undefined && names.has('registryPassword')) {
    const { username, password } = await registryAccount(registry, request);
    Object.assign(values, { registryServer: registry, registryUsername: username, registryPassword: password });
  }
  return {
    values,
    connection: (id) => connections.get(id),
    get isRefused() {
      return watch.isRefused;
    },
  };
}

function usesKubeconfig({ options }: SignInContext): boolean {
  return options.kubeconfig !== undefined || options.kubeContext !== undefined;
}

async function devopsValues(
  request: SignInRequest,
  add: (id: string, open: () => Parts) => string,
): Promise<Readonly<Record<string, string>>> {
  const { url, project } = await organizationPlace(request);
  const place = { ...(url !== undefined && { organizationUrl: url }), ...(project !== undefined && { project }) };
  const token = request.environment.AZURE_DEVOPS_EXT_PAT;
  if (!token || request.options.azure)
    return { ...place, connectionType: 'azure', azureConnection: add('azure', () => azureParts(request)) };
  request.setSecret(token);
  const open = (): Parts => {
    request.note('Azure DevOps: personal access token of AZURE_DEVOPS_EXT_PAT');
    const authorization = (name: string) => (name === 'apitoken' ? token : undefined);
    // Without an organization the inputs are refused, as in a pipeline.
    return { url: url ?? '', scheme: 'Token', ...without(), authorization };
  };
  return { ...place, connectionType: 'token', devopsConnection: add('azure-devops', open) };
}

/** A connection to Azure as the user of the Azure CLI. */
function azureParts(request: SignInContext): Parts {
  const { tenant, subscription } = request.options;
  const issuer = azureCliTokens({ tenant: tenant ?? profileTenant(request), subscription }, request);
  const known = (): ReturnType<typeof azureSubscription> => azureSubscription(request);
  // Without a subscription, such as for Azure DevOps and Databricks, it is the public cloud.
  const cloudName = (): string => (hasSubscription(request) ? known().environmentName : 'AzureCloud');
  return {
    get url() {
      const name = cloudName();
      return azureClouds.find((cloud) => cloud.name === name)?.resourceManager ?? '';
    },
    scheme: 'AzureCli',
    authorization: () => undefined,
    data: (field) =>
      field === 'environment' ? cloudName() : field.toLowerCase() === 'subscriptionid' ? known().id : undefined,
    issuer,
  };
}

function hasSubscription(request: SignInContext): boolean {
  try {
    return azureSubscription(request).id !== '';
  } catch (error) {
    if (error instanceof SignInRequired) return false;
    throw error;
  }
}

/** The tenant that a profile names, where one is named. */
function profileTenant(request: SignInContext): string | undefined {
  return request.options.profile === undefined ? undefined : databricksSettings(request).values.azure_tenant_id;
}

function clusterParts(request: SignInContext): Parts {
  const text = kubeconfigText(request);
  request.setSecret(text);
  const { kubeContext } = request.options;
  request.note(
    `Kubernetes: ${kubeContext === undefined ? 'the current context' : `context ${kubeContext}`} of the kubeconfig`,
  );
  return {
    url: '',
    scheme: 'Kubernetes',
    authorization: (name) => (name === 'kubeconfig' ? text : name === 'clusterContext' ? kubeContext : undefined),
    data: (field) => (field === 'authorizationType' ? 'Kubeconfig' : undefined),
  };
}

function without(): Pick<Parts, 'authorization' | 'data'> {
  return { authorization: () => undefined, data: () => undefined };
}

/** Opens connections when they are used, and remembers whether that was refused. */
class RefusalWatch {
  isRefused = false;

  connection(id: string, open: () => Parts): ServiceConnection {
    let opened: Parts | undefined;
    const parts = (): Parts => this.#watched(() => (opened ??= open()));
    const watched = <Value>(read: () => Value): Value => this.#watched(read);
    const refuse = (): void => {
      this.isRefused = true;
    };
    return {
      id,
      get url() {
        return watched(() => parts().url);
      },
      get scheme() {
        return parts().scheme;
      },
      authorization: (name) => watched(() => parts().authorization(name)),
      data: (field) => watched(() => parts().data(field)),
      get issuer() {
        const { issuer } = parts();
        return (
          issuer && {
            get identity() {
              return issuer.identity;
            },
            issue: (resource: string, signal: AbortSignal) =>
              issuer.issue(resource, signal).catch((error: unknown) => {
                if (error instanceof TaskError && !signal.aborted) refuse();
                throw error;
              }),
          }
        );
      },
    };
  }

  #watched<Value>(read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      if (error instanceof SignInRequired) this.isRefused = true;
      throw error;
    }
  }
}
