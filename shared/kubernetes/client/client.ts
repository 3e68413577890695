import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import type { DeleteOptions } from 'kubernetes-types/meta/v1';
import { TaskError } from '../../errors';
import type { HttpRequest } from '../../http/httpClient';
import { stringifyJson, type Json } from '../../json';
import { ApiServer, isStatus } from './apiServer';
import { proxy, type ProxyAnswer, type ProxyRequest, type ProxyTarget } from './proxy';
import type {
  Action,
  Applied,
  ApplyOptions,
  DeleteOf,
  List,
  ListOptions,
  ListPage,
  LogOptions,
  PatchOperation,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './types';
import { clusterHttp, type ClusterAccess, type ClusterSurroundings } from './clusterAccess';
import {
  groupOf,
  knownResource,
  pathOf,
  pathOfVersion,
  pods,
  titleOf,
  type KubernetesObject,
  type Resource,
} from './resource';

/** The owner of the fields that we apply. */
export const fieldManager = 'model-pipelines';

const pageSize = 500;
const logLimitBytes = 256 * 1024;

/**
 * The API of a cluster, in one namespace. Calls reject as HttpClient's do; what an API server says beside its answers
 * (`Warning` headers) is reported once each.
 */
export class KubernetesClient {
  private constructor(
    private readonly api: ApiServer,
    /** Where all calls go that don't name an object with a namespace of its own. */
    readonly namespace: string,
  ) {}

  /** Makes no call. Throws a TaskError when the access can't be used. */
  static open(
    access: ClusterAccess,
    surroundings: ClusterSurroundings,
    namespace = access.namespace ?? 'default',
  ): KubernetesClient {
    const http = clusterHttp(access, surroundings);
    return new KubernetesClient(new ApiServer(http, (text) => surroundings.agent.warning(text)), namespace);
  }

  /** The same cluster, another namespace. */
  in(namespace: string): KubernetesClient {
    return new KubernetesClient(this.api, namespace);
  }

  /** Undefined when there is none. */
  async get<T extends KubernetesObject>(resource: Resource<T>, name: string): Promise<T | undefined> {
    try {
      return await this.api.call<T>({
        method: 'GET',
        path: pathOf(resource, this.namespace, name),
        purpose: `read ${resource.kind} ${name}`,
      });
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  /** All of them, page by page. */
  async list<T extends KubernetesObject>(
    resource: Resource<T>,
    { budgetSeconds, ...selection }: ListOptions = {},
  ): Promise<List<T>> {
    const items: T[] = [];
    let continueToken: string | undefined;
    let limit: number | undefined = pageSize;
    for (;;) {
      try {
        const page: ListPage<T> = await this.api.call<ListPage<T>>({
          method: 'GET',
          path: pathOf(resource, this.namespace),
          query: { ...selection, limit, continue: continueToken },
          purpose: `list ${resource.plural}`,
          ...(budgetSeconds !== undefined && { budgetSeconds }),
        });
        items.push(...page.items);
        continueToken = page.metadata.continue || undefined;
        if (continueToken === undefined) return { items, resourceVersion: page.metadata.resourceVersion ?? '' };
      } catch (error) {
        // The snapshot that the pages come from lives for minutes only: then all at once.
        if (!isStatus(error, 410) || limit === undefined) throw error;
        items.length = 0;
        continueToken = limit = undefined;
      }
    }
  }

  /** Server-side apply as our field manager. The object names its kind and itself. */
  async apply<T extends KubernetesObject>(
    resource: Resource<T>,
    object: T,
    { isForced = false, isDryRun = false }: ApplyOptions = {},
  ): Promise<Applied<T>> {
    const answer = await this.api.answer<T>({
      method: 'PATCH',
      path: pathOf(resource, this.#placeOf(object), nameOf(object)),
      query: { fieldManager, force: isForced || undefined, ...dryRun(isDryRun) },
      text: body('application/apply-patch+yaml', object),
      purpose: `${isDryRun ? 'check' : 'apply'} ${titleOf(object)}`,
      repeatable: true,
    });
    return { object: answer.body, isNew: answer.status === 201 };
  }

  /** Not repeated after a lost answer: it may be there, then. */
  create<T extends KubernetesObject>(
    resource: Resource<T>,
    object: T,
    { isDryRun = false }: WriteOptions = {},
  ): Promise<T> {
    return this.api.call<T>({
      method: 'POST',
      path: pathOf(resource, this.#placeOf(object)),
      query: { fieldManager, ...dryRun(isDryRun) },
      text: body('application/json', object),
      purpose: `create ${titleOf(object)}`,
    });
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
      await this.api.answer({
        method: 'DELETE',
        path: pathOf(resource, this.namespace, name),
        text: body('application/json', options),
        purpose: `delete ${resource.kind} ${name}`,
        repeatable: true,
      });
      return true;
    } catch (error) {
      if (isStatus(error, 404)) return false;
      throw error;
    }
  }

  /**
   * Tells every change since a list, until the API server ends it or the signal aborts. A list that is too old comes as
   * an event of type ERROR or as an HttpError 410: list anew.
   */
  watch<T extends KubernetesObject>(
    resource: Resource<T>,
    { timeoutSeconds, signal, ...selection }: WatchOptions,
    onEvent: (event: WatchEvent<T>) => void,
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
      if (line.trim() !== '') onEvent(JSON.parse(line) as WatchEvent<T>);
    });
  }

  /** The end of what a container wrote. */
  async logs(pod: string, { container, tailLines, isPrevious }: LogOptions): Promise<string> {
    const bytes = await this.api.http.bytes({
      method: 'GET',
      path: `${pathOf(pods, this.namespace, pod)}/log`,
      query: { container, tailLines, previous: isPrevious, limitBytes: logLimitBytes },
      purpose: `read the log of container ${container} of pod ${pod}`,
    });
    return Buffer.from(bytes).toString('utf8');
  }

  /** What a pod or service answers on a port, whatever its status. Rejects when the API server can't or won't pass it on. */
  proxy(target: ProxyTarget, request: ProxyRequest): Promise<ProxyAnswer> {
    return proxy(this.api.http, this.namespace, target, request);
  }

  /** Whether the caller may do this; undefined when the cluster doesn't let it ask. */
  async canI({ verb, resource, subresource, name }: Action): Promise<boolean | undefined> {
    const review: SelfSubjectAccessReview = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {
          verb,
          group: groupOf(resource),
          resource: resource.plural,
          ...(resource.isNamespaced && { namespace: this.namespace }),
          ...(subresource !== undefined && { subresource }),
          ...(name !== undefined && { name }),
        },
      },
    };
    try {
      const { status } = await this.api.call<SelfSubjectAccessReview>({
        method: 'POST',
        path: `${pathOfVersion('authorization.k8s.io/v1')}/selfsubjectaccessreviews`,
        text: body('application/json', review),
        purpose: 'ask what this caller may do',
        repeatable: true,
      });
      return status?.allowed;
    } catch (error) {
      if (isStatus(error, 403)) return undefined;
      throw error;
    }
  }

  /** The resource of a kind, as the cluster knows it. Throws a TaskError when it doesn't. */
  async resourceOf(apiVersion: string, kind: string): Promise<Resource> {
    const found = knownResource(apiVersion, kind);
    if (found) return found;
    const resource = (await this.api.resourcesOf(apiVersion)).find(
      // Subresources have the same kind, and names such as `models/status`.
      (candidate) => candidate.kind === kind && !candidate.name.includes('/'),
    );
    if (!resource)
      throw new TaskError(
        `The cluster knows no ${kind} of ${apiVersion}: check both, and whether what brings it is installed.`,
      );
    return { apiVersion, kind, plural: resource.name, isNamespaced: resource.namespaced };
  }

  #patch<T>(resource: Resource, name: string, text: HttpRequest['text'] & object, repeatable: boolean): Promise<T> {
    return this.api.call<T>({
      method: 'PATCH',
      path: pathOf(resource, this.namespace, name),
      query: { fieldManager },
      text,
      purpose: `change ${resource.kind} ${name}`,
      repeatable,
    });
  }

  #placeOf({ metadata }: KubernetesObject): string {
    return metadata?.namespace ?? this.namespace;
  }
}

/** For an answer that the API server begins to end in time. */
const secondsToEnd = 15;

function dryRun(isDryRun: boolean): { readonly dryRun?: string } {
  return isDryRun ? { dryRun: 'All' } : {};
}

function body(contentType: string, content: object): { readonly contentType: string; readonly content: string } {
  // What YAML and JSON can hold is all that there is in it.
  return { contentType, content: stringifyJson(content as Json) };
}

function nameOf(object: KubernetesObject): string {
  const name = object.metadata?.name;
  if (name === undefined) throw new TaskError(`A ${object.kind ?? 'object'} has no metadata.name.`);
  return name;
}
