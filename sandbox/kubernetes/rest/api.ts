import { reviewAccess, reviewRules } from '../access/accessReviews';
import { authorize } from '../access/authorization';
import type { KubernetesUser } from '../access/users';
import { isObject, type JsonObject, textOf } from '../json';
import { apiVersionOf, type ResourceType } from '../resources';
import type { Answer, Received } from '../server';
import {
  badRequest,
  internalError,
  methodNotAllowed,
  notFound,
  StatusError,
  unauthorized,
  unknownPath,
} from '../status';
import type { KubeObject } from '../types';
import type { ApiCall, ApiParts } from './apiCall';
import { type ApiPath, parseApiPath, typeOfPath } from './apiPath';
import { discover } from './discovery';
import { listObjects, selectionOf } from './listing';
import { answerLogs } from './logs';
import { openapi } from './openapi';
import { answerProxy } from './proxy';
import { patchObject } from './patching';
import { readObject } from './readBody';
import { evict, readScale, writeScale } from './subresources';
import { tableOf } from './tables';
import { deleteOptionsOf, writeOf } from './writeOptions';

interface Result {
  readonly status?: number;
  readonly object: JsonObject;
}

/** The API server: who asks, whether they may, and what they get. */
export class Api {
  constructor(readonly parts: ApiParts) {}

  async answer(received: Received): Promise<Answer> {
    const warnings: string[] = [];
    const user = this.parts.users.find(received.headers.authorization, received.certificate);
    try {
      if (!user) throw unauthorized();
      const answer = await this.#route(received, user, (text) => warnings.push(text));
      const warned = warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ');
      return { ...answer, headers: { ...answer.headers, ...(warned && { warning: warned }) }, user: user.name };
    } catch (error) {
      const status = error instanceof StatusError ? error : internalError(String(error));
      if (!(error instanceof StatusError)) console.error(error);
      const retryAfter = status.details.retryAfterSeconds;
      const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
      const answer = json(status.toJson(), status.code, headers);
      return { ...answer, ...(user && { user: user.name }), reason: status.reason || String(status.code) };
    }
  }

  async #route(received: Received, user: KubernetesUser, warn: (text: string) => void): Promise<Answer> {
    const { pathname, searchParams: query } = received.url;
    const { types, version } = this.parts;
    if (pathname === '/version') return json(versionInfo(version));
    if (/^\/(healthz|livez|readyz)$/.test(pathname)) return text('ok');
    const accept = received.headers.accept ?? '';
    const found = discover(types, pathname, accept);
    if (found) {
      const aggregated =
        found.kind === 'APIGroupDiscoveryList'
          ? `;g=apidiscovery.k8s.io;v=${textOf(found.apiVersion).split('/')[1] ?? ''};as=APIGroupDiscoveryList`
          : '';
      return json(found, 200, { 'content-type': `application/json${aggregated}` });
    }
    // Older kubectl wants a document in this form; an empty one lets it leave all checks to the server.
    if (pathname === '/openapi/v2')
      return { status: 200, headers: { 'content-type': openapiV2Type }, body: Buffer.alloc(0) };
    const document = openapi(types, pathname);
    if (document) return json(document);
    const path = parseApiPath(pathname);
    if (!path) return { ...text('404 page not found\n'), status: 404 };
    if (path.groupVersion === 'authorization.k8s.io/v1') return json(review(received, path, user), 201);
    const type = typeOfPath(types, path);
    if (!type || (path.namespace !== undefined && !type.isNamespaced)) throw unknownPath();
    authorize(user, attemptOf(received, path));
    return this.#perform({ received, query, path, type, user, warn });
  }

  async #perform(call: ApiCall): Promise<Answer> {
    const { path, type, received } = call;
    const { cluster, kubelet } = this.parts;
    if (path.subresource === 'proxy') return answerProxy(this.parts, call);
    if (path.subresource === 'log') return answerLogs(cluster, kubelet, call);
    if (path.name === '') return this.#collection(call);
    if (path.subresource === 'scale') {
      return json(received.method === 'GET' ? readScale(cluster, call) : writeScale(cluster, call));
    }
    if (path.subresource === 'eviction') return json(evict(cluster, call), 201);
    if (path.subresource !== '' && !(path.subresource === 'status' && type.subresources.includes('status')))
      throw unknownPath();
    const { status = 200, object } = this.#object(call);
    return this.#present(call, object as KubeObject, status);
  }

  #object(call: ApiCall): Result {
    const { received, path, type, query } = call;
    const { objects, store } = this.parts.cluster;
    const { name, namespace } = path;
    const write = writeOf(call);
    switch (received.method) {
      case 'GET': {
        const found = store.get(type.plural, namespace, name);
        if (!found) throw notFound(type, name);
        return { object: found };
      }
      case 'PUT': {
        const body = readObject(received.body, received.headers['content-type']);
        checkKind(type, body);
        return { object: objects.update(type.plural, namespace, name, () => body, write) };
      }
      case 'PATCH':
        return patchObject(this.parts.cluster, call, write);
      case 'DELETE': {
        const options = deleteOptionsOf(received, query);
        const object = objects.delete(type.plural, namespace, name, options);
        return { object: isGone(object) ? deleted(type, object) : object };
      }
      default:
        throw methodNotAllowed();
    }
  }

  #collection(call: ApiCall): Answer {
    const { received, path, type, query } = call;
    const { store, objects, clock } = this.parts.cluster;
    const { namespace } = path;
    switch (received.method) {
      case 'GET': {
        const isTable = wantsTable(received);
        if (query.get('watch') === 'true' || query.get('watch') === '1') {
          const present = (object: KubeObject) =>
            isTable
              ? tableOf(type, [object], { resourceVersion: object.metadata.resourceVersion }, clock.now())
              : object;
          return { status: 200, headers: jsonType, body: this.parts.watches.open(type, namespace, query, present) };
        }
        const list = listObjects(store, type, namespace, query);
        return json(isTable ? tableOf(type, list.items, list.metadata ?? {}, clock.now()) : list);
      }
      case 'POST': {
        if (type.isNamespaced && namespace === undefined) throw methodNotAllowed();
        const body = readObject(received.body, received.headers['content-type']);
        checkKind(type, body);
        const given = isObject(body.metadata) ? body.metadata.namespace : undefined;
        if (given !== undefined && given !== namespace)
          throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
        return this.#present(call, objects.create(type.plural, namespace, body, writeOf(call)), 201);
      }
      case 'DELETE': {
        const options = deleteOptionsOf(received, query);
        const list = store.list(type.plural, namespace).filter(selectionOf(query));
        const items = list.map(({ metadata }) =>
          objects.delete(type.plural, metadata.namespace, metadata.name, options),
        );
        return json({
          kind: `${type.kind}List`,
          apiVersion: apiVersionOf(type),
          metadata: { resourceVersion: String(store.revision) },
          items,
        });
      }
      default:
        throw methodNotAllowed();
    }
  }

  #present({ received, type }: ApiCall, object: KubeObject, status: number): Answer {
    if (!wantsTable(received) || object.kind === 'Status') return json(object, status);
    const { resourceVersion } = object.metadata;
    return json(tableOf(type, [object], { resourceVersion }, this.parts.cluster.clock.now()), status);
  }
}

/** Whether a deletion has removed the object already. */
const isGone = ({ kind, metadata }: KubeObject) => kind !== 'Namespace' && metadata.deletionTimestamp === undefined;

const deleted = (type: ResourceType, { metadata }: KubeObject): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { name: metadata.name, ...(type.group && { group: type.group }), kind: type.plural, uid: metadata.uid },
});

const wantsTable = ({ headers }: Received) => headers.accept?.startsWith('application/json;as=Table;v=v1;') === true;

function checkKind(type: ResourceType, { apiVersion, kind }: JsonObject): void {
  const wanted = apiVersionOf(type);
  if ((apiVersion ?? wanted) === wanted && (kind ?? type.kind) === type.kind) return;
  throw badRequest(
    `${textOf(kind)} in version "${textOf(apiVersion)}" cannot be handled as a ${type.kind}: no kind "${textOf(kind)}" is registered for version "${wanted}"`,
  );
}

function attemptOf({ method, url }: Received, path: ApiPath) {
  const isCollection = path.name === '';
  const isWatch = url.searchParams.get('watch') === 'true' || url.searchParams.get('watch') === '1';
  const verb =
    method === 'GET' || method === 'HEAD'
      ? isCollection
        ? isWatch
          ? 'watch'
          : 'list'
        : 'get'
      : method === 'DELETE' && isCollection
        ? 'deletecollection'
        : (writeVerbs[method] ?? method.toLowerCase());
  const name =
    path.subresource === 'proxy' ? (path.name.split(':').find((part) => !/^https?$|^$/.test(part)) ?? '') : path.name;
  const { group, resource, subresource, namespace = '' } = path;
  return { verb, group, resource, subresource, namespace, name };
}

const writeVerbs: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

function review(received: Received, { resource }: ApiPath, user: KubernetesUser): JsonObject {
  if (received.method !== 'POST') throw methodNotAllowed();
  const body = readObject(received.body, received.headers['content-type']);
  if (resource === 'selfsubjectaccessreviews') return reviewAccess(user, body);
  if (resource === 'selfsubjectrulesreviews') return reviewRules(user, body);
  throw unknownPath();
}

const openapiV2Type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const jsonType = { 'content-type': 'application/json' };

function json(object: JsonObject, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { ...jsonType, ...headers }, body: Buffer.from(`${JSON.stringify(object)}\n`) };
}

const text = (content: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: Buffer.from(content),
});

function versionInfo(gitVersion: string): JsonObject {
  const [, major = '1', minor = '0'] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '2025-01-01T00:00:00Z',
    goVersion: 'go1.23.0',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
