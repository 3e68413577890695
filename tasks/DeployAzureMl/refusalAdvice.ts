import { RefusedError } from '../../shared/azure/machineLearning/deploy/runSteps';
import { TaskError } from '../../shared/errors';

const advice: Readonly<Record<RefusedError['reason'], string>> = {
  foreignSlot: "Set 'deploymentName' to another name, or delete that deployment.",
  liveSlot: "Leave 'deploymentName' empty or set it to another name, or set 'strategy' to rolling.",
  slotWithTraffic: "Run the action promote or reject first, or set 'deploymentName' to another name.",
  foreignEndpoint: 'Delete the endpoint in the studio of Azure Machine Learning, and run again.',
  compute: "Correct 'computeName', or set 'endpointName' to another name.",
  authMode: "Leave 'authMode' empty, or set 'endpointName' to another name.",
  identity: "Correct 'identityId', or set 'endpointName' to another name.",
  noEndpoint: "Check 'endpointName', or deploy first.",
  noCanary: "Deploy with 'strategy: canary' first, or name the deployment in 'deploymentName'.",
  nothingBefore: 'Deploy the version that is wanted instead.',
};

/** Adds to a refusal which input to change. */
export function withAdvice(error: unknown): unknown {
  return error instanceof RefusedError
    ? new TaskError(`${error.message} ${advice[error.reason]}`, { cause: error })
    : error;
}
