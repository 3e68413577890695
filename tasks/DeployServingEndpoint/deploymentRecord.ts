import type { EndpointFacts } from '../../shared/databricks/serving/request';
import type { Served } from '../../shared/databricks/serving/traffic/served';
import type { DeploymentRecord } from '../../shared/records/runRecord';
import type { Given } from './inputs';

/** What a step did to a serving endpoint, as pages that show the run see it. What is not known is left out. */
export function deploymentRecord(
  { action, endpointName, catalogModel, strategy, canaryPercent }: Given,
  { resultState, modelVersion, servedEntity, scoringUri }: Partial<EndpointFacts>,
  { isSuccessful, present }: Outcome,
): DeploymentRecord {
  const name = catalogModel ?? present.find((one) => one.name === servedEntity)?.model;
  const described: Partial<DeploymentRecord> =
    action === 'deploy' ? { strategy, canaryPercent: strategy === 'canary' ? canaryPercent : undefined } : {};
  return {
    kind: 'deployment',
    target: 'databricksServing',
    service: endpointName,
    action,
    result: resultState ?? (isSuccessful ? 'Succeeded' : 'Failed'),
    isSuccessful,
    ...described,
    model: name === undefined && modelVersion === undefined ? undefined : { name, version: modelVersion },
    scoringUri,
  };
}

interface Outcome {
  readonly isSuccessful: boolean;
  /** What serves, as far as it is known. */
  readonly present: readonly Served[];
}
