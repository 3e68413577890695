import type { SandboxClock } from '../../../clock';
import { ApiError, doesNotExist } from '../../apiError';
import { toJson } from '../../json';
import { RawAnswer, type Router } from '../../router';
import type { ServedEntity, ServingEndpoint } from '../endpoint';
import type { EndpointAccess } from '../endpointAccess';
import type { ServingEndpoints } from '../endpoints';
import type { IsScaledToZero } from '../endpointViews';
import { InvalidInput } from './modelHost';
import type { ServingDurations } from '../rollOuts';
import type { RunningModels } from './runningModels';
import { rowsOf } from './scoringInput';
import { TrafficSplit } from './trafficSplit';

export interface InvocationParts {
  readonly clock: SandboxClock;
  readonly endpoints: ServingEndpoints;
  readonly access: EndpointAccess;
  readonly models: RunningModels;
  readonly durations: ServingDurations;
  readonly isScaledToZero: IsScaledToZero;
}

/** "Payload size: 16 MB per request" (Model Serving limits and regions). */
const payloadLimitBytes = 16 * 1024 * 1024;

/**
 * Scoring requests: to the endpoint, whose routes choose the served entity, and to one served entity ("Query individual
 * models behind an endpoint"), which may have a route of 0 % or none. A header names the served entity, as the Databricks
 * SDK expects.
 */
export function addInvocationRoutes(router: Router, parts: InvocationParts): void {
  const { endpoints, access } = parts;
  const split = new TrafficSplit();
  router.add('POST', '/serving-endpoints/*', async ({ rest, user, body, method, path }) => {
    const [name = '', ...address] = rest.split('/').map(decodeURIComponent);
    const endpoint = access.checked(user, endpoints.get(name), 'Query');
    if (body.length > payloadLimitBytes)
      throw new ApiError(413, 'REQUEST_ENTITY_TOO_LARGE', `The request is larger than ${payloadLimitBytes} bytes.`);
    const [first, served = '', last] = address;
    if (address.length === 1 && first === 'invocations') return score(parts, split.next(active(endpoint)), body);
    if (address.length === 3 && first === 'served-models' && last === 'invocations') {
      const entity = active(endpoint).entities.find((one) => one.name === served);
      if (!entity) throw doesNotExist(`Served entity '${served}' of endpoint '${name}' does not exist.`);
      return score(parts, entity, body);
    }
    throw new ApiError(404, 'ENDPOINT_NOT_FOUND', `No API found for '${method} ${path}'`);
  });
}

/** @throws ApiError for an endpoint that has never been ready; status, code and text are assumptions */
function active({ name, config }: ServingEndpoint) {
  if (!config) throw new ApiError(503, 'TEMPORARILY_UNAVAILABLE', `Endpoint '${name}' is not ready.`);
  return config;
}

async function score(parts: InvocationParts, entity: ServedEntity, body: Buffer): Promise<RawAnswer> {
  const { clock, models, durations, isScaledToZero } = parts;
  const count = (statusClass: string) => (entity.requests[statusClass] = (entity.requests[statusClass] ?? 0) + 1);
  const isCold = isScaledToZero(entity);
  entity.lastRequestAt = clock.now();
  try {
    if (entity.deployment !== 'DEPLOYMENT_READY')
      throw new ApiError(503, 'TEMPORARILY_UNAVAILABLE', `Served entity '${entity.name}' is not ready.`);
    if (isCold) await clock.sleep(durations.servingColdStartSeconds * 1000);
    const predictions = await models.predict(entity, rowsOf(body));
    count('2xx');
    return new RawAnswer(Buffer.from(toJson({ predictions })), {
      headers: { 'content-type': 'application/json', 'served-model-name': entity.name },
    });
  } catch (error) {
    const answer = errorOf(error);
    count(`${Math.floor(answer.status / 100)}xx`);
    entity.serviceLog.push(`[ERROR] ${answer.message}`);
    throw answer;
  }
}

/**
 * "Model code errors are customer-caused errors", so they are 4xx answers; the text of an unexpected one is documented too
 * (Debugging guide for Model Serving).
 */
function errorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof InvalidInput) return new ApiError(400, 'BAD_REQUEST', error.message);
  const reason = error instanceof Error ? error.message : String(error);
  return new ApiError(
    400,
    'BAD_REQUEST',
    `Encountered an unexpected error while evaluating the model. Verify that the input is compatible with the model for inference. Error '${reason}'`,
  );
}
