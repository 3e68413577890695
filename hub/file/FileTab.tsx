import { useCallback, useMemo, useState } from 'react';
import { useHub } from '../kit/hubContext';
import { useModel } from '../kit/modelContext';
import { modelSource, sharedVariables } from '../variables/checkModel';
import { LazyCodeEditor } from './LazyCodeEditor';
import { fileMessages } from './messages';
import { ProblemList } from './ProblemList';
import { variableTextProblems } from './textProblems';
import { useDelayed } from './useDelayed';

/** The text of the model as it is stored. What is typed here and in the grid is one draft. */
export function FileTab() {
  const { host, contents } = useHub();
  const { model, base, text, isChanged, readOnlyReason, edit, review } = useModel();
  const [goTo, setGoTo] = useState<{ readonly line: number }>();
  const checked = useDelayed(text);
  const shared = useMemo(() => sharedVariables(contents), [contents]);
  const problems = useMemo(
    () => variableTextProblems(base.id, checked, modelSource(base.rev), shared),
    [base.id, base.rev, checked, shared],
  );
  const onGoTo = useCallback((line: number) => setGoTo({ line }), []);
  return (
    <>
      <div className="hub-card hub-file depth-8">
        <LazyCodeEditor
          label={fileMessages.editor(model.id)}
          text={text}
          problems={problems}
          isReadOnly={readOnlyReason !== undefined}
          goTo={goTo}
          onChange={edit}
          onSave={() => {
            if (isChanged && readOnlyReason === undefined) review();
          }}
          onRefused={(problem) => host.toast(fileMessages.notInserted(problem))}
        />
      </div>
      <ProblemList problems={problems} onGoTo={onGoTo} />
    </>
  );
}
