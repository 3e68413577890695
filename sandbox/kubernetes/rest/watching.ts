import type { JsonObject } from '../json';
import { apiVersionOf, type ResourceType } from '../resources';
import type { Stream } from '../server';
import { badRequest, StatusError } from '../status';
import type { Change, Store } from '../store';
import type { KubeObject } from '../types';
import { checkVersion, selectionOf } from './listing';

/** The open watches of all clients. */
export class Watches {
  readonly #store: Store;
  #dropping = new AbortController();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Ends all watches, as a restart of the API server does. */
  drop(): void {
    this.#dropping.abort();
    this.#dropping = new AbortController();
  }

  /** Checks what is asked, and then streams the changes. `present` gives each object its form. */
  open(
    type: ResourceType,
    namespace: string | undefined,
    query: URLSearchParams,
    present: (object: KubeObject) => JsonObject,
  ): Stream {
    const store = this.#store;
    const isSelected = selectionOf(query);
    const isOurs = (object: KubeObject) => namespace === undefined || object.metadata.namespace === namespace;
    const asked = query.get('resourceVersion') ?? '';
    const sendsInitial = query.get('sendInitialEvents') === 'true';
    if (sendsInitial && query.get('resourceVersionMatch') !== 'NotOlderThan')
      throw badRequest('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
    checkVersion(store, Number(asked));
    const wantsBookmarks = query.get('allowWatchBookmarks') === 'true';
    const timeoutSeconds = Number(query.get('timeoutSeconds') ?? 0) || 1800 + Math.random() * 1800;
    const dropped = this.#dropping.signal;

    return async (send, gone) => {
      const emit = (what: string, object: JsonObject) => send(`${JSON.stringify({ type: what, object })}\n`);
      const bookmark = (annotations?: JsonObject) =>
        emit('BOOKMARK', {
          kind: type.kind,
          apiVersion: apiVersionOf(type),
          metadata: {
            resourceVersion: String(store.revision),
            creationTimestamp: null,
            ...(annotations && { annotations }),
          },
        });
      const tell = (change: Change) => {
        if (change.plural !== type.plural || !isOurs(change.object)) return;
        const is = isSelected(change.object) && change.type !== 'DELETED';
        const was = change.previous !== undefined && isSelected(change.previous);
        if (is) emit(was ? 'MODIFIED' : 'ADDED', present(change.object));
        else if (was) emit('DELETED', present(change.object));
      };
      try {
        if (sendsInitial || asked === '' || asked === '0') {
          for (const object of store.list(type.plural, namespace).filter(isSelected)) emit('ADDED', present(object));
          if (sendsInitial && wantsBookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
        } else for (const change of store.changesAfter(Number(asked))) tell(change);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        emit('ERROR', error.toJson());
        return;
      }
      const stop = store.onChange(tell);
      const ended = AbortSignal.any([gone, dropped]);
      await this.#wait(timeoutSeconds * 1000, ended, wantsBookmarks ? bookmark : undefined);
      stop();
    };
  }

  /** Waits on real time, in which clients live, and marks the place once a minute and shortly before the end. */
  #wait(milliseconds: number, ended: AbortSignal, bookmark: (() => void) | undefined): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timeout);
        clearInterval(interval);
        resolve();
      };
      const timeout = setTimeout(() => {
        bookmark?.();
        finish();
      }, milliseconds);
      const interval = setInterval(() => bookmark?.(), 60_000);
      ended.addEventListener('abort', finish, { once: true });
      if (ended.aborted) finish();
    });
  }
}
