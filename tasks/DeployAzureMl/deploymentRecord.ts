import type { Progress, ResultState } from '../../shared/azure/machineLearning/deploy/outcome';
import type { DeploymentRecord } from '../../shared/records/runRecord';
import type { Given } from './inputs';

interface Step {
  readonly inputs: Given;
  readonly progress: Progress & { readonly modelVersion?: string };
  readonly resultState: ResultState;
  readonly isSuccessful: boolean;
}

/** What a step did to an endpoint, as pages that show the run see it. */
export function deploymentRecord({ inputs, progress, resultState, isSuccessful }: Step): DeploymentRecord {
  const { action, endpointName, resourceGroup, modelName, databricksModel, image, strategy, canaryPercent } = inputs;
  const { deploymentName = '', modelVersion, scoringUri } = progress;
  return {
    kind: 'deployment',
    target: 'azureMl',
    service: deploymentName === '' ? endpointName : `${endpointName}/${deploymentName}`,
    action,
    result: resultState,
    isSuccessful,
    resourceGroup,
    model: action === 'deploy' ? { name: modelName ?? databricksModel, version: modelVersion } : undefined,
    image,
    scoringUri,
    strategy: action === 'deploy' ? strategy : undefined,
    canaryPercent: resultState === 'Canary' ? canaryPercent : undefined,
    replicas: inputs.replicas,
    minReplicas: inputs.minReplicas,
    maxReplicas: inputs.maxReplicas,
  };
}
