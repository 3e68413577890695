import type { Json } from '../../json';
import type { Resource } from './resource';

/** Selects objects of a kind by Kubernetes' own selectors, such as `app=score,slot in (blue)` and `metadata.name=score`. */
export interface Selection {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ListOptions extends Selection {
  /** For the call, retries included. */
  readonly budgetSeconds?: number;
}

/** A page, as the API server returns it. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly continue?: string;
  };
}

export interface List<T> {
  readonly items: readonly T[];
  /** The version from which a watch reports all later changes. */
  readonly resourceVersion: string;
}

export interface WriteOptions {
  /** The API server checks everything, admission included, and stores nothing. */
  readonly isDryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  /** Takes fields from other managers instead of reporting a conflict. */
  readonly isForced?: boolean;
}

export interface Applied<T> {
  /** The stored object. */
  readonly object: T;
  /** Whether it did not exist before. */
  readonly isNew: boolean;
}

export interface DeleteOf {
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
  /** Only the object with this uid, not another one of the same name. */
  readonly uid?: string;
  /** Only when it has not changed since. */
  readonly resourceVersion?: string;
}

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: Json;
}

/** An event of a watch. `BOOKMARK` and `ERROR` carry no object of the kind. */
export interface WatchEvent {
  readonly type: (typeof eventTypes)[number];
  readonly object: unknown;
}

export const eventTypes = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'] as const;

export interface WatchOptions extends Selection {
  /** The version of the list that was read before. */
  readonly resourceVersion: string;
  /** After which the API server ends the watch: at most 50. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
}

export interface LogOptions {
  readonly container: string;
  readonly tailLines: number;
  /** The log from before the last restart. */
  readonly isPrevious?: boolean;
}

/** An action, for a check of permissions. */
export interface Action {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
  readonly resource: Resource;
  /** For example `log` of pods. */
  readonly subresource?: string;
  /** Only for the object with this name. */
  readonly name?: string;
}
