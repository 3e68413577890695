import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import { HttpError } from '../../../http/errors';
import type { DetailedHttpClient, HttpRequest } from '../../../http/httpClient';
import { pages } from '../../../http/pages';
import * as shape from '../../../http/shape';
import type { Json } from '../../../json';
import { pathSegment } from '../../../pathSegment';
import { accepted, finishOperation, OperationError } from '../../resourceManager/longRunningOperation';

/** Where a workspace of Azure Machine Learning is. */
export interface WorkspacePlace {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly workspaceName: string;
}

/** Azure works on the endpoint or the deployment: the same request may be accepted later. */
export class BusyError extends TaskError {
  override readonly name = 'BusyError';
}

/** The oldest stable one that has startup probes of deployments. */
export const apiVersion = '2024-10-01';

/** For a change of traffic and a deletion, which take less than a minute, also after the deadline. */
export const secondsToRestore = 300;

/** A request that starts an operation. */
interface Change {
  readonly method: 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly purpose: string;
  readonly json?: Json;
  readonly secrets?: readonly string[];
  /** Called after each look that finds the operation running. */
  readonly onRunning?: () => Promise<void>;
  /** How long it may take also after the deadline: for what restores the service. */
  readonly leastSeconds?: number;
}

/** Resource Manager, for the resources of one workspace (Microsoft.MachineLearningServices/workspaces). */
export class WorkspaceClient {
  /** The resource id of the workspace, which is also its path. */
  readonly workspaceId: string;
  readonly #http: DetailedHttpClient;
  readonly #context: Context;

  constructor(http: DetailedHttpClient, place: WorkspacePlace, context: Context) {
    this.#http = http;
    this.#context = context;
    const [subscription, group, workspace] = [place.subscriptionId, place.resourceGroup, place.workspaceName].map(
      pathSegment,
    );
    this.workspaceId = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.MachineLearningServices/workspaces/${workspace}`;
  }

  /** The path of what belongs to a location of the subscription, such as its quota. */
  locationPath(location: string): string {
    const [subscription] = this.workspaceId.split('/resourceGroups/');
    const segment = pathSegment(location.toLowerCase().replaceAll(' ', ''));
    return `${subscription}/providers/Microsoft.MachineLearningServices/locations/${segment}`;
  }

  async read<T>(path: string, purpose: string, answer: shape.Shape<T>, budgetSeconds?: number): Promise<T> {
    const request = this.#request('GET', path, purpose);
    return this.#http.json({ ...request, ...(budgetSeconds !== undefined && { budgetSeconds }) }, answer);
  }

  /** Undefined where there is nothing at the path. */
  async find<T>(path: string, purpose: string, answer: shape.Shape<T>, budgetSeconds?: number): Promise<T | undefined> {
    try {
      return await this.read(path, purpose, answer, budgetSeconds);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** The items of a list, page by page; the caller may stop early. */
  list<T>(path: string, purpose: string, item: shape.Shape<T>, query: HttpRequest['query'] = {}): AsyncGenerator<T> {
    const page = shape.object({ value: shape.list(item), nextLink: shape.optionalText });
    return pages(purpose, async (link) => {
      const first = this.#request('GET', path, purpose);
      const request: HttpRequest =
        link === undefined ? { ...first, query: { ...first.query, ...query } } : { ...pageAt(link), purpose };
      const { value, nextLink } = await this.#http.json(request, page);
      return { items: value, next: nextLink };
    });
  }

  /** Deletes what is at a path. Does nothing where there is nothing. */
  async delete(path: string, purpose: string): Promise<void> {
    try {
      await this.carryOut({ method: 'DELETE', path, purpose, leastSeconds: secondsToRestore });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** A POST that changes nothing, such as one that reads keys. */
  async ask<T>(
    path: string,
    purpose: string,
    json: Json,
    answer: shape.Shape<T>,
    options: Pick<HttpRequest, 'hasSecretAnswer' | 'budgetSeconds'> = {},
  ): Promise<T> {
    return this.#http.json({ ...this.#request('POST', path, purpose), json, ...options }, answer);
  }

  /** A PUT that is complete with its answer, of an asset whose content never changes. */
  async put<T>(path: string, purpose: string, json: Json, answer: shape.Shape<T>): Promise<T> {
    return this.#http.json({ ...this.#request('PUT', path, purpose), json }, answer);
  }

  /**
   * Starts an operation and waits for its end. Throws a BusyError when another operation is in the way, and otherwise as
   * `finishOperation`.
   */
  async carryOut(change: Change): Promise<void> {
    const { leastSeconds = 0, ...rest } = change;
    const operation = { ...rest, ...this.#request(change.method, change.path, change.purpose) };
    const { clock, deadline } = this.#context;
    const context = { ...this.#context, deadline: Math.max(deadline, clock.now() + leastSeconds * 1000) };
    try {
      const first = await this.#http.answer(operation, accepted);
      await finishOperation(this.#http, first, operation, context);
    } catch (error) {
      if (isBusy(error)) throw new BusyError(error.message, { cause: error });
      throw error;
    }
  }

  #request<M extends HttpRequest['method']>(method: M, path: string, purpose: string) {
    // Each request states the wanted result, or only reads, so that repeating it is safe.
    return { method, path, query: { 'api-version': apiVersion }, purpose, repeatable: true } as const;
  }
}

/** The path and the query of a link to the next page, for our own host. */
function pageAt(link: string): Pick<HttpRequest, 'path' | 'exactQuery' | 'isNextPage'> & { readonly method: 'GET' } {
  const [, path = '/', exactQuery = ''] = /^(?:https?:\/\/[^/?#]+)?(\/[^?#]*)?(?:\?([^#]*))?/i.exec(link) ?? [];
  return { method: 'GET', path, exactQuery, isNextPage: true };
}

export function isMissing(error: unknown): error is HttpError {
  return error instanceof HttpError && error.status === 404 && !/^ResourceGroupNotFound$/.test(error.errorCode ?? '');
}

/**
 * Conflicts of operations, as azure-sdk-for-net #36961 and
 * https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints (OperationCanceled) have them.
 */
const conflicts =
  /\bin (?:an? )?\w*(?:creating|updating|deleting|scaling)\w* (?:provisioning )?state|another operation|operation (?:is )?(?:already )?in progress|waiting for lock|higher priority operation|conflict\w* operation/i;

function isBusy(error: unknown): error is HttpError | OperationError {
  if (error instanceof OperationError)
    return error.errorCode === 'OperationCanceled' && conflicts.test(error.serviceMessage);
  if (!(error instanceof HttpError) || (error.status !== 409 && error.status !== 400)) return false;
  return conflicts.test(error.serviceMessage) && !isUnusableEndpoint(error);
}

/** Whether an endpoint was never created completely, so that it has to be deleted first. */
export function isUnusableEndpoint(error: unknown): boolean {
  return error instanceof HttpError && /not been created successfully/i.test(error.serviceMessage);
}
