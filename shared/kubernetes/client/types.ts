import type { Json } from '../../json';
import type { Resource } from './resource';

/** Which objects of a kind: Kubernetes' own selectors, such as `app=score,slot in (blue)` and `metadata.name=score`. */
export interface Selection {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ListOptions extends Selection {
  /** How long it may take, repetitions included. */
  readonly budgetSeconds?: number;
}

/** As the API server answers it. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
}

export interface List<T> {
  readonly items: readonly T[];
  /** From which a watch sees all that changes afterwards. */
  readonly resourceVersion: string;
}

export interface WriteOptions {
  /** The API server checks everything, admission included, and stores nothing. */
  readonly isDryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  /** Takes fields away from other managers instead of reporting a conflict. */
  readonly isForced?: boolean;
}

export interface Applied<T> {
  /** As it is stored now. */
  readonly object: T;
  /** It was not there before. */
  readonly isNew: boolean;
}

export interface DeleteOf {
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
  /** Only this very object, not one of the same name. */
  readonly uid?: string;
  /** Only if nobody changed it since. */
  readonly resourceVersion?: string;
}

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: Json;
}

/** What a watch reports. `BOOKMARK` and `ERROR` carry no object of the kind. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

export interface WatchOptions extends Selection {
  /** Of the list that was looked at before. */
  readonly resourceVersion: string;
  /** After which the API server ends it: at most 50. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
}

export interface LogOptions {
  readonly container: string;
  readonly tailLines: number;
  /** Of the container before its last restart. */
  readonly isPrevious?: boolean;
}

/** What somebody may want to do. */
export interface Action {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
  readonly resource: Resource;
  /** Such as `log` of pods. */
  readonly subresource?: string;
  /** Of one object alone. */
  readonly name?: string;
}
