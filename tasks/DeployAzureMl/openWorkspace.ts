import type { Context } from '../../shared/agent/context';
import { AssetsApi } from '../../shared/azure/machineLearning/api/assets';
import { WorkspaceClient } from '../../shared/azure/machineLearning/api/client';
import { DeploymentsApi } from '../../shared/azure/machineLearning/api/deployments';
import { EndpointApi } from '../../shared/azure/machineLearning/api/endpoints';
import { WorkspaceApi } from '../../shared/azure/machineLearning/api/workspace';
import { AssetSources } from '../../shared/azure/machineLearning/assets/contentAssets';
import type { RunParts } from '../../shared/azure/machineLearning/deploy/endpointRun';
import type { Progress } from '../../shared/azure/machineLearning/deploy/outcome';
import { Scoring } from '../../shared/azure/machineLearning/deploy/scoring';
import { openSubscription } from '../../shared/azure/resourceManager/openSubscription';
import { smokeTestOf } from '../../shared/task/smokeTestInputs';
import type { Given } from './inputs';

/** All that a step works with. */
export interface OpenWorkspace {
  readonly client: WorkspaceClient;
  readonly api: WorkspaceApi;
  readonly sources: AssetSources;
  readonly parts: RunParts;
  readonly scoring: Scoring;
}

/** Makes no call. */
export function openWorkspaceOf(
  given: Given,
  onProgress: (progress: Progress) => void,
  context: Context,
): OpenWorkspace {
  const { resourceGroup, workspaceName, endpointName } = given;
  const { arm, identity, subscriptionId } = openSubscription(given.azureConnection, context);
  const client = new WorkspaceClient(arm, { subscriptionId, resourceGroup, workspaceName }, context);
  const api = new WorkspaceApi(client);
  const endpoint = new EndpointApi(client, endpointName, context);
  const deployments = new DeploymentsApi(client, endpoint.path, context);
  return {
    client,
    api,
    sources: new AssetSources(new AssetsApi(client), api, client.workspaceId, identity),
    parts: { endpoint, deployments, onProgress },
    scoring: new Scoring(endpoint, identity, smokeTestOf(given), context),
  };
}
