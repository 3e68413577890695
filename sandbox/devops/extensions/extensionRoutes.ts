import { argumentInvalid } from '../organizationError';
import { isObject, listAt, objectIn, requiredText } from '../rest/requestBody';
import { listOf, location, noContent, ok, type DevopsRequest, type Handlers, type Reply } from '../rest/route';
import type { Router } from '../rest/router';
import { Collection, Extensions, type InstalledExtension } from './extensions';

/** Installed extensions and their data, on the host for the management of extensions. */
export function addExtensionRoutes(router: Router): void {
  const add = (id: string, resource: string, path: string, version: number, handlers: Handlers): void =>
    router.add({
      host: 'extmgmt',
      location: location(id, 'ExtensionManagement', resource, path, [version, '2.0', '7.2', '0.0']),
      handlers,
      scopes: { GET: 'vso.extension.data', POST: writes, PUT: writes, PATCH: writes, DELETE: writes },
    });
  const extension = '_apis/ExtensionManagement/InstalledExtensions/{publisherName}/{extensionName}';
  add(
    'bbe06c18-1c8b-4fcd-b9c6-1535aaab8749',
    'Data',
    `${extension}/Data/Scopes/{scopeType}/{scopeValue}/Collections/{collectionName}/Documents/{documentId}`,
    1,
    { GET: read, POST: write('create'), PUT: write('set'), PATCH: write('update'), DELETE: remove },
  );
  const query = { POST: queryCollections };
  add(
    '56c331f1-ce53-4318-adfd-4db5c52a7a2e',
    'ExtensionDataCollectionQuery',
    `${extension}/ExtensionDataCollectionQuery`,
    1,
    query,
  );
  add(
    'fb0da285-f23e-4b56-8b53-3ef5f9f6de66',
    'InstalledExtensionsByName',
    '_apis/{area}/{resource}/{publisherName}/{extensionName}/{version}',
    2,
    { GET: (request) => ok(extensionView(extensionOf(request))) },
  );
  add('275424d0-c844-4fe2-bda6-04933a1357d8', 'InstalledExtensions', '_apis/{area}/{resource}', 2, {
    GET: ({ organization }) => listOf(organization.of(Extensions).list().map(extensionView)),
  });
}

const writes = 'vso.extension.data_write';

function extensionOf({ organization, parameters }: DevopsRequest): InstalledExtension {
  return organization.of(Extensions).find(parameters['publisherName'] ?? '', parameters['extensionName'] ?? '');
}

const extensionView = ({ publisherName, extensionName, version }: InstalledExtension) => ({
  extensionId: extensionName,
  extensionName,
  publisherId: publisherName,
  publisherName,
  version,
  flags: 'none',
  installState: { flags: 'none' },
});

/** Data of the organisation (`Default`/`Current`) or of the caller (`User`/`Me`); there are no other scopes. */
function collectionOf(request: DevopsRequest, scopeType: string, scopeValue: string, name: string): Collection {
  const scope = `${scopeType}/${scopeValue}`.toLowerCase();
  if (scope !== 'default/current' && scope !== 'user/me')
    throw argumentInvalid('scopeType', `The scope ${scopeType}/${scopeValue} is not a scope of extension data.`);
  const owner = scope === 'user/me' ? request.caller.identity.id : 'organization';
  return new Collection(extensionOf(request).collections, owner, name);
}

function namedCollection(request: DevopsRequest): Collection {
  const { scopeType = '', scopeValue = '', collectionName = '' } = request.parameters;
  return collectionOf(request, scopeType, scopeValue, collectionName);
}

function read(request: DevopsRequest): Reply {
  const collection = namedCollection(request);
  const { documentId } = request.parameters;
  return documentId === undefined ? listOf([...collection.all().values()]) : ok(collection.read(documentId));
}

const write =
  (how: 'create' | 'set' | 'update') =>
  (request: DevopsRequest): Reply =>
    changing(request, (collection) => ok(collection[how](objectIn(request.body, 'doc'))));

function remove(request: DevopsRequest): Reply {
  return changing(request, (collection) => {
    collection.remove(request.parameters['documentId'] ?? '');
    return noContent;
  });
}

function changing(request: DevopsRequest, change: (collection: Collection) => Reply): Reply {
  const reply = change(namedCollection(request));
  request.organization.of(Extensions).save();
  return reply;
}

/** The documents of several collections; of one that is not there, none. */
function queryCollections(request: DevopsRequest): Reply {
  const asked = listAt(objectIn(request.body, 'collectionQuery'), 'collections').filter(isObject);
  return listOf(
    asked.map((each) => {
      const [collectionName, scopeType, scopeValue] = ['collectionName', 'scopeType', 'scopeValue'].map((key) =>
        requiredText(each, key),
      );
      const collection = collectionOf(request, scopeType ?? '', scopeValue ?? '', collectionName ?? '');
      const documents = collection.isThere ? [...collection.all().values()] : [];
      return { collectionName, scopeType, scopeValue, documents };
    }),
  );
}
