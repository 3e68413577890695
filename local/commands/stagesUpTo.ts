import { namedSteps } from '../pipelines/namedTargets';
import { parametersOf } from '../pipelines/openPipelines';
import type { FoundRun } from './foundRun';

export interface DeployingStages {
  /** In the order of the pipeline, up to the last one that deploys to the environment; empty where none does. */
  readonly stages: readonly string[];
  /** All environments that the pipeline deploys to. */
  readonly environments: readonly string[];
}

/**
 * The stages that it takes to deploy to an environment of Azure DevOps. Stages after it, such as those of the next environment,
 * are not among them.
 * @throws PipelineError for a pipeline that cannot be run as it is written
 */
export function stagesUpTo(run: FoundRun, environment: string): DeployingStages {
  const { repository, request, resources, variableGroupsFile, tasks } = run;
  const steps = namedSteps({
    file: request.file,
    workingFolder: repository,
    tasks,
    parameters: parametersOf(request, run),
    repositories: resources ?? {},
    ...(variableGroupsFile !== undefined && { variableGroupsFile }),
  });
  const last = steps.findLastIndex((step) => step.environment?.toLowerCase() === environment.toLowerCase());
  return {
    stages: [...new Set(steps.slice(0, last + 1).map(({ stage }) => stage))],
    environments: [...new Set(steps.flatMap((step) => step.environment ?? []))],
  };
}
