import type { RegistryModel } from '../../shared/variables/registry/revision';
import type { HistorySubject } from '../history/historySubject';
import type { SettingsPart } from '../page/route';

type Rest = Omit<HistorySubject, 'routeTo' | 'model' | 'hasRuns' | 'problemsOf' | 'touchedBetween'>;

/** The history of a part of the settings. @param more what the part knows besides that none of its revisions are run or checked */
export function settingsHistory(
  part: SettingsPart,
  model: RegistryModel,
  more: Rest & Partial<HistorySubject>,
): HistorySubject {
  return {
    model,
    hasRuns: false,
    problemsOf: () => [],
    touchedBetween: () => [],
    routeTo: (revision, against) => ({
      ...{ view: 'settings', part, hasHistory: true },
      ...(revision !== undefined && { revision }),
      ...(against !== undefined && { against }),
    }),
    ...more,
  };
}
