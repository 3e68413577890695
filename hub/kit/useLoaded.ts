import { useCallback, useEffect, useRef, useState } from 'react';

/** A value that is read from somewhere. */
export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'loaded'; readonly value: T };

/**
 * Reads a value when the component appears and when `key` changes. The answer to an older request is ignored.
 * @param known the value where it was read before the component appeared; it is not read again then
 * @returns the value, and a function that reads it again: it resolves to the value and leaves the shown one where it fails
 */
export function useLoaded<T>(key: string, load: () => Promise<T>, known?: T): readonly [Loaded<T>, () => Promise<T>] {
  const [state, setState] = useState<{ readonly key: string; readonly loaded: Loaded<T> }>({
    key,
    loaded: known === undefined ? { kind: 'loading' } : { kind: 'loaded', value: known },
  });
  const knownKey = useRef(known === undefined ? undefined : key);
  const newest = useRef(load);
  newest.current = load;
  const request = useRef(0);
  const start = useCallback(
    async (isFirst: boolean): Promise<T> => {
      const own = ++request.current;
      if (isFirst) setState({ key, loaded: { kind: 'loading' } });
      try {
        const value = await newest.current();
        if (own === request.current) setState({ key, loaded: { kind: 'loaded', value } });
        return value;
      } catch (error) {
        if (own === request.current)
          setState((before) =>
            before.key === key && before.loaded.kind === 'loaded' ? before : { key, loaded: { kind: 'failed', error } },
          );
        throw error;
      }
    },
    [key],
  );
  useEffect(() => {
    // The state has the error.
    if (knownKey.current !== key) start(true).catch(() => undefined);
    knownKey.current = undefined;
    return () => {
      request.current++;
    };
  }, [start, key]);
  const again = useCallback(() => start(state.loaded.kind !== 'loaded'), [start, state.loaded.kind]);
  return [state.key === key ? state.loaded : { kind: 'loading' }, again];
}
