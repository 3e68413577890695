import type { OrganizationState } from '../organizationState';
import { areasOfHosts } from './areasOfHosts';
import { type DevopsRequest, listOf, location, ok, type Reply } from './route';
import type { Router } from './router';

/** Where clients find the hosts of an area, and who they are. */
export function addLocationRoutes(router: Router): void {
  for (const host of ['dev', 'vssps', 'vsaex', 'extmgmt'] as const) {
    router.add({
      host,
      location: location(
        'e81700f7-3be2-46de-8624-2eb35882fcaa',
        'Location',
        'ResourceAreas',
        '_apis/{resource}/{areaId}',
        [1, '3.2', '7.2', '0.0'],
      ),
      handlers: { GET: readAreas },
    });
    router.add({
      host,
      location: location('00d9565f-ed9c-4a06-9a50-00e7896ccab4', 'Location', 'ConnectionData', '_apis/{resource}', [
        1,
        '1.0',
        '7.2',
        '0.0',
      ]),
      handlers: { GET: readConnectionData },
    });
  }
}

function readAreas({ organization, parameters: { areaId } }: DevopsRequest): Reply {
  const rows = Object.entries(areasOfHosts).flatMap(([host, areas]) =>
    areas.map(([id, name]) => ({ id, name, locationUrl: organization.url('', host) })),
  );
  if (areaId === undefined) return listOf(rows);
  const found = rows.find(({ id }) => id === areaId.toLowerCase());
  // The service answers an unknown area with nothing.
  return found ? ok(found) : { status: 200, body: null };
}

function readConnectionData({ organization, caller, query }: DevopsRequest): Reply {
  const { identity } = caller;
  const user = {
    id: identity.id,
    descriptor: identity.descriptor,
    subjectDescriptor: identity.subjectDescriptor,
    providerDisplayName: identity.displayName,
    isActive: true,
    properties: { Account: { $type: 'System.String', $value: identity.principalName } },
    resourceVersion: 2,
    metaTypeId: identity.kind === 'servicePrincipal' ? 2 : 0,
  };
  const includesServices =
    /IncludeServices/i.test(query.get('connectOptions') ?? '') || query.get('connectOptions') === '1';
  return ok({
    authenticatedUser: user,
    authorizedUser: user,
    instanceId: organization.collectionId,
    deploymentId: organization.tenantId,
    deploymentType: 'hosted',
    locationServiceData: {
      serviceOwner: '00025394-6065-48ca-87d9-7f5672854ef7',
      defaultAccessMappingMoniker: 'PublicAccessMapping',
      lastChangeId: 1,
      lastChangeId64: 1,
      ...(includesServices && { accessMappings: [accessMapping(organization)], serviceDefinitions: [] }),
    },
  });
}

function accessMapping(organization: OrganizationState): object {
  return {
    displayName: 'Host Guid Access Mapping',
    moniker: 'PublicAccessMapping',
    accessPoint: organization.url(''),
    serviceOwner: '00025394-6065-48ca-87d9-7f5672854ef7',
    virtualDirectory: '',
  };
}
