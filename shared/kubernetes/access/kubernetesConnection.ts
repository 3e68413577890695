import type { ServiceConnection } from '../../agent/agent';
import type { Context } from '../../agent/context';
import { InputError, messageOf, TaskError } from '../../errors';
import { FixedToken } from '../../identity/fixedToken';
import type { ClusterAccess } from '../client/clusterAccess';
import { readKubeconfig } from './kubeconfig';

/**
 * Reads a Kubernetes service connection (azure-pipelines-tasks, `kubectlutility.ts`): a kubeconfig, or the token and the
 * authority of a service account. Azure DevOps makes such an account itself where the connection was made from an Azure
 * subscription. Makes no call. Throws an InputError.
 */
export function kubernetesConnection(connection: ServiceConnection, context: Context): ClusterAccess {
  const kind = connection.data('authorizationType') ?? 'Kubeconfig';
  const namespace = connection.data('namespace');
  const access = kind.toLowerCase() === 'kubeconfig' ? byKubeconfig() : byServiceAccount();
  return { ...access, ...(namespace !== undefined && { namespace }) };

  function byKubeconfig(): ClusterAccess {
    const text = connection.authorization('kubeconfig');
    if (text === undefined) throw unusable('names a connection without a kubeconfig.');
    let read: ClusterAccess;
    try {
      read = readKubeconfig(text, context, connection.authorization('clusterContext'));
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      throw unusable(`names a connection that can't be used. ${messageOf(error)}`);
    }
    if (read.azureServerId !== undefined && !read.tokens)
      throw unusable(
        "names a connection whose kubeconfig signs in by kubectl's old way for Azure (auth-provider): " +
          'use an Azure Resource Manager connection.',
      );
    return read;
  }

  function byServiceAccount(): ClusterAccess {
    const token = connection.authorization('apiToken');
    const ca = connection.authorization('serviceAccountCertificate');
    if (token === undefined) throw unusable('names a connection without the token of a service account (apiToken).');
    const name = URL.canParse(connection.url) ? new URL(connection.url).hostname : connection.url;
    return {
      name,
      server: connection.url,
      tls: ca === undefined ? {} : { ca: decoded(ca) },
      tokens: new FixedToken(`the service account of the connection to ${name}`, decoded(token), context.agent),
    };
  }
}

/** Azure DevOps asks for both in base64, as a secret of Kubernetes holds them; people paste them decoded, too. */
function decoded(text: string): string {
  return /[.\s]|^-----/.test(text.trim()) ? text.trim() : Buffer.from(text, 'base64').toString('utf8').trim();
}

function unusable(problem: string): InputError {
  return new InputError([{ input: 'kubernetesConnection', problem }]);
}
