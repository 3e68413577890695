import type { Exposed } from '../frameChannel';
import { askRest, RestError } from '../restClient';

interface DocumentOptions {
  readonly scopeType?: string;
  readonly scopeValue?: string;
  readonly defaultValue?: unknown;
}

interface QueriedCollection extends DocumentOptions {
  readonly collectionName: string;
}

/** `ms.vss-features.extension-data-service`: documents of an extension, with the token that the extension gives. */
export function extensionDataService(extensionsUrl: string): Exposed {
  return {
    getExtensionDataManager: (extensionId, accessToken) =>
      dataManager(extensionsUrl, String(extensionId), String(accessToken)),
  };
}

const settings = '$settings';
const version = '3.1-preview.1';

/** Calls arrive with arguments of any type; each method converts those that it uses. */
function dataManager(extensionsUrl: string, extensionId: string, token: string): Exposed {
  const [publisher = '', ...rest] = extensionId.split('.');
  const names = [publisher, rest.join('.')].map(encodeURIComponent).join('/');
  const root = `${extensionsUrl}_apis/ExtensionManagement/InstalledExtensions/${names}`;
  const at = (collection: unknown, options: unknown, id?: string): string => {
    const { scopeType = 'Default' } = (options ?? {}) as DocumentOptions;
    const { scopeValue = scopeType === 'User' ? 'Me' : 'Current' } = (options ?? {}) as DocumentOptions;
    const path = ['Data', 'Scopes', scopeType, scopeValue, 'Collections', String(collection), 'Documents'];
    const parts = id === undefined ? path : [...path, id];
    return `${root}/${parts.map(encodeURIComponent).join('/')}`;
  };
  const ask = (url: string, method = 'GET', body?: unknown) => askRest(url, { method, body, version, token });
  const query = async (collections: readonly QueriedCollection[]) =>
    listIn(await ask(`${root}/ExtensionDataCollectionQuery`, 'POST', { collections }));
  const write = (method: string) => (collection: unknown, document: unknown, options: unknown) =>
    ask(at(collection, options), method, document);
  return {
    getDocument: (collection, id, options) => ask(at(collection, options, String(id))),
    getDocuments: async (collection, options) => listIn(await ask(at(collection, options))),
    createDocument: write('POST'),
    setDocument: write('PUT'),
    updateDocument: write('PATCH'),
    deleteDocument: (collection, id, options) => ask(at(collection, options, String(id)), 'DELETE'),
    getValue: async (key, options) =>
      valueOf(at(settings, options, String(key)), options as DocumentOptions | undefined, ask),
    setValue: async (key, value, options) => {
      const document = { id: String(key), value, __etag: -1 };
      return ((await ask(at(settings, options), 'PUT', document)) as { readonly value?: unknown }).value;
    },
    queryCollections: (collections) => query(collections as readonly QueriedCollection[]),
    queryCollectionsByName: (collectionNames) =>
      query(
        (collectionNames as readonly string[]).map((collectionName) => ({
          collectionName,
          scopeType: 'Default',
          scopeValue: 'Current',
        })),
      ),
  };
}

/** A setting that is not there has the default value. */
async function valueOf(
  url: string,
  options: DocumentOptions | undefined,
  ask: (url: string) => Promise<unknown>,
): Promise<unknown> {
  try {
    return ((await ask(url)) as { readonly value?: unknown }).value;
  } catch (error) {
    if (error instanceof RestError && error.status === 404) return options?.defaultValue;
    throw error;
  }
}

/** The service wraps lists unless it is asked not to. */
function listIn(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  return (answer as { readonly value: readonly unknown[] }).value;
}
