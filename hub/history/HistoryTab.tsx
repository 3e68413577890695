import { useMemo } from 'react';
import { variableTextProblems } from '../file/textProblems';
import { useHub } from '../kit/hubContext';
import { useModel } from '../kit/modelContext';
import { protectedNames } from '../protection/protectedNames';
import { touchedEnvironments } from '../protection/touchedEnvironments';
import { modelSource, sharedVariables } from '../variables/checkModel';
import { History } from './History';
import type { HistorySubject } from './historySubject';

/** The revisions of the model. */
export function HistoryTab() {
  const { registry, contents, refusal } = useHub();
  const open = useModel();
  const subject = useMemo<HistorySubject>(() => {
    const { id } = open.model;
    const shared = sharedVariables(contents);
    return {
      ...open,
      refusedReason: refusal?.reason,
      hasValues: true,
      hasRuns: true,
      routeTo: (revision, against) => ({
        ...{ view: 'model', model: id, tab: 'history' },
        ...(revision !== undefined && { revision }),
        ...(against !== undefined && { against }),
      }),
      repair: (text, comment) => registry.save({ id, text, comment, base: open.model, acceptsDamage: true }),
      problemsOf: (text) =>
        variableTextProblems(id, text, modelSource(open.model.rev), shared).filter(
          ({ severity }) => severity === 'error',
        ),
      touchedBetween: (before, after) => touchedEnvironments(before, after, shared, protectedNames(contents)),
    };
  }, [open, contents, registry, refusal]);
  return <History subject={subject} />;
}
