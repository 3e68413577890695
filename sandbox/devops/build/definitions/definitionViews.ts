import type { OrganizationState } from '../../organizationState';
import { projectReference } from '../../projects/projectViews';
import { GitStore } from '../../git/repositories/gitStore';
import { personView } from '../../resources/person';
import { VariableGroups } from '../../resources/variableGroups/variableGroups';
import { variableViews } from '../../resources/variableGroups/variableGroup';
import { Queues } from '../pools/queues';
import type { Definition, DefinitionContent } from './definition';

/** As builds show the pipeline that they are of. */
export function definitionReference(
  state: OrganizationState,
  { id, projectId, content, revision }: Definition,
): object {
  return {
    drafts: [],
    id,
    name: content.name,
    url: state.url(`${projectId}/_apis/build/Definitions/${id}?revision=${revision}`),
    uri: `vstfs:///Build/Definition/${id}`,
    path: content.path,
    type: 'build',
    queueStatus: content.queueStatus,
    revision,
    project: projectView(state, projectId),
  };
}

/** As lists show a pipeline. */
export function definitionSummary(state: OrganizationState, definition: Definition): object {
  const { id, projectId, content, createdDate } = definition;
  const { drafts, project, ...reference } = definitionReference(state, definition) as Record<string, unknown>;
  const home = state.url(projectId);
  return {
    _links: {
      self: { href: reference['url'] },
      web: { href: `${home}/_build/definition?definitionId=${id}` },
      editor: { href: `${home}/_build/designer?id=${id}&_a=edit-build-definition` },
      badge: { href: `${home}/_apis/build/status/${id}` },
    },
    quality: 'definition',
    authoredBy: personView(state, definition.authorId),
    drafts,
    ...queueOf(state, projectId, content),
    ...reference,
    createdDate: state.time(createdDate),
    project,
  };
}

/** As a read of one pipeline shows it. */
export function definitionView(state: OrganizationState, definition: Definition): object {
  const { content } = definition;
  return {
    triggers: content.triggers,
    ...(content.variables && { variables: variablesOf(content) }),
    ...(content.variableGroupIds && { variableGroups: groupsOf(state, definition) }),
    properties: content.properties,
    tags: content.tags,
    _links: (definitionSummary(state, definition) as Record<string, unknown>)['_links'],
    ...(content.comment !== undefined && { comment: content.comment }),
    ...(content.description !== undefined && { description: content.description }),
    jobAuthorizationScope: content.jobAuthorizationScope,
    process: { yamlFilename: content.yamlFilename, type: 2 },
    repository: repositoryOf(state, definition),
    ...definitionSummary(state, definition),
  };
}

/** No secret has its value, and a flag that is not set does not show. */
function variablesOf({ variables = new Map() }: DefinitionContent): object {
  return Object.fromEntries(
    [...variables].map(([name, { value, isSecret, allowOverride }]) => [
      name,
      {
        value: isSecret ? null : value,
        ...(allowOverride && { allowOverride }),
        ...(isSecret && { isSecret }),
      },
    ]),
  );
}

function groupsOf(state: OrganizationState, { content }: Definition): object[] {
  return (content.variableGroupIds ?? []).flatMap((id) => {
    const group = state.of(VariableGroups).byId(id);
    if (!group) return [];
    const { name, description } = group.reference;
    return [{ variables: variableViews(group.variables), type: group.type, name, description, id }];
  });
}

function repositoryOf(state: OrganizationState, { content: { repository } }: Definition): object {
  const { id, defaultBranch, properties, clean, checkoutSubmodules } = repository;
  return {
    ...(properties && { properties }),
    ...repositoryReference(state, id),
    ...(defaultBranch !== undefined && { defaultBranch }),
    clean,
    checkoutSubmodules,
  };
}

/** As pipelines and builds name a repository. */
export function repositoryReference(state: OrganizationState, id: string): object {
  const repository = state.of(GitStore).find(undefined, id);
  const project = repository && state.projects.find(repository.projectId);
  const [name, owner] = [repository?.name ?? '', project?.name ?? ''];
  return {
    id,
    type: 'TfsGit',
    name,
    url: state.url(`${encodeURIComponent(owner)}/_git/${encodeURIComponent(name)}`),
  };
}

function queueOf(state: OrganizationState, projectId: string, { queueId }: DefinitionContent): object {
  const queue = queueId === undefined ? undefined : state.of(Queues).byId(projectId, queueId);
  if (!queue) return {};
  const url = state.url(`_apis/build/Queues/${queue.id}`);
  const { id, name, isHosted } = queue.pool;
  return {
    queue: { _links: { self: { href: url } }, id: queue.id, name: queue.name, url, pool: { id, name, isHosted } },
  };
}

export function projectView(state: OrganizationState, projectId: string): object {
  const project = state.projects.find(projectId);
  return project ? projectReference(state, project) : { id: projectId };
}
