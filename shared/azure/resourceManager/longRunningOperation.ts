import type { Context } from '../../agent/context';
import type { Clock } from '../../clock';
import { CancelledError, TaskError } from '../../errors';
import { HttpError, isFinalRefusal } from '../../http/errors';
import { secondsAskedFor } from '../../http/answer/failure';
import type { DetailedHttpClient, HttpAnswer, HttpRequest } from '../../http/httpClient';
import { isMap, type Json, type JsonMap } from '../../json';
import { longestPauseAskedFor, poll, TimedOutError } from '../../http/poll';
import { joined } from '../../sentences';
import { innermostError } from '../dialect';
import * as shape from '../../http/shape';

/** The request that started it. */
export interface Operation extends Pick<HttpRequest, 'path' | 'query' | 'purpose' | 'secrets'> {
  readonly method: 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** Called after each look that finds it still running; an error that it throws ends the wait. */
  readonly onRunning?: () => Promise<void>;
}

/** An operation of Azure failed. */
export class OperationError extends TaskError {
  override readonly name = 'OperationError';

  constructor(
    message: string,
    /** Azure's name for what went wrong, such as `InaccessibleImage`; empty when it gives none. */
    readonly errorCode: string,
    /** Azure's own message. */
    readonly serviceMessage: string,
  ) {
    super(message);
  }
}

/** The state of an operation. */
interface State {
  /** `Succeeded`, `Failed` and `Canceled` are final; services have more names for running than Azure's rules list. */
  readonly status: string;
  readonly error?: unknown;
  /** Where to look next time, if elsewhere. */
  readonly next?: string | undefined;
}

/** The body of an answer; many have none, or null. */
type Body = JsonMap | undefined;

/** The answer to a request that starts an operation; an error in it is how the operation ended. */
export const accepted: shape.Shape<Body> = { ...shape.maybe(shape.jsonMap), fields: ['error'] };

/** One of the three ways in which Azure reports the state. */
interface Report {
  readonly shape: shape.Shape<Body>;
  readonly read: (answer: HttpAnswer<Body>) => State;
}

/**
 * Waits until Azure has completed what a request started, in any of the ways in which it reports that
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations), and returns the result: the
 * resource that was put, or the answer to a POST. Survives transient faults. Throws an OperationError when the operation
 * fails; when the time is up or the signal aborts, the error says that Azure continues.
 */
export async function finishOperation(
  http: DetailedHttpClient,
  first: HttpAnswer<Body>,
  operation: Operation,
  context: Context,
): Promise<Body> {
  const { method, path, query = {}, purpose, secrets = [] } = operation;
  const isPut = method === 'PUT' || method === 'PATCH';
  const resource: HttpRequest = { method: 'GET', path, query, purpose, secrets };
  const statusUrl = first.header('azure-asyncoperation') ?? first.header('operation-location');
  const location = first.header('location');

  if (statusUrl !== undefined) {
    const link = linkTo(statusUrl, operation);
    try {
      await follow(http, first, link, byOperation, operation, context);
    } catch (error) {
      if (method === 'POST' || !isForbidden(error)) throw error;
      const { secrets: signed = [] } = link;
      return await followResource(http, first, { ...resource, secrets: signed }, operation, context, error);
    }
    if (isPut) return await http.json(resource, accepted);
    return method === 'POST' && location !== undefined
      ? await http.json(linkTo(location, operation), accepted)
      : undefined;
  }
  if (first.status === 202 && location !== undefined)
    return await follow(http, first, linkTo(location, operation), byLocation, operation, context);
  if (isPut && isRunning(byResource.read(first)))
    return await follow(http, first, resource, byResource, operation, context);
  throwIfFailed(first, isPut ? byResource : byEnd, operation);
  return first.body;
}

/**
 * Waits with looks at the resource alone. A role on a resource does not cover its operation, which belongs to a location of
 * the subscription; how it ended is in the resource too, but not why.
 */
async function followResource(
  http: DetailedHttpClient,
  first: HttpAnswer<Body>,
  resource: HttpRequest,
  operation: Operation,
  context: Context,
  refusal: HttpError,
): Promise<Body> {
  try {
    const report = operation.method === 'DELETE' ? byExistence : byResource;
    return await follow(http, first, resource, report, operation, context);
  } catch (error) {
    if (operation.method === 'DELETE' && error instanceof HttpError && error.status === 404) return undefined;
    if (!(error instanceof OperationError)) throw error;
    const message = `${error.message} Azure did not say why, because the identity cannot read the operation. ${refusal.message}`;
    throw new OperationError(message, error.errorCode, error.serviceMessage);
  }
}

function isForbidden(error: unknown): error is HttpError {
  return isFinalRefusal(error) && error.status === 403;
}

/** Polls until the operation has succeeded; returns the body of the last answer. */
async function follow(
  http: DetailedHttpClient,
  first: HttpAnswer<Body>,
  begin: HttpRequest,
  report: Report,
  operation: Operation,
  { clock, signal, deadline }: Context,
): Promise<Body> {
  const { purpose, onRunning } = operation;
  let request = begin;
  let notBefore = clock.now() + pauseAfter(first, clock);
  try {
    const last = await poll({
      clock,
      signal,
      deadline,
      awaited: `Azure to ${purpose}`,
      probe: async (budgetSeconds) => {
        const wait = Math.min(notBefore, deadline) - clock.now();
        if (wait > 0) await clock.sleep(wait, signal);
        const answer = await http.answer({ ...request, budgetSeconds }, report.shape);
        notBefore = clock.now() + pauseAfter(answer, clock);
        const state = report.read(answer);
        if (state.next !== undefined) request = linkTo(state.next, operation);
        if (isRunning(state)) await onRunning?.();
        return answer;
      },
      isDone: (answer) => !isRunning(report.read(answer)),
    });
    throwIfFailed(last, report, operation);
    return last.body;
  } catch (error) {
    if (error instanceof OperationError) throw error;
    const continues = `Azure continues with it (operation ${begin.path.split('/').at(-1) ?? ''}).`;
    if (signal.aborted) throw new CancelledError(`Cancelled. ${continues}`, { cause: error });
    if (!(error instanceof TimedOutError)) throw error;
    throw new TimedOutError(`${error.message} ${continues}`, { cause: error });
  }
}

/**
 * Of a link that Azure names, in addition to 200: 202 while the operation runs, and the status of the request itself (201,
 * 204) when it has ended (https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations). The
 * resource is read with 200 only.
 */
const statusesOfLinks = [201, 202, 204];

/** A request to a link from Azure, byte for byte: it may be signed. It is always sent to our own host. */
function linkTo(address: string, { purpose, secrets = [] }: Operation): HttpRequest {
  const [, path = '/', exactQuery] = /^(?:https?:\/\/[^/?#]+)?(\/[^?#]*)?(?:\?([^#]*))?/i.exec(address) ?? [];
  const link = { method: 'GET', path, purpose, statuses: statusesOfLinks } as const;
  return exactQuery ? { ...link, exactQuery, secrets: [...secrets, exactQuery] } : { ...link, secrets };
}

/** By the operation's own status. */
const byOperation: Report = {
  shape: shape.object({ status: shape.nonEmptyText, error: shape.optional(shape.json) }),
  read: ({ body }) => ({ status: textOf(body?.['status']), error: body?.['error'] }),
};

/** By the last answer: its body is the result, or nothing; some services answer with a failed state. */
const byEnd: Report = {
  shape: accepted,
  read({ body }) {
    const status = textOf(body?.['status']);
    const error = body?.['error'];
    if (/^(failed|cancell?ed)$/i.test(status)) return { status, error };
    return { status: error === undefined ? 'Succeeded' : 'Failed', error };
  },
};

/** By the status of the answer of a location. */
const byLocation: Report = {
  shape: accepted,
  read: (answer) =>
    answer.status === 202 ? { status: 'Running', next: answer.header('location') } : byEnd.read(answer),
};

/** By the resource itself; one without a state is complete. */
const byResource: Report = {
  shape: shape.jsonMap,
  read({ body }) {
    const properties = body?.['properties'];
    return { status: textOf(isMap(properties) ? properties['provisioningState'] : undefined) || 'Succeeded' };
  },
};

/** By the resource that is deleted: while it exists, whatever its state. */
const byExistence: Report = { shape: shape.jsonMap, read: () => ({ status: 'Deleting' }) };

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isRunning({ status }: State): boolean {
  return !/^(succeeded|failed|canceled|cancelled)$/i.test(status);
}

function throwIfFailed(answer: HttpAnswer<Body>, report: Report, { purpose }: Operation): void {
  const { status, error } = report.read(answer);
  if (/^succeeded$/i.test(status)) return;
  const { errorCode = '', message } = innermostError(error);
  const words = [errorCode, message].filter(Boolean).join(': ') || 'no reason given';
  const correlation = answer.header('x-ms-correlation-request-id') ?? '';
  const trace = /^[\w-]{1,100}$/.test(correlation) ? `Correlation id: ${correlation}.` : '';
  const sentence = `Could not ${purpose}: Azure reports ${status}: ${words.replace(/\.$/, '')}.`;
  throw new OperationError(joined(sentence, trace), errorCode, message);
}

/** How long to wait as the service asks, in milliseconds. */
function pauseAfter(answer: HttpAnswer<unknown>, clock: Clock): number {
  return Math.min((secondsAskedFor(answer, clock.date()) ?? 0) * 1000, longestPauseAskedFor);
}
