import { gitBits, gitToken } from '../git/repositories/gitPermission';
import { namespaceIds } from '../identities/namespaces';
import { requirePermission } from '../identities/requirePermission';
import type { OrganizationState } from '../organizationState';
import type { Project } from '../projects/project';
import { pageOf } from '../rest/paging';
import { flagAt, isObject, numberAt, objectIn, textAt, valueAt } from '../rest/requestBody';
import { type DevopsRequest, listOf, location, noContent, ok, type Reply } from '../rest/route';
import type { Router } from '../rest/router';
import { evaluationRoutes } from './evaluationRoutes';
import { policyInvalid, policyNotFound, policyRevisionNotFound, policyTypeNotFound } from './policyErrors';
import { type PolicyScope, readSettings } from './policySettings';
import { type PolicyConfiguration, PolicyStore } from './policyStore';
import { findPolicyType, policyTypes } from './policyTypes';
import { configurationView, typeView } from './policyViews';

/** `_apis/policy`. */
export function addPolicyRoutes(router: Router, organization: OrganizationState): void {
  const policies = organization.of(PolicyStore);
  organization.hooks.projectDeleted.add(({ id }) => {
    for (const configuration of policies.list(id)) policies.delete(configuration);
  });
  const id = 'dad91cbe-d183-45f8-9c6e-9c1164472121';
  router.add({
    location: location(id, 'policy', 'configurations', '{project}/_apis/{area}/{resource}/{configurationId}', [
      1,
      '2.0',
      '7.2',
      '7.1',
    ]),
    handlers: { GET: read, POST: create, PUT: update, DELETE: remove },
    scopes: { GET: 'vso.code', POST: 'vso.code_write', PUT: 'vso.code_write', DELETE: 'vso.code_write' },
  });
  router.add({
    location: location(
      'fe1e68a2-60d3-43cb-855b-85e41ae97c95',
      'policy',
      'revisions',
      '{project}/_apis/{area}/configurations/{configurationId}/{resource}/{revisionId}',
      [1, '2.0', '7.2', '7.1'],
    ),
    handlers: { GET: readRevisions },
    scopes: { GET: 'vso.code' },
  });
  router.add({
    location: location(
      '44096322-2d3d-466a-bb30-d1b7de69f61f',
      'policy',
      'types',
      '{project}/_apis/{area}/{resource}/{typeId}',
      [1, '2.0', '7.2', '7.1'],
    ),
    handlers: { GET: readTypes },
    scopes: { GET: 'vso.code' },
  });
  for (const route of evaluationRoutes) router.add(route);
}

const storeOf = ({ organization }: DevopsRequest) => organization.of(PolicyStore);

/** `{project}` is part of every template here. */
export function projectOf({ project }: DevopsRequest): Project {
  if (!project) throw new Error('The route has no project.');
  return project;
}

function read(request: DevopsRequest): Reply {
  const { organization, query, parameters } = request;
  if (parameters['configurationId'] !== undefined) return ok(configurationView(organization, configurationOf(request)));
  const [scope, type] = [query.get('scope'), query.get('policyType')];
  const listed = storeOf(request)
    .list(projectOf(request).id)
    .filter(
      (each) =>
        (scope === null || each.settings.scope.some((one) => scopeText(one) === scope.toLowerCase())) &&
        (type === null || each.type.id === type.toLowerCase()),
    );
  const { page, headers } = pageOf(listed, query);
  return listOf(
    page.map((each) => configurationView(organization, each)),
    headers,
  );
}

/** As the parameter `scope` writes it: the id of the repository without hyphens, a colon and the branch. */
const scopeText = ({ repositoryId, refName }: PolicyScope) =>
  [repositoryId?.replaceAll('-', '') ?? '', refName].filter(Boolean).join(':').toLowerCase();

/** @throws OrganizationError if it does not exist or was deleted */
function configurationOf(request: DevopsRequest): PolicyConfiguration {
  const id = request.parameters['configurationId'] ?? '';
  const found = storeOf(request).find(projectOf(request).id, Number(id));
  if (!found) throw policyNotFound(id);
  return found;
}

function create(request: DevopsRequest): Reply {
  const added = storeOf(request).add(readConfiguration(request));
  // Only this answer has no zone in its date (recorded).
  const createdDate = request.organization.time(added.createdAt).replace('Z', '');
  return ok({ ...configurationView(request.organization, added), createdDate });
}

function update(request: DevopsRequest): Reply {
  const before = configurationOf(request);
  const revision = numberAt(objectIn(request.body, 'configuration'), 'revision');
  if (revision !== undefined && revision !== before.revision) throw policyRevisionNotFound(before.id, revision);
  const changed = readConfiguration(request);
  if (changed.type !== before.type) throw policyInvalid('The type of a policy cannot be changed.');
  requireEdit(request, before);
  return ok(configurationView(request.organization, storeOf(request).update(before, changed)));
}

function remove(request: DevopsRequest): Reply {
  const configuration = configurationOf(request);
  requireEdit(request, configuration);
  storeOf(request).delete(configuration);
  return noContent;
}

/** The configuration of a body, by whoever may make it. @throws OrganizationError */
function readConfiguration(request: DevopsRequest): Omit<PolicyConfiguration, 'id' | 'revision'> {
  const { organization, caller } = request;
  const body = objectIn(request.body, 'configuration');
  const given = valueAt(body, 'type');
  const typeId = isObject(given) ? (textAt(given, 'id') ?? '') : '';
  const type = findPolicyType(typeId);
  if (!type) throw policyTypeNotFound(typeId);
  const configuration = {
    projectId: projectOf(request).id,
    type,
    isEnabled: flagAt(body, 'isEnabled') ?? false,
    isBlocking: flagAt(body, 'isBlocking') ?? false,
    settings: readSettings(type, valueAt(body, 'settings')),
    createdById: caller.identity.id,
    createdAt: organization.clock.now(),
  };
  requireEdit(request, configuration);
  return configuration;
}

/** @throws OrganizationError TF401027 for whoever may not edit the policies of all its scopes */
function requireEdit(
  request: DevopsRequest,
  { projectId, settings }: Pick<PolicyConfiguration, 'projectId' | 'settings'>,
): void {
  for (const { repositoryId, refName } of settings.scope) {
    const token = gitToken(projectId, repositoryId, repositoryId === undefined ? undefined : refName);
    const subject = repositoryId === undefined ? 'project' : refName === undefined ? 'repository' : 'branch';
    requirePermission(request, namespaceIds.git, token, gitBits.EditPolicies, subject);
  }
}

function readRevisions(request: DevopsRequest): Reply {
  const { organization, parameters } = request;
  const configuration = configurationOf(request);
  const revisions = storeOf(request).revisions(configuration);
  const wanted = parameters['revisionId'];
  if (wanted === undefined) return listOf(revisions.map((each) => configurationView(organization, each)));
  const found = revisions.find(({ revision }) => revision === Number(wanted));
  if (!found) throw policyRevisionNotFound(configuration.id, Number(wanted));
  return ok(configurationView(organization, found));
}

function readTypes(request: DevopsRequest): Reply {
  const { organization, parameters } = request;
  const project = projectOf(request);
  const wanted = parameters['typeId'];
  if (wanted === undefined) return listOf(policyTypes.map((type) => typeView(organization, project.id, type)));
  const type = findPolicyType(wanted);
  if (!type) throw policyTypeNotFound(wanted);
  return ok(typeView(organization, project.id, type));
}
