import type { DeleteOptions } from 'kubernetes-types/meta/v1';
import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import type { HttpRequest } from '../../http/httpClient';
import { isObject } from '../../json';
import { isAllowed } from './accessReview';
import { ApiServer, isStatus } from './apiServer';
import { body } from './body';
import { clusterHttp, type ClusterAccess } from './clusterAccess';
import { listAll } from './listAll';
import { proxy, type ProxyAnswer, type ProxyRequest, type ProxyTarget } from './proxy';
import { knownResource, pathOf, pods, titleOf, type KubernetesObject, type Resource } from './resource';
import { deletedShape, objectShape } from './shapes';
import {
  eventTypes,
  type Action,
  type Applied,
  type ApplyOptions,
  type DeleteOf,
  type List,
  type ListOptions,
  type LogOptions,
  type PatchOperation,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from './types';

/** The cluster does not have a kind of object. */
export class UnknownKind extends TaskError {
  override readonly name = 'UnknownKind';
}

/** The owner of the fields that we apply. */
export const fieldManager = 'model-pipelines';

const logLimitBytes = 256 * 1024;

/**
 * The API of a cluster, in one namespace. Calls reject as HttpClient's do; each warning of the API server (`Warning`
 * header) is reported once.
 */
export class KubernetesClient {
  private constructor(
    private readonly api: ApiServer,
    /** The namespace of every call, unless the object itself names another. */
    readonly namespace: string,
    private readonly pagesUntil: number | undefined,
  ) {}

  /** Makes no call. Throws a TaskError when the access can't be used. */
  static open(access: ClusterAccess, context: Context, namespace = access.namespace ?? 'default'): KubernetesClient {
    const api = new ApiServer(clusterHttp(access, context), (text) => context.agent.warning(text));
    return new KubernetesClient(api, namespace, undefined);
  }

  /** The same cluster, another namespace. */
  in(namespace: string): KubernetesClient {
    return new KubernetesClient(this.api, namespace, this.pagesUntil);
  }

  /**
   * The same cluster for what follows the deadline of the work, such as a rollback: lists are read to their end until this
   * moment, by the clock's `now()`.
   */
  until(deadline: number): KubernetesClient {
    return new KubernetesClient(this.api, this.namespace, deadline);
  }

  /** Undefined when there is none. */
  async get<T extends KubernetesObject>(resource: Resource<T>, name: string): Promise<T | undefined> {
    try {
      const purpose = `read ${resource.kind} ${name}`;
      const path = pathOf(resource, this.namespace, name);
      return await this.api.call({ method: 'GET', path, purpose }, objectShape(resource, name));
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  /** All of them, page by page. */
  list<T extends KubernetesObject>(resource: Resource<T>, options: ListOptions = {}): Promise<List<T>> {
    return listAll(this.api, this.namespace, resource, options, this.pagesUntil);
  }

  /** Server-side apply as our field manager. The object names its kind and itself. */
  async apply<T extends KubernetesObject>(
    resource: Resource<T>,
    object: T,
    { isForced = false, isDryRun = false }: ApplyOptions = {},
  ): Promise<Applied<T>> {
    const answer = await this.api.answer(
      {
        method: 'PATCH',
        path: pathOf(resource, this.#namespaceOf(object), nameOf(object)),
        query: { fieldManager, force: isForced || undefined, ...dryRun(isDryRun) },
        text: body('application/apply-patch+yaml', object),
        purpose: `${isDryRun ? 'check' : 'apply'} ${titleOf(object)}`,
        repeatable: true,
      },
      objectShape(resource, nameOf(object)),
    );
    return { object: answer.body, isNew: answer.status === 201 };
  }

  /** Not repeated after a lost answer: the object may exist by then. */
  create<T extends KubernetesObject>(
    resource: Resource<T>,
    object: T,
    { isDryRun = false }: WriteOptions = {},
  ): Promise<T> {
    return this.api.call(
      {
        method: 'POST',
        path: pathOf(resource, this.#namespaceOf(object)),
        query: { fieldManager, ...dryRun(isDryRun) },
        text: body('application/json', object),
        purpose: `create ${titleOf(object)}`,
      },
      objectShape(resource, object.metadata?.name),
    );
  }

  /** All operations or none: a `test` that does not hold is an HttpError 422. Not repeated after a lost answer. */
  jsonPatch<T extends KubernetesObject>(
    resource: Resource<T>,
    name: string,
    operations: readonly PatchOperation[],
  ): Promise<T> {
    return this.#patch(resource, name, body('application/json-patch+json', operations), false);
  }

  /** Sets what the patch names; null removes (RFC 7386). */
  mergePatch<T extends KubernetesObject>(resource: Resource<T>, name: string, patch: object): Promise<T> {
    return this.#patch(resource, name, body('application/merge-patch+json', patch), true);
  }

  /** Whether there was one to delete. */
  async delete<T extends KubernetesObject>(
    resource: Resource<T>,
    name: string,
    { propagation = 'Background', uid, resourceVersion }: DeleteOf = {},
  ): Promise<boolean> {
    const options: DeleteOptions = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: propagation,
      ...((uid ?? resourceVersion) !== undefined && {
        preconditions: { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) },
      }),
    };
    try {
      await this.api.answer(
        {
          method: 'DELETE',
          path: pathOf(resource, this.namespace, name),
          text: body('application/json', options),
          purpose: `delete ${resource.kind} ${name}`,
          repeatable: true,
        },
        deletedShape,
      );
      return true;
    } catch (error) {
      if (isStatus(error, 404)) return false;
      throw error;
    }
  }

  /**
   * Reports every change since a list, until the API server ends the watch or the signal aborts. When the list is too
   * old, that is an event of type ERROR or an HttpError 410: list again. What is not an event is one of type ERROR, too, such
   * as half a line before an end, or a web page.
   */
  watch(
    resource: Resource,
    { timeoutSeconds, signal, ...selection }: WatchOptions,
    onEvent: (event: WatchEvent) => void,
  ): Promise<void> {
    const request: HttpRequest = {
      method: 'GET',
      path: pathOf(resource, this.namespace),
      query: { ...selection, watch: true, allowWatchBookmarks: true, timeoutSeconds },
      purpose: `watch ${resource.plural}`,
      budgetSeconds: timeoutSeconds + secondsToEnd,
      ...(signal && { signal }),
    };
    return this.api.http.lines(request, (line) => {
      if (line.trim() !== '') onEvent(eventIn(line));
    });
  }

  /** The last lines of a container's log. */
  async logs(pod: string, { container, tailLines, isPrevious }: LogOptions): Promise<string> {
    const bytes = await this.api.http.bytes({
      method: 'GET',
      path: `${pathOf(pods, this.namespace, pod)}/log`,
      query: { container, tailLines, previous: isPrevious, limitBytes: logLimitBytes },
      purpose: `read the log of container ${container} of pod ${pod}`,
    });
    return Buffer.from(bytes).toString('utf8');
  }

  /** What a pod or service answers on a port, whatever its status. Rejects when the API server doesn't forward the call. */
  proxy(target: ProxyTarget, request: ProxyRequest): Promise<ProxyAnswer> {
    return proxy(this.api.http, this.namespace, target, request);
  }

  /** Whether the caller is allowed to do this; undefined when the cluster doesn't let it ask. */
  canI(action: Action): Promise<boolean | undefined> {
    return isAllowed(this.api, this.namespace, action);
  }

  /** The resource of a kind, as the cluster knows it. Throws an UnknownKind when it doesn't. */
  async resourceOf(apiVersion: string, kind: string): Promise<Resource> {
    const found = knownResource(apiVersion, kind);
    if (found) return found;
    const resource = (await this.api.resourcesOf(apiVersion)).find(
      // Subresources have the same kind, and names such as `models/status`.
      (candidate) => candidate.kind === kind && !candidate.name.includes('/'),
    );
    if (!resource)
      throw new UnknownKind(
        `The cluster has no kind ${kind} in ${apiVersion}. Check both, and that its CustomResourceDefinition is installed.`,
      );
    return { apiVersion, kind, plural: resource.name, isNamespaced: resource.namespaced };
  }

  #patch<T extends KubernetesObject>(
    resource: Resource<T>,
    name: string,
    text: HttpRequest['text'] & object,
    repeatable: boolean,
  ): Promise<T> {
    return this.api.call(
      {
        method: 'PATCH',
        path: pathOf(resource, this.namespace, name),
        query: { fieldManager },
        text,
        purpose: `change ${resource.kind} ${name}`,
        repeatable,
      },
      objectShape(resource, name),
    );
  }

  #namespaceOf({ metadata }: KubernetesObject): string {
    return metadata?.namespace ?? this.namespace;
  }
}

/** Time for the API server to finish an answer after the timeout of the watch. */
const secondsToEnd = 15;

function eventIn(line: string): WatchEvent {
  try {
    const event: unknown = JSON.parse(line);
    const type = isObject(event) ? eventTypes.find((known) => known === event['type']) : undefined;
    if (isObject(event) && type) return { type, object: event['object'] };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { type: 'ERROR', object: undefined };
}

function dryRun(isDryRun: boolean): { readonly dryRun?: string } {
  return isDryRun ? { dryRun: 'All' } : {};
}

function nameOf(object: KubernetesObject): string {
  const name = object.metadata?.name;
  if (name === undefined) throw new TaskError(`A ${object.kind ?? 'object'} has no metadata.name.`);
  return name;
}
