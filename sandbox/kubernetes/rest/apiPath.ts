import { apiVersionOf, type ResourceType } from '../resources';

/** What a path below `/api` or `/apis` names. */
export interface ApiPath {
  readonly groupVersion: string;
  readonly group: string;
  readonly namespace?: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
  /** What follows a `proxy` subresource. */
  readonly rest: string;
}

/** Reads `/apis/apps/v1/namespaces/a/deployments/b/scale` and its shorter forms. */
export function parseApiPath(path: string): ApiPath | undefined {
  const found = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))\/(.+)$/.exec(path);
  if (!found) return undefined;
  const [, core, named, below = ''] = found;
  const groupVersion = core ?? named ?? '';
  const group = core === undefined ? (groupVersion.split('/')[0] ?? '') : '';
  const parts = below.split('/').map(decodeURIComponent);
  const isScoped = parts[0] === 'namespaces' && parts.length > 2 && parts[2] !== 'status' && parts[2] !== 'finalize';
  const [resource = '', name = '', subresource = ''] = isScoped ? parts.slice(2) : parts;
  // The rest stays as the client wrote it, encoded.
  const rest = below
    .split('/')
    .slice(isScoped ? 5 : 3)
    .join('/');
  const namespace = isScoped ? parts[1] : undefined;
  return { groupVersion, group, resource, name, subresource, rest, ...(namespace !== undefined && { namespace }) };
}

export const typeOfPath = (types: readonly ResourceType[], { groupVersion, resource }: ApiPath) =>
  types.find((type) => apiVersionOf(type) === groupVersion && type.plural === resource);
