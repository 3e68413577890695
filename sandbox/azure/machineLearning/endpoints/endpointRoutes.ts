import { resourceNotFound } from '../../armError';
import { pageOf } from '../../pages';
import { partOf, sameText } from '../../resourceId';
import { type ArmReply, type ArmRequest, ok } from '../../router';
import { textAt, textsAt } from '../json';
import { requestInvalid } from '../mlError';
import type { MlOperations, Subject } from '../mlOperations';
import { bodyOf, checkLegacyMode, type MlRouter } from '../mlRouter';
import { type MlWorkspace, workspaceIdOf, workspaceType } from '../workspace';
import { type EndpointBody, readEndpoint, readIdentity } from './endpointBody';
import { computeInvalid, endpointBusy, endpointNotCreated, endpointQuotaReached, nameTaken } from './endpointError';
import { OnlineEndpoint } from './onlineEndpoint';
import { checkTraffic } from './traffic';

export const endpointType = `${workspaceType}/onlineEndpoints`;

interface Pages {
  readonly url: string;
  readonly pageSize: number;
}

/** Adds a route of one endpoint. */
type AddFor = (
  route: readonly [method: string, path: string, action: string],
  handle: (endpoint: OnlineEndpoint, request: ArmRequest, workspace: MlWorkspace) => ArmReply,
) => void;

/** Online endpoints: put, get, list, tags, delete, keys and tokens. */
export function addEndpointRoutes(routes: MlRouter, operations: MlOperations, pages: Pages): void {
  const { ml } = routes;
  const one = '/onlineEndpoints/{endpoint}';
  const addFor: AddFor = ([method, path, action], handle) =>
    routes.add([method, one + path, `onlineEndpoints/${action}`], (workspace, request) =>
      handle(endpointOf(routes, workspace, request), request, workspace),
    );

  routes.add(['GET', '/onlineEndpoints', 'onlineEndpoints/read'], (workspace, request) => {
    const [name, computeType] = [request.query.get('name'), request.query.get('computeType')];
    const all = ml.endpoints.filter(
      (endpoint) =>
        sameText(endpoint.id, `${workspace.id}/onlineEndpoints/${endpoint.name}`) &&
        (name === null || sameText(endpoint.name, name)) &&
        (computeType === null || (computeType === 'K8S') === (endpoint.body.compute !== undefined)),
    );
    return ok(
      pageOf(
        all.map((endpoint) => endpoint.describe()),
        request,
        pages,
      ),
    );
  });
  routes.add(['PUT', one, 'onlineEndpoints/write'], (workspace, request) =>
    putEndpoint(routes, operations, workspace, request),
  );
  addFor(['GET', '', 'read'], (endpoint) => ok(endpoint.describe()));
  addFor(['PATCH', '', 'write'], (endpoint, request, workspace) => {
    const body = bodyOf(request, workspace.location);
    if (body['tags'] !== undefined) endpoint.body = { ...endpoint.body, tags: textsAt(body, 'tags') };
    if (body['identity'] !== undefined) {
      endpoint.body = { ...endpoint.body, ...readIdentity(body, workspace.location) };
    }
    return ok(endpoint.describe());
  });
  routes.add(['DELETE', one, 'onlineEndpoints/delete'], (workspace, request) => {
    const endpoint = ml.endpoint(`${workspace.id}/onlineEndpoints/${request.parameters['endpoint'] ?? ''}`);
    if (!endpoint) return { status: 204 };
    const notBefore = Math.max(0, ...endpoint.deployments.map(({ changes }) => changes.endsAt));
    const change =
      endpoint.changes.deletion ??
      endpoint.changes.begin('delete', ml.settings.durations.endpointDeletion, { apply: () => undefined, notBefore });
    const headers = operations.beginDelete(subjectOf(workspace, endpoint, request), change);
    return { status: 202, headers, body: null };
  });
  addKeyRoutes(addFor);
}

/** @throws ArmError when there is none */
export function endpointOf({ ml }: MlRouter, workspace: MlWorkspace, { parameters }: ArmRequest): OnlineEndpoint {
  const { endpoint: name = '', resourceGroup = '' } = parameters;
  const endpoint = ml.endpoint(`${workspace.id}/onlineEndpoints/${name}`);
  if (!endpoint) throw resourceNotFound(endpointType, name, resourceGroup);
  return endpoint;
}

function subjectOf(workspace: MlWorkspace, { id, changes }: OnlineEndpoint, { query }: ArmRequest): Subject {
  return { workspace, kind: 'oe', resourceId: id, changes, apiVersion: query.get('api-version') ?? '' };
}

/** @throws ArmError */
function newEndpoint({ ml }: MlRouter, workspace: MlWorkspace, name: string, body: EndpointBody): OnlineEndpoint {
  const { location } = workspace;
  const isTaken =
    ml.settings.takenNames.has(`${location}/${name}`.toLowerCase()) ||
    ml.endpoints.some((each) => sameText(each.name, name) && sameText(each.body.location, location));
  if (isTaken) throw nameTaken(location);
  const subscriptionId = partOf(workspace.id, 'subscriptions');
  const used = ml.endpoints.filter(
    (each) => sameText(partOf(each.id, 'subscriptions'), subscriptionId) && sameText(each.body.location, location),
  ).length;
  const limit = ml.settings.limits.endpoints;
  if (used >= limit) throw endpointQuotaReached(location, subscriptionId, used, limit);
  const { protocol } = ml.settings;
  return new OnlineEndpoint(`${workspace.id}/onlineEndpoints/${name}`, workspaceIdOf(workspace), body, {
    ...ml.clocks,
    protocol,
  });
}

/** @throws ArmError when the endpoint can't be changed, or not now */
function checkChange({ ml }: MlRouter, endpoint: OnlineEndpoint, body: EndpointBody, location: string): void {
  const { changes, name } = endpoint;
  const isRunning = changes.running !== undefined || isStillBusy(ml, endpoint);
  if (isRunning) throw endpointBusy(location, name, changes.running ? changes.provisioningState : 'Updating', 'update');
  if (!endpoint.hasSucceeded) throw endpointNotCreated(location, name);
  const isOther = (endpoint.body.compute ?? '').toLowerCase() !== (body.compute ?? '').toLowerCase();
  if (isOther) throw computeInvalid(location, 'The compute of an endpoint cannot be changed.');
  const isInUse = endpoint.deployments.some((deployment) => deployment.changes.running !== undefined);
  if (body.compute !== undefined && isInUse) throw endpointBusy(location, name, 'Updating', 'update');
}

/** Whether an operation on the endpoint ended only just now. */
export function isStillBusy({ settings, clocks }: MlRouter['ml'], { changes }: OnlineEndpoint): boolean {
  return clocks.clock.now() < changes.endsAt + settings.durations.busyAfter * 1000;
}

/** @throws ArmError */
function checkCompute({ computes = [], location, id }: MlWorkspace, { compute }: EndpointBody): void {
  if (compute === undefined) return;
  const found = computes.find(({ name }) => sameText(`${id}/computes/${name}`, compute));
  if (!found) throw computeInvalid(location, `The compute target '${compute}' does not exist in the workspace.`);
  if (found.computeType === 'Kubernetes') return;
  throw computeInvalid(location, `The compute target '${compute}' of type ${found.computeType} is not supported.`);
}

function notRegistered(providers: readonly string[], workspaceId: string) {
  const [first = ''] = providers;
  return {
    code: 'SubscriptionNotRegistered',
    message: `Resource provider [${first}] isn't registered with Subscription [${partOf(workspaceId, 'subscriptions')}]. Please see troubleshooting guide, available here: https://aka.ms/oe-tsg#error-subscriptionnotregistered`,
  };
}

/** @throws ArmError */
function putEndpoint(
  routes: MlRouter,
  operations: MlOperations,
  workspace: MlWorkspace,
  request: ArmRequest,
): ArmReply {
  const { ml } = routes;
  const { endpoint: name = '' } = request.parameters;
  checkLegacyMode(workspace);
  const body = readEndpoint(name, bodyOf(request, workspace.location), workspace.location);
  const known = ml.endpoint(`${workspace.id}/onlineEndpoints/${name}`);
  const endpoint = known ?? newEndpoint(routes, workspace, name, body);
  if (known) checkChange(routes, known, body, workspace.location);
  checkCompute(workspace, body);
  const served = new Map(endpoint.deployments.map((each) => [each.name, each.serving !== undefined]));
  checkTraffic(body, served, workspace.location);
  ml.add(endpoint);
  const { durations, unregisteredProviders } = ml.settings;
  const isRegistered = unregisteredProviders.size === 0;
  const change = endpoint.put(
    body,
    known ? durations.traffic : durations.endpoint,
    known || isRegistered ? undefined : notRegistered([...unregisteredProviders], workspace.id),
  );
  const headers = operations.beginPut(subjectOf(workspace, endpoint, request), change);
  endpoint.operationUrl = headers['azure-asyncoperation'];
  return { status: 201, headers, body: endpoint.describe() };
}

function addKeyRoutes(addFor: AddFor): void {
  addFor(['POST', '/listKeys', 'listKeys/action'], ({ keys, body: { authMode } }, _request, { location }) => {
    if (authMode !== 'Key') throw requestInvalid(location, `Keys are not available with the auth mode ${authMode}.`);
    return ok(keys.list());
  });
  addFor(
    ['POST', '/regenerateKeys', 'regenerateKeys/action'],
    ({ keys, body: { authMode } }, request, { location }) => {
      if (authMode !== 'Key') throw requestInvalid(location, `Keys are not available with the auth mode ${authMode}.`);
      const body = bodyOf(request, location);
      const keyType = textAt(body, 'keyType');
      if (keyType !== 'Primary' && keyType !== 'Secondary') {
        throw requestInvalid(location, `KeyType: '${keyType ?? ''}' is not one of Primary, Secondary.`);
      }
      keys.regenerate(keyType, textAt(body, 'keyValue'));
      return { status: 200 };
    },
  );
  addFor(['POST', '/token', 'token/action'], ({ keys, body: { authMode } }, _request, { location }) => {
    if (authMode !== 'AMLToken') {
      throw requestInvalid(location, `Tokens are not available with the auth mode ${authMode}.`);
    }
    return ok(keys.newToken());
  });
}
