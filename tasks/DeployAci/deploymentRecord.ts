import type { DeploymentRecord } from '../../shared/records/runRecord';
import type { ContainerGroup } from '../../shared/azure/containerGroups/containerInstances';
import { imageOf, scoringUriOf } from '../../shared/azure/containerGroups/summary';

export interface GroupOutcome {
  readonly name: string;
  readonly resourceGroup: string;
  readonly action: string;
  readonly model: DeploymentRecord['model'];
  readonly scoringPath: string;
  /** The group as it was seen last. */
  readonly group: ContainerGroup | undefined;
  readonly previousImage: string;
  /** What was done; undefined where the step failed. */
  readonly change: string | undefined;
}

/** What a step did to a container group, as pages that show the run see it. */
export function deploymentRecord(outcome: GroupOutcome): DeploymentRecord {
  const { name, resourceGroup, action, model, scoringPath, group, previousImage, change } = outcome;
  return {
    kind: 'deployment',
    target: 'containerInstances',
    service: group?.name ?? name,
    action,
    result: change ?? 'Failed',
    isSuccessful: change !== undefined,
    resourceGroup,
    location: group?.location,
    model,
    image: (group && imageOf(group)) || undefined,
    previousImage: previousImage || undefined,
    scoringUri: (group && scoringUriOf(group, scoringPath)) || undefined,
    // A container group has no replicas.
    replicas: group === undefined ? undefined : 1,
  };
}
