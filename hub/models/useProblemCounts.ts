import { useEffect, useMemo, useState } from 'react';
import type { RegistryContents, RegistryEntry } from '../../shared/variables/registry/modelRegistry';
import { afterPaint } from '../kit/rows/afterPaint';
import { checkModel, modelSource, sharedVariables, type SharedVariables } from '../variables/checkModel';

/** How long the page checks models at a time, in milliseconds: less than a frame, so that it goes on reacting. */
const sliceMs = 10;
/** How long models are checked before they are shown, in milliseconds: most lists have no model in view that is not checked. */
const firstSliceMs = 100;

type Counts = ReadonlyMap<string, number>;

/**
 * The number of problems of each model. Some are known at once, the others become known one by one after the list is shown.
 * @param first the models that are checked before the others, and at once as far as there is time
 */
export function useProblemCounts(contents: RegistryContents, first: () => readonly RegistryEntry[] = () => []): Counts {
  const shared = useMemo(() => sharedVariables(contents), [contents]);
  const { begun, left } = useMemo(() => {
    const counts = new Map<string, number>();
    return { begun: counts, left: check(first().filter(isChecked), shared, counts, firstSliceMs) };
    // What is shown first matters only when the models are new.
  }, [contents, shared]);
  const [later, setLater] = useState<{ readonly contents: RegistryContents; readonly counts: Counts }>();
  useEffect(() => {
    const found = new Map(begun);
    const others = contents.models.filter((model) => isChecked(model) && !found.has(model.id) && !left.includes(model));
    let rest: readonly RegistryEntry[] = [...left, ...others];
    if (rest.length === 0) return undefined;
    const work = () => {
      rest = check(rest, shared, found, sliceMs);
      setLater({ contents, counts: new Map(found) });
      if (rest.length > 0) cancel = afterPaint(work);
    };
    let cancel = afterPaint(work);
    return () => cancel();
  }, [contents, shared, begun, left]);
  return later?.contents === contents ? later.counts : begun;
}

function isChecked({ isIntact, status }: RegistryEntry): boolean {
  return isIntact && status === 'active';
}

/** Checks models until the time is up, at least one. @returns those that are left */
function check(
  models: readonly RegistryEntry[],
  shared: SharedVariables,
  counts: Map<string, number>,
  milliseconds: number,
): readonly RegistryEntry[] {
  const start = performance.now();
  for (const [index, { id, text, rev }] of models.entries()) {
    counts.set(id, checkModel(text, modelSource(rev), shared).problems.length);
    if (performance.now() - start > milliseconds) return models.slice(index + 1);
  }
  return [];
}
