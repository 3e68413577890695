import type { Devops } from '../../shared/devops/devops';
import type { Onboarded } from '../../shared/devops/onboarding/wanted';
import { linkOf } from '../../shared/devops/repository/templateUpdate/planTemplateUpdate';
import { stringifyJson } from '../../shared/json';
import { pathSegment } from '../../shared/pathSegment';

/** The output variables for what exists. */
export const onboardedOutputs = [
  'repositoryId',
  'repositoryUrl',
  'remoteUrl',
  'teamId',
  'pipelineIds',
  'pipelineUrls',
  'variableGroupIds',
  'environmentIds',
  'pullRequestUrl',
] as const;

/** The ids and pages of what exists; nothing is set for what does not. */
export function setOnboarded(
  { repository, team, pipelines, variableGroups, environments, pullRequest }: Onboarded,
  { url }: Devops,
  setOutput: (name: (typeof onboardedOutputs)[number], value: string) => void,
): void {
  if (repository) {
    setOutput('repositoryId', repository.id);
    setOutput('repositoryUrl', repository.webUrl);
    setOutput('remoteUrl', repository.remoteUrl.replace(/^(https?:\/\/)[^/@]*@/, '$1'));
    if (pullRequest) setOutput('pullRequestUrl', linkOf(repository, pullRequest));
    const home = `${url}/${pathSegment(repository.project.name)}/_build?definitionId=`;
    if (pipelines.length > 0) {
      const ids = pipelines.map(({ wanted, id }) => [wanted.entry.name, id] as const);
      setOutput('pipelineIds', stringifyJson(Object.fromEntries(ids)));
      setOutput('pipelineUrls', stringifyJson(Object.fromEntries(ids.map(([name, id]) => [name, `${home}${id}`]))));
    }
  }
  if (team) setOutput('teamId', team.id);
  if (variableGroups) setOutput('variableGroupIds', stringifyJson(Object.fromEntries(variableGroups)));
  if (environments) setOutput('environmentIds', stringifyJson(Object.fromEntries(environments)));
}
