import { ApiError, invalidParameter } from '../apiError';
import { type Json, type JsonObject, objectsOf, textOf } from '../json';
import type { ApiRequest, Router } from '../router';
import type { Models, RegisteredModel } from './models';

const privileges = ['ALL_PRIVILEGES', 'APPLY_TAG', 'CREATE_MODEL_VERSION', 'EXECUTE', 'MANAGE'];

/**
 * Privileges on registered models, which are functions to this API
 * (https://docs.databricks.com/api/workspace/grants; "Manage model lifecycle in Unity Catalog"). Only EXECUTE is enforced.
 */
export function addGrantRoutes(router: Router, models: Models): void {
  const path = '/api/2.1/unity-catalog/permissions/*';
  const find = ({ rest, method, path: asked }: ApiRequest) => {
    const [type = '', name = ''] = rest.split('/').map(decodeURIComponent);
    if (type.toLowerCase() !== 'function')
      throw new ApiError(404, 'ENDPOINT_NOT_FOUND', `No API found for '${method} ${asked}'`);
    return models.get(name);
  };
  router.add('GET', path, (request) => view(find(request)));
  router.add('PATCH', path, (request) => {
    const model = find(request);
    if (!request.user.isAdmin && request.user.userName !== model.owner)
      throw new ApiError(403, 'PERMISSION_DENIED', `User is not an owner of Routine or Model '${model.name}'.`);
    for (const { principal, add, remove } of objectsOf(request.json.changes)) {
      const name = textOf(principal);
      if (!name) throw invalidParameter('Missing required field: principal');
      const removed = privilegesOf(remove);
      const kept = (model.grants[name] ?? []).filter((one) => !removed.includes(one));
      model.grants[name] = [...new Set([...kept, ...privilegesOf(add)])];
    }
    models.touch(model);
    return view(model);
  });
}

function privilegesOf(value: Json): readonly string[] {
  const named = Array.isArray(value) ? (value as readonly Json[]).map((one) => textOf(one) ?? '') : [];
  const unknown = named.find((one) => !privileges.includes(one));
  if (unknown !== undefined) throw invalidParameter(`Privilege ${unknown} is not applicable to this entity.`);
  return named;
}

function view({ grants }: RegisteredModel): JsonObject {
  const assigned = Object.entries(grants).filter(([, granted]) => (granted ?? []).length > 0);
  const listed = assigned.map(([principal, granted]) => ({ principal, privileges: granted ?? [] }));
  return listed.length > 0 ? { privilege_assignments: listed } : {};
}
