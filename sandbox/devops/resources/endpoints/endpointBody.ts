import { findProject } from '../../projects/findProject';
import { flagAt, isObject, listAt, requiredText, textAt, valueAt, type JsonObject } from '../../rest/requestBody';
import type { DevopsRequest } from '../../rest/route';
import type { EndpointReference, ServiceEndpoint } from './serviceEndpoints';

/** Parameters that are not secret; all others are never answered. */
const publicParameters = [
  'username',
  'tenantid',
  'serviceprincipalid',
  'authenticationtype',
  'scope',
  'role',
  'clientid',
  'workloadidentityfederationissuer',
  'workloadidentityfederationsubject',
  'workloadidentityfederationissuertype',
];

export const isSecretParameter = (name: string): boolean => !publicParameters.includes(name.toLowerCase());

/** What a body says of a service connection; secret parameters that it leaves out stay as they were. */
export function readEndpoint(
  request: DevopsRequest,
  body: JsonObject,
  before: ServiceEndpoint | undefined,
): Omit<ServiceEndpoint, 'id' | 'createdById'> {
  const name = requiredText(body, 'name');
  const description = textAt(body, 'description') ?? before?.description ?? '';
  const authorization = valueAt(body, 'authorization');
  const auth: JsonObject = isObject(authorization) ? authorization : {};
  const data = valueAt(body, 'data');
  return {
    name,
    description,
    type: requiredText(body, 'type'),
    url: textAt(body, 'url') ?? '',
    owner: textAt(body, 'owner') ?? before?.owner ?? 'library',
    scheme: textAt(auth, 'scheme') ?? before?.scheme ?? '',
    parameters: readParameters(valueAt(auth, 'parameters'), before?.parameters ?? new Map()),
    data: isObject(data) ? data : {},
    isReady: flagAt(body, 'isReady') ?? true,
    references: readReferences(request, listAt(body, 'serviceEndpointProjectReferences'), { name, description }),
  };
}

/** The projects that a list of references names. @throws OrganizationError when one does not exist */
export function readReferences(
  { organization, caller, project }: DevopsRequest,
  list: readonly unknown[],
  own: { readonly name: string; readonly description: string },
): EndpointReference[] {
  const references = list.filter(isObject).map((item) => {
    const named = valueAt(item, 'projectReference');
    const nameOrId = isObject(named) ? (textAt(named, 'id') ?? textAt(named, 'name')) : undefined;
    return {
      projectId: findProject(organization, caller, nameOrId ?? '').id,
      name: textAt(item, 'name') ?? own.name,
      description: textAt(item, 'description') ?? own.description,
    };
  });
  return references.length === 0 && project ? [{ projectId: project.id, ...own }] : references;
}

function readParameters(given: unknown, before: ReadonlyMap<string, string>): Map<string, string> {
  const kept = [...before].filter(([name]) => isSecretParameter(name));
  const entries = Object.entries(isObject(given) ? given : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return new Map([...kept, ...entries]);
}
