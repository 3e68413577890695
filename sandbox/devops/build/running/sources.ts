import { executableMode, readFiles } from '../../git/objects/files';
import { noObject } from '../../git/objects/objectStore';
import { GitStore } from '../../git/repositories/gitStore';
import type { Repository } from '../../git/repositories/repository';
import type { OrganizationState } from '../../organizationState';
import { ServiceEndpoints, referenceIn } from '../../resources/endpoints/serviceEndpoints';
import { VariableGroups } from '../../resources/variableGroups/variableGroups';
import { fullBranchName, type Definition } from '../definitions/definition';
import type { PipelineSource, RunnerConnection, SourceFiles } from './pipelineRunner';

/** What a run is asked for with. */
export interface RunRequest {
  readonly branch: string;
  readonly commit: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly predefined: Readonly<Record<string, string>>;
  /** Takes the place of the pipeline's file. */
  readonly yaml?: string;
}

export function repositoryOf(state: OrganizationState, { content }: Definition): Repository | undefined {
  const repository = state.of(GitStore).find(undefined, content.repository.id);
  return repository?.isDisabled === true ? undefined : repository;
}

/** The newest commit of a branch or tag, or of the source of a pull request; undefined when there is none. */
export function commitOf(state: OrganizationState, repository: Repository, ref: string): string | undefined {
  const pullRequest = /^refs\/pull\/(\d+)\/merge$/.exec(ref)?.[1];
  if (pullRequest !== undefined) {
    const merge = state.of(GitStore).pullRequests.get(Number(pullRequest))?.merge;
    return merge?.commit ?? merge?.source;
  }
  const commit = repository.objects.peel(repository.tipOf(fullBranchName(ref)));
  return commit === noObject || commit === '' ? undefined : commit;
}

export function filesOf({ objects }: Repository, commit: string): SourceFiles {
  const files = readFiles(objects, objects.readCommit(commit).tree);
  return new Map(
    [...files].flatMap(([path, { oid, mode }]) =>
      objects.isA('blob', oid)
        ? [[path, { content: objects.readBlob(oid), isExecutable: mode === executableMode }]]
        : [],
    ),
  );
}

/** All that an agent needs to run a pipeline at a commit. */
export function sourceOf(
  state: OrganizationState,
  definition: Definition,
  repository: Repository,
  { commit, parameters, variables, predefined, yaml }: RunRequest,
): PipelineSource {
  const { projectId, content } = definition;
  const own = [...(content.variables ?? [])].map(([name, variable]) => ({
    name,
    ...variable,
    value: variable.value ?? '',
  }));
  const plain = own.filter(({ isSecret }) => !isSecret).map(({ name, value }) => [name, value]);
  const secret = own.filter(({ isSecret }) => isSecret).map(({ name, value }) => [name, value]);
  const files = new Map(filesOf(repository, commit));
  if (yaml !== undefined) files.set(content.yamlFilename, { content: Buffer.from(yaml), isExecutable: false });
  return {
    file: content.yamlFilename,
    files,
    filesOf: (name, ref) => otherFiles(state, projectId, name, ref),
    parameters,
    variables: { ...(Object.fromEntries(plain) as Record<string, string>), ...variables },
    secrets: Object.fromEntries(secret) as Record<string, string>,
    variableGroups: groupsOf(state, projectId),
    connections: connectionsOf(state, projectId),
    predefined,
    collectionUrl: state.url(''),
  };
}

/** `repository`, or `Project/repository`. */
export function findRepositoryByName(
  state: OrganizationState,
  projectId: string,
  name: string,
): Repository | undefined {
  const [first = '', second] = name.split('/');
  const project = second === undefined ? projectId : state.projects.find(first)?.id;
  return project === undefined ? undefined : state.of(GitStore).find(project, second ?? first);
}

function otherFiles(
  state: OrganizationState,
  projectId: string,
  name: string,
  ref: string | undefined,
): SourceFiles | undefined {
  const repository = findRepositoryByName(state, projectId, name);
  const commit = repository && commitOf(state, repository, ref ?? repository.defaultBranch ?? 'main');
  return repository && commit !== undefined ? filesOf(repository, commit) : undefined;
}

function groupsOf(state: OrganizationState, projectId: string): PipelineSource['variableGroups'] {
  return Object.fromEntries(
    state
      .of(VariableGroups)
      .ofProject(projectId)
      .map(({ reference, variables }) => [
        reference.name,
        Object.fromEntries(
          [...variables].map(([name, { value, isSecret }]) => [
            name,
            isSecret ? { secret: value ?? '' } : (value ?? ''),
          ]),
        ),
      ]),
  );
}

function connectionsOf(state: OrganizationState, projectId: string): RunnerConnection[] {
  return state
    .of(ServiceEndpoints)
    .ofProject(projectId)
    .map((endpoint) => ({
      id: endpoint.id,
      name: referenceIn(endpoint, projectId)?.name ?? endpoint.name,
      type: endpoint.type,
      url: endpoint.url,
      scheme: endpoint.scheme,
      parameters: Object.fromEntries(endpoint.parameters),
      data: Object.fromEntries(
        Object.entries(endpoint.data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      ),
    }));
}
