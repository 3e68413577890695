import type { OrganizationState } from '../organizationState';
import { findProcess } from './processes';
import type { Project } from './project';

/** As lists and other resources show a project. */
export function projectReference(state: OrganizationState, project: Project): object {
  const { id, name, description, revision, visibility, lastUpdateTime } = project;
  return {
    id,
    name,
    ...(description !== undefined && { description }),
    url: state.url(`_apis/projects/${id}`),
    state: 'wellFormed',
    revision,
    visibility,
    lastUpdateTime: state.time(lastUpdateTime),
  };
}

/** As a read of one project shows it. */
export function projectView(state: OrganizationState, project: Project, includesCapabilities: boolean): object {
  const { id, name } = project;
  const url = state.url(`_apis/projects/${id}`);
  const team = state.teams.byId(project.defaultTeamId);
  return {
    ...projectReference(state, project),
    ...(includesCapabilities && { capabilities: capabilitiesOf(project) }),
    _links: {
      self: { href: url },
      collection: { href: state.url(`_apis/projectCollections/${state.collectionId}`) },
      web: { href: state.url(encodeURIComponent(name)) },
    },
    ...(team && {
      defaultTeam: {
        id: team.id,
        name: team.identity.displayName,
        url: state.url(`_apis/projects/${id}/teams/${team.id}`),
      },
    }),
  };
}

function capabilitiesOf({ processId }: Project): object {
  return {
    processTemplate: { templateName: findProcess(processId)?.name ?? '', templateTypeId: processId },
    versioncontrol: { sourceControlType: 'Git', gitEnabled: 'True', tfvcEnabled: 'False' },
  };
}
