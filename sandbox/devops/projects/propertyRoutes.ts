import { namespaceIds } from '../identities/namespaces';
import { requirePermission } from '../identities/requirePermission';
import { argumentInvalid } from '../organizationError';
import { objectIn, requiredText } from '../rest/requestBody';
import { type DevopsRequest, listOf, location, noContent, type Reply } from '../rest/route';
import type { Router } from '../rest/router';
import { findProject } from './findProject';
import { projectToken } from './projectGroups';

/** Names and values that clients keep with a project. */
export function addPropertyRoutes(router: Router): void {
  router.add({
    location: location(
      '4976a71a-4487-49aa-8aab-a1eda469037a',
      'core',
      'properties',
      '_apis/projects/{projectId}/{resource}',
      [1, '3.2', '7.2', '0.0'],
    ),
    handlers: { GET: read, PATCH: update },
    scopes: { GET: 'vso.project', PATCH: 'vso.project_write' },
  });
}

/** `keys` can end with an asterisk. */
function read({ organization, caller, parameters, query }: DevopsRequest): Reply {
  const { properties, processId } = findProject(organization, caller, parameters['projectId'] ?? '');
  const all = new Map<string, unknown>([['System.ProcessTemplateType', processId], ...properties]);
  const keys = (query.get('keys') ?? '*').toLowerCase().split(',');
  const isAsked = (name: string) =>
    keys.some((key) => (key.endsWith('*') ? name.startsWith(key.slice(0, -1)) : name === key));
  const shown = [...all].filter(([name]) => isAsked(name.toLowerCase()));
  return listOf(shown.map(([name, value]) => ({ name, value })));
}

/** A JSON patch, whose paths are the names. */
function update(request: DevopsRequest): Reply {
  const { organization, caller, parameters, body } = request;
  const project = findProject(organization, caller, parameters['projectId'] ?? '');
  // The bit of those who manage the properties of a project.
  requirePermission(request, namespaceIds.project, projectToken(project), 131_072, project.name);
  if (!Array.isArray(body)) throw argumentInvalid('patchDocument', 'The body is a list of changes.');
  for (const change of body as readonly unknown[]) {
    const object = objectIn(change, 'patchDocument');
    const name = requiredText(object, 'path').replace(/^\//, '');
    const operation = requiredText(object, 'op').toLowerCase();
    if (operation === 'remove') project.properties.delete(name);
    else if (operation === 'add' || operation === 'replace') project.properties.set(name, object['value']);
    else throw argumentInvalid('op', `The operation '${operation}' is not supported.`);
  }
  return noContent;
}
