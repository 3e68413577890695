import { identityReference, teamIdentityView } from '../identities/identityViews';
import { namespaceIds } from '../identities/namespaces';
import { requirePermission } from '../identities/requirePermission';
import type { OrganizationState } from '../organizationState';
import { pageOf } from '../rest/paging';
import { objectIn, requiredText, textAt } from '../rest/requestBody';
import { created, type DevopsRequest, listOf, location, noContent, ok, type Reply } from '../rest/route';
import type { Router } from '../rest/router';
import { teamNotFound } from './errors';
import { findProject, seesProject } from './findProject';
import type { Project } from './project';
import { projectToken } from './projectGroups';
import { type Team, teamToken } from './teams';

/** Teams and who is in them. */
export function addTeamRoutes(router: Router): void {
  router.add({
    location: location(
      'd30a3dd1-f8ba-442a-b86a-bd0c0c383e59',
      'core',
      'teams',
      '_apis/projects/{projectId}/{resource}/{*teamId}',
      [3, '1.0', '7.2', '7.1'],
    ),
    handlers: {
      GET: (request) => (request.parameters['teamId'] === undefined ? list(request) : read(request)),
      POST: create,
      PATCH: update,
      DELETE: remove,
    },
    scopes: {
      GET: 'vso.project',
      POST: 'vso.project_manage',
      PATCH: 'vso.project_write',
      DELETE: 'vso.project_manage',
    },
  });
  router.add({
    location: location(
      '294c494c-2600-4d7e-b76c-3dd50c3c95be',
      'core',
      'members',
      '_apis/projects/{projectId}/teams/{teamId}/{resource}',
      [2, '1.0', '7.2', '7.1'],
    ),
    handlers: { GET: readMembers },
    scopes: { GET: 'vso.project' },
  });
  router.add({
    location: location('7a4d9ee9-3433-4347-b47a-7a80f1cf307e', 'core', 'teams', '_apis/{resource}', [
      3,
      '4.1',
      '7.2',
      '0.0',
    ]),
    handlers: { GET: listAll },
    scopes: { GET: 'vso.project' },
  });
}

function projectOf({ organization, caller, parameters: { projectId = '' } }: DevopsRequest): Project {
  return findProject(organization, caller, projectId);
}

/** @throws OrganizationError */
function teamOf(request: DevopsRequest, project: Project): Team {
  const { teamId = '' } = request.parameters;
  const team = request.organization.teams.find(project, teamId);
  if (!team) throw teamNotFound(teamId);
  return team;
}

function teamView(organization: OrganizationState, project: Project, team: Team, hasIdentity: boolean): object {
  const { id, identity } = team;
  return {
    id,
    name: identity.displayName,
    url: organization.url(`_apis/projects/${project.id}/teams/${id}`),
    description: identity.description,
    identityUrl: organization.url(`_apis/Identities/${id}`, 'vssps'),
    projectName: project.name,
    projectId: project.id,
    ...(hasIdentity && { identity: teamIdentityView(organization, identity) }),
  };
}

const expandsIdentity = (query: URLSearchParams) => query.get('$expandIdentity')?.toLowerCase() === 'true';

function page({ organization, caller, query }: DevopsRequest, projects: readonly Project[]): Reply {
  const isMine = query.get('$mine')?.toLowerCase() === 'true';
  const found = projects.flatMap((project) =>
    organization.teams
      .list(project)
      .filter(({ identity }) => !isMine || organization.identities.isMember(caller.identity, identity))
      .map((team) => ({ project, team })),
  );
  // Without `$top` the service shows 100 teams.
  const { page: shown, headers } = pageOf(found, query, { size: 100 });
  return listOf(
    shown.map(({ project, team }) => teamView(organization, project, team, expandsIdentity(query))),
    headers,
  );
}

const list = (request: DevopsRequest): Reply => page(request, [projectOf(request)]);

function listAll(request: DevopsRequest): Reply {
  const { organization, caller } = request;
  return page(
    request,
    organization.projects.all().filter((project) => seesProject(caller, project)),
  );
}

function read(request: DevopsRequest): Reply {
  const project = projectOf(request);
  return ok(teamView(request.organization, project, teamOf(request, project), expandsIdentity(request.query)));
}

/** Only administrators of the project make teams. */
function create(request: DevopsRequest): Reply {
  const { organization, caller } = request;
  const project = projectOf(request);
  requirePermission(request, namespaceIds.project, projectToken(project), 2, project.name);
  const body = objectIn(request.body, 'team');
  const team = organization.teams.create(
    project,
    requiredText(body, 'name'),
    textAt(body, 'description'),
    caller.identity,
  );
  return created(teamView(organization, project, team, true));
}

function update(request: DevopsRequest): Reply {
  const { organization } = request;
  const project = projectOf(request);
  const team = teamOf(request, project);
  requirePermission(request, namespaceIds.identity, teamToken(team), 2, team.identity.displayName);
  const body = objectIn(request.body, 'teamData');
  organization.teams.update(project, team, textAt(body, 'name'), textAt(body, 'description'));
  return ok(teamView(organization, project, team, true));
}

function remove(request: DevopsRequest): Reply {
  const project = projectOf(request);
  const team = teamOf(request, project);
  requirePermission(request, namespaceIds.identity, teamToken(team), 4, team.identity.displayName);
  request.organization.teams.remove(team);
  return noContent;
}

/** Members that are groups are shown as such. An administrator has the bit that manages who is in the team. */
function readMembers(request: DevopsRequest): Reply {
  const { organization, query } = request;
  const team = teamOf(request, projectOf(request));
  const entries = organization.security.find(namespaceIds.identity, teamToken(team))?.entries;
  const members = organization.identities.related(team.identity, 'down');
  const { page: shown, headers } = pageOf(members, query, { size: 100 });
  return listOf(
    shown.map((member) => ({
      ...(((entries?.get(member.descriptor)?.allow ?? 0) & 8) !== 0 && { isTeamAdmin: true }),
      identity: identityReference(organization, member),
    })),
    headers,
  );
}
