import type { Context } from '../../agent/context';
import type { Clock } from '../../clock';
import { CancelledError, TaskError } from '../../errors';
import { parseRetryAfter } from '../../http/answer/failure';
import type { DetailedHttpClient, HttpAnswer, HttpRequest } from '../../http/httpClient';
import { poll, TimedOutError } from '../../http/poll';
import { joined } from '../../http/sentences';
import { innermostError } from '../dialect';

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

/** Reads the state in one of the three ways in which Azure reports it. */
type Read = (answer: HttpAnswer<unknown>) => State;

/**
 * Waits until Azure has completed what a request started, in any of the ways in which it reports that
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations), and returns the result: the
 * resource that was put, or the answer to a POST. Survives transient faults. Throws an OperationError when the operation
 * fails; when the time is up or the signal aborts, the error says that Azure continues.
 */
export async function finishOperation<T>(
  http: DetailedHttpClient,
  first: HttpAnswer<unknown>,
  operation: Operation,
  context: Context,
): Promise<T> {
  const { method, path, query = {}, purpose, secrets = [] } = operation;
  const isPut = method === 'PUT' || method === 'PATCH';
  const resource: HttpRequest = { method: 'GET', path, query, purpose, secrets };
  const statusUrl = first.header('azure-asyncoperation') ?? first.header('operation-location');
  const location = first.header('location');

  if (statusUrl !== undefined) {
    await follow(http, first, linkTo(statusUrl, operation), operationState, operation, context);
    if (isPut) return await http.json<T>(resource);
    return (method === 'POST' && location !== undefined ? await http.json(linkTo(location, operation)) : {}) as T;
  }
  if (first.status === 202 && location !== undefined)
    return (await follow(http, first, linkTo(location, operation), locationState, operation, context)) as T;
  if (isPut && isRunning(resourceState(first)))
    return (await follow(http, first, resource, resourceState, operation, context)) as T;
  if (isPut) throwIfFailed(first, resourceState, operation);
  return first.body as T;
}

/** Polls until the operation has succeeded; returns the body of the last answer. */
async function follow(
  http: DetailedHttpClient,
  first: HttpAnswer<unknown>,
  begin: HttpRequest,
  read: Read,
  operation: Operation,
  { clock, signal, deadline }: Context,
): Promise<unknown> {
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
        const answer = await http.answer<unknown>({ ...request, budgetSeconds });
        notBefore = clock.now() + pauseAfter(answer, clock);
        const state = read(answer);
        if (state.next !== undefined) request = linkTo(state.next, operation);
        if (isRunning(state)) await onRunning?.();
        return answer;
      },
      isDone: (answer) => !isRunning(read(answer)),
    });
    throwIfFailed(last, read, operation);
    return last.body;
  } catch (error) {
    const continues = `Azure continues with it (operation ${begin.path.split('/').at(-1) ?? ''}).`;
    if (signal.aborted) throw new CancelledError(`Cancelled. ${continues}`, { cause: error });
    if (!(error instanceof TimedOutError)) throw error;
    throw new TimedOutError(`${error.message} ${continues}`, { cause: error });
  }
}

/** A request to a link from Azure, byte for byte: it may be signed. It is always sent to our own host. */
function linkTo(address: string, { purpose, secrets = [] }: Operation): HttpRequest {
  const [, path = '/', exactQuery] = /^(?:https?:\/\/[^/?#]+)?(\/[^?#]*)?(?:\?([^#]*))?/i.exec(address) ?? [];
  const link = { method: 'GET', path, purpose } as const;
  return exactQuery ? { ...link, exactQuery, secrets: [...secrets, exactQuery] } : { ...link, secrets };
}

function operationState({ body }: HttpAnswer<unknown>): State {
  const { status = '', error } = body as { readonly status?: string; readonly error?: unknown };
  return { status, error };
}

function locationState({ status, header }: HttpAnswer<unknown>): State {
  return status === 202 ? { status: 'Running', next: header('location') } : { status: 'Succeeded' };
}

function resourceState({ body }: HttpAnswer<unknown>): State {
  const { properties } = body as { readonly properties?: { readonly provisioningState?: string } };
  return { status: properties?.provisioningState ?? 'Succeeded' };
}

function isRunning({ status }: State): boolean {
  return !/^(succeeded|failed|canceled|cancelled)$/i.test(status);
}

function throwIfFailed(answer: HttpAnswer<unknown>, read: Read, { purpose }: Operation): void {
  const { status, error } = read(answer);
  if (/^succeeded$/i.test(status)) return;
  const { errorCode = '', message } = innermostError(error);
  const words = [errorCode, message].filter(Boolean).join(': ') || 'no reason given';
  const correlation = answer.header('x-ms-correlation-request-id') ?? '';
  const trace = /^[\w-]{1,100}$/.test(correlation) ? `Correlation id: ${correlation}.` : '';
  const sentence = `Could not ${purpose}: Azure reports ${status}: ${words.replace(/\.$/, '')}.`;
  throw new OperationError(joined(sentence, trace), errorCode, message);
}

/** How long the service asks to wait, in milliseconds. */
function pauseAfter(answer: HttpAnswer<unknown>, clock: Clock): number {
  return (parseRetryAfter(answer.header('retry-after'), clock.now()) ?? 0) * 1000;
}
