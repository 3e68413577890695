import { lazy, useState, type ComponentType, type ReactNode } from 'react';

/** A component in a part of the page that is loaded when it is first shown, or before. */
export interface LazyPart<Props extends object> {
  readonly Part: ComponentType<Props>;
  /** Loads the part. One that is loaded is shown at once, without the fallback of `Suspense`. */
  readonly load: () => Promise<void>;
}

/** @param load imports the part and returns the component */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): LazyPart<Props> {
  let loaded: ComponentType<Props> | undefined;
  const loadOnce = async () => {
    loaded ??= await load();
  };
  // It shows the fallback for what is loaded, too, because it asks a promise first.
  const Later = lazy(async () => {
    await loadOnce();
    return { default: ({ children }: { readonly children: () => ReactNode }) => children() };
  });
  return {
    Part: function Part(props) {
      const [isLoaded] = useState(loaded !== undefined);
      const show = () => {
        const Shown = loaded;
        return Shown && <Shown {...props} />;
      };
      return isLoaded ? show() : <Later>{show}</Later>;
    },
    load: loadOnce,
  };
}
