import { ApiError, doesNotExist, invalidParameter } from '../apiError';
import { isJsonObject, type JsonObject, objectsOf, textOf } from '../json';
import { type ApiRequest, RawAnswer, type Router } from '../router';
import { entityOf, type EndpointTag, type ServedEntity, type ServingEndpoint } from './endpoint';
import type { EndpointAccess, EndpointRight } from './endpointAccess';
import { exportMetrics, openApiOf } from './endpointDocuments';
import type { ServingEndpoints } from './endpoints';
import { type IsScaledToZero, viewEndpoint, viewListed } from './endpointViews';

export interface EndpointRouteParts {
  readonly endpoints: ServingEndpoints;
  readonly access: EndpointAccess;
  readonly isScaledToZero: IsScaledToZero;
}

/** Serving Endpoints API 2.0 (https://docs.databricks.com/api/workspace/servingendpoints; `serving.py` of the Databricks SDK). */
export function addEndpointRoutes(router: Router, { endpoints, access, isScaledToZero }: EndpointRouteParts): void {
  const base = '/api/2.0/serving-endpoints';
  const view = (endpoint: ServingEndpoint, { user }: ApiRequest) =>
    viewEndpoint(endpoint, access.levelOf(user, endpoint), isScaledToZero);
  const find = (request: ApiRequest, right: EndpointRight) => {
    const [name = '', ...rest] = request.rest.split('/').map(decodeURIComponent);
    return { endpoint: access.checked(request.user, endpoints.get(name), right), rest };
  };

  router.add('POST', base, (request) => {
    const { config, description, ai_gateway: gateway, email_notifications: notifications } = request.json;
    if (!isJsonObject(config)) throw invalidParameter('Missing required field: config');
    const body = {
      name: request.required('name'),
      config,
      tags: tagsOf(request.json, 'tags'),
      description: textOf(description) ?? '',
      aiGateway: isJsonObject(gateway) ? gateway : undefined,
      notifications: isJsonObject(notifications) ? notifications : undefined,
    };
    return view(endpoints.create(body, request.user), request);
  });
  router.add('GET', base, ({ user }) => {
    const visible = endpoints.list().filter((endpoint) => access.has(user, endpoint, 'View'));
    return visible.length > 0 ? { endpoints: visible.map(viewListed) } : {};
  });
  router.add('GET', `${base}/*`, (request) => {
    const { endpoint, rest } = find(request, 'View');
    const [part, served, log] = rest;
    if (part === undefined) return view(endpoint, request);
    if (part === 'openapi') return new RawAnswer(openApiOf(endpoint), { headers: { 'content-type': 'text/plain' } });
    if (part === 'metrics')
      return new RawAnswer(exportMetrics(endpoint), { headers: { 'content-type': 'text/plain' } });
    if (part !== 'served-models' || served === undefined) throw notFound(request);
    const entity = loggedEntity(endpoint, served, request.integer('config_version'));
    if (log === 'build-logs') return { logs: linesOf(entity.buildLog) };
    if (log === 'logs') return { logs: linesOf(entity.serviceLog) };
    throw notFound(request);
  });
  router.add('PUT', `${base}/*`, (request) => {
    const { endpoint, rest } = find(request, 'Manage');
    if (rest.join('/') === 'ai-gateway') {
      endpoints.setAiGateway(endpoint, request.json);
      return request.json;
    }
    if (rest.join('/') !== 'config') throw notFound(request);
    endpoints.update(endpoint, request.json, request.user);
    return view(endpoint, request);
  });
  router.add('PATCH', `${base}/*`, (request) => {
    const { endpoint, rest } = find(request, 'Manage');
    if (rest.join('/') === 'notifications') {
      const { email_notifications: notifications } = request.json;
      if (!isJsonObject(notifications)) throw invalidParameter('Missing required field: email_notifications');
      endpoints.setNotifications(endpoint, notifications);
      return { name: endpoint.name, email_notifications: notifications };
    }
    if (rest.join('/') !== 'tags') throw notFound(request);
    const { delete_tags: deleted } = request.json;
    endpoints.patchTags(endpoint, tagsOf(request.json, 'add_tags'), Array.isArray(deleted) ? deleted.map(String) : []);
    return { tags: endpoint.tags.map((tag) => ({ ...tag })) };
  });
  router.add('DELETE', `${base}/*`, (request) => {
    const { endpoint, rest } = find(request, 'Manage');
    if (rest.length > 0) throw notFound(request);
    endpoints.remove(endpoint);
    return {};
  });
}

/** The newest entity of the name, unless the caller names a config version. @throws ApiError */
function loggedEntity(endpoint: ServingEndpoint, name: string, configVersion: number | undefined): ServedEntity {
  const version = configVersion ?? [endpoint.pending, endpoint.config].find((one) => hasEntity(one, name))?.version;
  const entity = entityOf(endpoint, name, version);
  if (!entity) throw doesNotExist(`Served entity '${name}' of endpoint '${endpoint.name}' does not exist.`);
  return entity;
}

const hasEntity = (config: ServingEndpoint['config'], name: string) =>
  config?.entities.some((entity) => entity.name === name) === true;

const linesOf = (log: readonly string[]) => log.map((line) => `${line}\n`).join('');

const notFound = ({ method, path }: ApiRequest) =>
  new ApiError(404, 'ENDPOINT_NOT_FOUND', `No API found for '${method} ${path}'`);

function tagsOf(json: JsonObject, name: string): readonly EndpointTag[] {
  return objectsOf(json[name]).map(({ key, value }) => {
    const text = textOf(key);
    if (!text) throw invalidParameter(`Missing required field: key of ${name}`);
    return { key: text, value: textOf(value) ?? '' };
  });
}
