import type { Context } from '../../shared/agent/context';
import { clusterIdOf, clusterTokens, openCluster } from '../../shared/azure/aks';
import { openSubscription } from '../../shared/azure/resourceManager/openSubscription';
import { InputError, TaskError } from '../../shared/errors';
import { NetworkError } from '../../shared/http/errors';
import { KubernetesClient } from '../../shared/kubernetes/client/client';
import { readKubeconfig } from '../../shared/kubernetes/access/kubeconfig';
import { kubernetesConnection } from '../../shared/kubernetes/access/kubernetesConnection';
import { deployments } from '../../shared/kubernetes/client/resource';
import type { Given } from './inputs';

/** Opens the cluster that the inputs name, in a namespace; the default is that of the connection. Throws a TaskError. */
export async function openKubernetes(
  inputs: Given,
  namespace: string | undefined,
  context: Context,
): Promise<KubernetesClient> {
  const { azureConnection, kubernetesConnection: direct } = inputs;
  if (azureConnection) return await openAks(azureConnection, inputs, namespace, context);
  if (!direct) throw new InputError([{ input: 'kubernetesConnection', problem: 'is required.' }]);
  const access = kubernetesConnection(direct, context);
  return KubernetesClient.open(access, context, namespace ?? access.namespace);
}

async function openAks(
  connection: NonNullable<Given['azureConnection']>,
  { resourceGroup = '', clusterName = '', clusterResourceId, useClusterAdmin }: Given,
  namespace: string | undefined,
  context: Context,
): Promise<KubernetesClient> {
  const { arm, identity, subscriptionId } = openSubscription(connection, context);
  const id = clusterResourceId ?? clusterIdOf(subscriptionId, resourceGroup, clusterName);
  const { name, kubeconfig, isPrivate } = await openCluster(arm, { id, isAdmin: useClusterAdmin });
  const access = readKubeconfig(kubeconfig, context);
  const { azureServerId } = access;
  const tokens = azureServerId === undefined ? access.tokens : clusterTokens(identity, azureServerId);
  const client = KubernetesClient.open({ ...access, name, ...(tokens && { tokens }) }, context, namespace);
  if (isPrivate) await checkReachable(client, name, context);
  return client;
}

async function checkReachable(client: KubernetesClient, name: string, { agent }: Context): Promise<void> {
  try {
    await client.canI({ verb: 'get', resource: deployments });
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    throw new TaskError(
      `The cluster '${name}' is private: its API server is reachable only from its virtual network. ` +
        `Run ${agent.words.thisStep} on a machine in that network, or in a network that is peered with it. ${error.message}`,
      { cause: error },
    );
  }
}
