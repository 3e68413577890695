import { useCallback, useEffect, useRef, useState } from 'react';

/** A value that is read from somewhere. */
export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | {
      readonly kind: 'loaded';
      readonly value: T;
      /** Why the value is older than the last request. */
      readonly failure: Failure | undefined;
    };

/** A request that failed. */
export interface Failure {
  readonly error: unknown;
}

/**
 * Reads a value when the component appears and when `key` changes. The answer to an older request is ignored.
 * @param known the value where it was read before the component appeared; it is not read again then
 * @returns the value, and a function that reads it again: it never rejects, since the value has the error
 */
export function useLoaded<T>(
  key: string,
  load: () => Promise<T>,
  known?: T,
): readonly [Loaded<T>, () => Promise<void>] {
  const [state, setState] = useState<{ readonly key: string; readonly loaded: Loaded<T> }>({
    key,
    loaded: known === undefined ? { kind: 'loading' } : { kind: 'loaded', value: known, failure: undefined },
  });
  const knownKey = useRef(known === undefined ? undefined : key);
  const newest = useRef(load);
  newest.current = load;
  const request = useRef(0);
  const start = useCallback(
    async (isFirst: boolean): Promise<void> => {
      const own = ++request.current;
      if (isFirst) setState({ key, loaded: { kind: 'loading' } });
      try {
        const value = await newest.current();
        if (own === request.current) setState({ key, loaded: { kind: 'loaded', value, failure: undefined } });
      } catch (error) {
        if (own === request.current)
          setState((before) => ({
            key,
            loaded:
              before.key === key && before.loaded.kind === 'loaded'
                ? { ...before.loaded, failure: { error } }
                : { kind: 'failed', error },
          }));
      }
    },
    [key],
  );
  useEffect(() => {
    if (knownKey.current !== key) void start(true);
    knownKey.current = undefined;
    return () => {
      request.current++;
    };
  }, [start, key]);
  const again = useCallback(() => start(state.loaded.kind !== 'loaded'), [start, state.loaded.kind]);
  return [state.key === key ? state.loaded : { kind: 'loading' }, again];
}
