import { useMemo } from 'react';
import type { HistorySubject } from '../../history/historySubject';
import { useHub } from '../../kit/hubContext';
import type { ReviewOptions } from '../../kit/modelContext';
import { touchedModels } from '../../protection/touchedModels';
import { sharedVariables } from '../../variables/checkModel';
import { settingsMessages } from '../messages';
import { settingsHistory } from '../settingsHistory';
import { withTexts } from '../transfer/withTexts';
import type { SharedTextId } from './sharedDraft';
import { sharedTextProblems } from './sharedTextProblems';
import type { SharedText } from './useSharedText';

export interface SharedHistoryOptions {
  readonly readOnlyReason: string | undefined;
  readonly review: (options: ReviewOptions) => void;
}

/** The history of the base variables or of the schema; undefined where nothing has been saved. */
export function useSharedHistory(
  id: SharedTextId,
  shared: SharedText,
  { readOnlyReason, review }: SharedHistoryOptions,
): HistorySubject | undefined {
  const { contents, registry, refusal, reload } = useHub();
  const { stored, base, isChanged, edit, discard } = shared;
  return useMemo(() => {
    if (!stored) return undefined;
    const variablesWith = (text: string) => sharedVariables(withTexts(contents, { [id]: text }));
    return settingsHistory(id, stored, {
      ...{ base, isChanged, readOnlyReason, edit, discard, review, reload },
      refusedReason: refusal?.reason ?? (stored.isIntact ? undefined : readOnlyReason),
      hasValues: id === 'base',
      hasRuns: id === 'base',
      repair: (text, comment) => {
        const change = { text, comment, base: stored, acceptsDamage: true };
        return id === 'base' ? registry.saveBase(change) : registry.saveSchema(change);
      },
      problemsOf: (text) => sharedTextProblems(id, text, sharedVariables(contents)),
      touchedBetween: (before, after) => {
        const touched = touchedModels(
          contents,
          variablesWith(before ?? settingsMessages[id].start),
          variablesWith(after),
        );
        return [...new Set(touched.flatMap(({ environments }) => environments))];
      },
    });
  }, [id, stored, base, isChanged, edit, discard, readOnlyReason, review, contents, registry, refusal, reload]);
}
