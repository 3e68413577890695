import type { Host } from '../../host/host';
import { fieldsOf, listOf, numberIn, optionalTextIn, textIn, type Fields } from '../../repository/git/answer';
import { explained } from '../../repository/git/refusal';

/** A pipeline that creates models: one that runs the file of the template. */
export interface OnboardingPipeline {
  readonly id: number;
  readonly name: string;
  /** From the root of the repository, without a slash at the beginning. */
  readonly path: string;
  readonly repositoryId: string;
  /** Whose YAML a run uses, without `refs/heads/`; undefined for the default branch of the repository. */
  readonly branch: string | undefined;
}

/** A run that was started. */
export interface StartedRun {
  /** Such as `20261130.1`. */
  readonly name: string;
  /** The page of the run. */
  readonly url: string;
}

/** The name of the file in the template, in whatever folder it is. */
const fileName = 'onboard_pipeline.yml';

/**
 * The pipelines of the project whose YAML is the onboarding pipeline of the template.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/build/definitions/list
 * @throws ExplainedError, RestError
 */
export async function onboardingPipelines({ rest, project }: Host): Promise<readonly OnboardingPipeline[]> {
  const url = `/${project.id}/_apis/build/definitions?includeAllProperties=true&queryOrder=definitionNameAscending&api-version=7.1`;
  try {
    return listOf(await rest.json({ method: 'GET', url }), 'pipelines').flatMap(pipelineOf);
  } catch (error) {
    throw explained(error, { purpose: 'list the pipelines of the project' });
  }
}

function pipelineOf(definition: Fields): readonly OnboardingPipeline[] {
  const { process, repository } = definition;
  if (typeof process !== 'object' || process === null || typeof repository !== 'object' || repository === null)
    return [];
  const path = optionalTextIn(fieldsOf(process, 'process'), 'yamlFilename')?.replace(/^\/+/, '');
  const { type, id, defaultBranch } = fieldsOf(repository, 'repository');
  const isOnboarding = path === fileName || path?.endsWith(`/${fileName}`) === true;
  if (!isOnboarding || String(type).toLowerCase() !== 'tfsgit' || typeof id !== 'string') return [];
  const branch = typeof defaultBranch === 'string' && defaultBranch !== '' ? defaultBranch : undefined;
  return [
    {
      id: numberIn(definition, 'id'),
      name: textIn(definition, 'name'),
      path,
      repositoryId: id,
      branch: branch?.replace(/^refs\/heads\//, ''),
    },
  ];
}

/**
 * Starts a run. Source: https://learn.microsoft.com/rest/api/azure/devops/pipelines/runs/run-pipeline
 * @throws ExplainedError, RestError
 */
export async function startRun(
  { rest, project }: Host,
  pipeline: OnboardingPipeline,
  parameters: Readonly<Record<string, string>>,
): Promise<StartedRun> {
  const { id, name, branch } = pipeline;
  const body = {
    templateParameters: parameters,
    ...(branch !== undefined && { resources: { repositories: { self: { refName: `refs/heads/${branch}` } } } }),
  };
  const url = `/${project.id}/_apis/pipelines/${id}/runs?api-version=7.1`;
  try {
    const run = fieldsOf(await rest.json({ method: 'POST', url, body }), 'run');
    const number = numberIn(run, 'id');
    const page = `${rest.organizationUrl}/${encodeURIComponent(project.name)}/_build/results?buildId=${number}`;
    return { name: optionalTextIn(run, 'name') ?? String(number), url: page };
  } catch (error) {
    throw explained(error, { purpose: 'start the pipeline', pipeline: name });
  }
}
