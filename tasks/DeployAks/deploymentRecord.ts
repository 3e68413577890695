import type { DeploymentRecord } from '../../shared/records/runRecord';
import type { ServiceFacts } from '../../shared/kubernetes/deploy/request';
import { labels } from '../../shared/kubernetes/manifest/labels';
import type { Release } from '../../shared/kubernetes/manifest/release';
import type { Given } from './inputs';

/** What a step did to a service, as pages that show the run see it. What is not known is left out. */
export function deploymentRecord(
  inputs: Given,
  release: Release,
  { namespace, facts, isSuccessful }: Outcome,
): DeploymentRecord {
  const { action, strategy, canaryPercent } = inputs;
  const [deployment] = release.deployments;
  const marks = { ...deployment?.metadata?.labels, ...deployment?.metadata?.annotations };
  const [autoscaler] = release.autoscalers;
  // Other actions name the service only: what is told of its new version is a placeholder.
  const described: Partial<DeploymentRecord> =
    action === 'deploy'
      ? {
          strategy,
          canaryPercent: strategy === 'canary' ? canaryPercent : undefined,
          model: { name: marks[labels.modelName], version: marks[labels.modelVersion] },
          replicas: autoscaler ? undefined : deployment?.spec?.replicas,
          minReplicas: autoscaler?.spec?.minReplicas,
          maxReplicas: autoscaler?.spec?.maxReplicas,
        }
      : {};
  const { resultState, image, digest, previousImage, scoringUri } = facts;
  return {
    kind: 'deployment',
    target: 'kubernetes',
    service: release.name,
    action,
    result: resultState ?? (isSuccessful ? 'Succeeded' : 'Failed'),
    isSuccessful,
    resourceGroup: inputs.resourceGroup,
    cluster: inputs.clusterName ?? inputs.clusterResourceId?.split('/').at(-1),
    namespace,
    ...described,
    image,
    digest,
    previousImage,
    scoringUri,
  };
}

interface Outcome {
  readonly namespace: string | undefined;
  readonly facts: Partial<ServiceFacts>;
  readonly isSuccessful: boolean;
}
