import type { Problems } from '../pipelineError';
import type { Resources } from '../resources/resources';
import { findAlias, findRepository, whyNoArtifacts, whyNoRepository, type StandIns } from '../resources/standIns';
import type { StepPlan } from './plan';

/** Checks that something on this machine stands in for what a step takes from elsewhere. */
export function checkResourceStep(step: StepPlan, resources: Resources, standIns: StandIns, problems: Problems): void {
  if (step.kind === 'checkout' && !['self', 'none'].includes(step.source)) {
    const repository = findRepository(step.source, resources);
    const why = repository
      ? whyNoRepository(standIns, repository)
      : `'resources' declares no repository with the alias '${step.source}'`;
    if (why !== undefined) problems.add(why, step.at);
  }
  // What nobody wrote is left out when there is nothing to download, and said so.
  if (step.kind === 'download' && !['current', 'none'].includes(step.source) && !step.isImplicit) {
    const run = findAlias(resources.runs, step.source);
    const why = run
      ? whyNoArtifacts(standIns, run.alias, run.source)
      : `'resources' declares no pipeline with the alias '${step.source}'`;
    if (why !== undefined) problems.add(why, step.at);
  }
}
