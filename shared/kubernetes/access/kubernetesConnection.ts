import type { ServiceConnection } from '../../agent/agent';
import type { Context } from '../../agent/context';
import { pasted, pastedProblem } from '../../agent/pasted';
import { messageOf, TaskError, UnusableError } from '../../errors';
import { FixedToken } from '../../identity/fixedToken';
import type { ClusterAccess } from '../client/clusterAccess';
import { readKubeconfig } from './kubeconfig';

/**
 * Reads a Kubernetes service connection (azure-pipelines-tasks, `kubectlutility.ts`): a kubeconfig, or the token and the
 * certificate authority of a service account. Azure DevOps creates such an account itself for a connection that was created
 * from an Azure subscription. Makes no call. Throws an UnusableError when the connection can't be used.
 */
export function kubernetesConnection(connection: ServiceConnection, context: Context): ClusterAccess {
  const kind = connection.data('authorizationType') ?? 'Kubeconfig';
  const namespace = connection.data('namespace');
  const access = kind.toLowerCase() === 'kubeconfig' ? byKubeconfig() : byServiceAccount();
  return { ...access, ...(namespace !== undefined && { namespace }) };

  function byKubeconfig(): ClusterAccess {
    const text = connection.authorization('kubeconfig');
    if (text === undefined) throw unusable('has no kubeconfig.');
    let read: ClusterAccess;
    try {
      read = readKubeconfig(text, context, connection.authorization('clusterContext'));
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      throw unusable(`can't be used. ${messageOf(error)}`);
    }
    if (read.azureServerId !== undefined && !read.tokens)
      throw unusable(
        "has a kubeconfig that signs in with kubectl's retired plugin for Azure (auth-provider): " +
          'use an Azure Resource Manager connection.',
      );
    return read;
  }

  function byServiceAccount(): ClusterAccess {
    const given = pasted(connection.authorization('apiToken'));
    const ca = pasted(connection.authorization('serviceAccountCertificate'));
    if (given === undefined) throw unusable('has no token of a service account (apiToken).');
    const token = decoded(given);
    const problem = pastedProblem(token, 'a token of a service account', 'token');
    if (problem !== undefined) throw unusable(problem);
    const name = URL.canParse(connection.url) ? new URL(connection.url).hostname : connection.url;
    return {
      name,
      server: connection.url,
      tls: ca === undefined ? {} : { ca: decoded(ca) },
      tokens: new FixedToken(`the service account of the connection to ${name}`, token, context.agent),
    };
  }
}

/** Azure DevOps asks for both in base64, as a Kubernetes Secret holds them; people also paste them decoded, or in several lines. */
function decoded(text: string): string {
  return /\.|^-----/.test(text) ? text : Buffer.from(text, 'base64').toString('utf8').trim();
}

function unusable(problem: string): UnusableError {
  return new UnusableError('The Kubernetes connection', problem);
}
