import { useEffect, useMemo, useState } from 'react';
import { checkModel, modelSource, sharedVariables } from '../variables/checkModel';
import type { RegistryContents } from '../../shared/variables/registry/modelRegistry';

/** How long the page checks models at a time, in milliseconds: less than a frame, so that it goes on reacting. */
const sliceMs = 10;

/** The number of problems of each model, which become known one by one after the list is shown. */
export function useProblemCounts(contents: RegistryContents): ReadonlyMap<string, number> {
  const shared = useMemo(() => sharedVariables(contents), [contents]);
  const [counts, setCounts] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(() => {
    const found = new Map<string, number>();
    const rest = contents.models.filter(({ isIntact, status }) => isIntact && status === 'active');
    let timer: ReturnType<typeof setTimeout> | undefined;
    const work = () => {
      const start = performance.now();
      for (let model = rest.shift(); model; model = rest.shift()) {
        found.set(model.id, checkModel(model.text, modelSource(model.rev), shared).problems.length);
        if (performance.now() - start > sliceMs) break;
      }
      setCounts(new Map(found));
      if (rest.length > 0) timer = setTimeout(work);
    };
    timer = setTimeout(work);
    return () => clearTimeout(timer);
  }, [contents, shared]);
  return counts;
}
