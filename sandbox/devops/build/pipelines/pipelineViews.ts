import type { OrganizationState } from '../../organizationState';
import type { Build } from '../builds/build';
import type { Definition } from '../definitions/definition';

/** A pipeline as the newer API shows it. */
export function pipelineView(state: OrganizationState, { id, projectId, content, revision }: Definition): object {
  const url = state.url(`${projectId}/_apis/pipelines/${id}?revision=${revision}`);
  return {
    _links: {
      self: { href: url },
      web: { href: state.url(`${projectId}/_build/definition?definitionId=${id}`) },
    },
    configuration: {
      path: content.yamlFilename,
      repository: { id: content.repository.id, type: 'azureReposGit' },
      type: 'yaml',
    },
    url,
    id,
    revision,
    name: content.name,
    folder: content.path,
  };
}

const states: Readonly<Record<Build['status'], string>> = {
  notStarted: 'inProgress',
  inProgress: 'inProgress',
  cancelling: 'canceling',
  completed: 'completed',
};

/** A run as the newer API shows it; what succeeded in part has succeeded. */
export function runView(state: OrganizationState, build: Build): object {
  const { id, projectId, definition, result } = build;
  const url = state.url(`${projectId}/_apis/pipelines/${definition.id}/runs/${id}`);
  const { id: pipelineId, content, revision } = definition;
  return {
    _links: {
      self: { href: url },
      web: { href: state.url(`${projectId}/_build/results?buildId=${id}`) },
      'pipeline.web': { href: state.url(`${projectId}/_build/definition?definitionId=${pipelineId}`) },
      pipeline: { href: state.url(`${projectId}/_apis/pipelines/${pipelineId}?revision=${revision}`) },
    },
    templateParameters: build.parameters,
    pipeline: {
      url: state.url(`${projectId}/_apis/pipelines/${pipelineId}?revision=${revision}`),
      id: pipelineId,
      revision,
      name: content.name,
      folder: content.path,
    },
    state: states[build.status],
    ...(result !== undefined && { result: result === 'partiallySucceeded' ? 'succeeded' : result }),
    createdDate: state.time(build.queueTime),
    ...(build.finishTime !== undefined && { finishedDate: state.time(build.finishTime) }),
    url,
    resources: {
      repositories: {
        self: {
          repository: { id: content.repository.id, type: 'azureReposGit' },
          refName: build.sourceBranch,
          version: build.sourceVersion,
        },
      },
    },
    id,
    name: build.buildNumber,
  };
}
