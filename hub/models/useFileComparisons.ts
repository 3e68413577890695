import { useEffect, useState } from 'react';
import type { RegistryEntry } from '../../shared/variables/registry/modelRegistry';
import { describeFault } from '../kit/faults/describeFault';
import { useHub } from '../kit/hubContext';
import { afterPaint } from '../kit/rows/afterPaint';
import type { FileComparisons } from '../repository/state/compareFiles';

/**
 * How models compare with the files that they are linked to. It becomes known model by model, in their order, after the list
 * is shown.
 */
export function useFileComparisons(models: readonly RegistryEntry[]): FileComparisons {
  const { compareFiles } = useHub();
  const [comparisons, setComparisons] = useState<FileComparisons>(new Map());
  useEffect(() => {
    const linked = models.filter(({ repository, isIntact, status }) => repository && isIntact && status === 'active');
    if (linked.length === 0) return undefined;
    const controller = new AbortController();
    const cancel = afterPaint(() => {
      compareFiles(linked, setComparisons, controller.signal).catch((error: unknown) => {
        const unknown = describeFault(error).sentence;
        setComparisons(new Map(linked.map(({ id }) => [id, { unknown }])));
      });
    });
    return () => {
      cancel();
      controller.abort();
    };
  }, [models, compareFiles]);
  return comparisons;
}
