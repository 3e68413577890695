import { Button } from 'azure-devops-ui/Button';
import { FormItem } from 'azure-devops-ui/FormItem';
import { TextField } from 'azure-devops-ui/TextField';
import { useMemo, useState } from 'react';
import type { RepositoryLink } from '../../shared/variables/registry/revision';
import { originText } from '../../shared/variables/origin';
import { useHub } from '../kit/hubContext';
import { FaultCard, ProblemCard } from '../kit/faults/ProblemCard';
import { modelPage } from '../page/route';
import { protectedNames } from '../protection/protectedNames';
import { touchedEnvironments } from '../protection/touchedEnvironments';
import { sharedVariables, type Problem } from '../variables/checkModel';
import { newModelMessages as messages } from './messages';
import { PreviewTable } from './PreviewTable';
import { idProblem, previewModel } from './previewModel';

export interface CreateModelProps {
  readonly text: string;
  /** How lines of the text are named. */
  readonly source: string;
  /** Of the first revision. */
  readonly comment: string;
  readonly repository?: RepositoryLink;
  /** Whether the text is on the default branch of a repository, whose policies apply to it. */
  readonly isOnDefaultBranch?: boolean;
  /** The name that is proposed where the text has none. */
  readonly otherId?: string;
}

/** The name and the preview of a new model, and the button that creates it. */
export function CreateModel(props: CreateModelProps) {
  const { text, source, comment, repository, isOnDefaultBranch = false, otherId = '' } = props;
  const { contents, refusal } = useHub();
  const shared = useMemo(() => sharedVariables(contents), [contents]);
  const preview = useMemo(() => previewModel(text, source, shared), [text, source, shared]);
  const [typed, setTyped] = useState<string>();
  const id = typed ?? (preview.proposedId === '' ? otherId : preview.proposedId);
  const touched = useMemo(
    () => (isOnDefaultBranch ? [] : touchedEnvironments(undefined, text, shared, protectedNames(contents))),
    [isOnDefaultBranch, text, shared, contents],
  );
  const { save, error, isSaving, lost } = useSave();
  const taken = [...contents.models.map((model) => model.id), ...lost];
  const problem = idProblem(id, taken);
  // A field that nobody has filled is not wrong yet.
  const isShown = problem !== undefined && (id !== '' || typed !== undefined);
  return (
    <section className="hub-card hub-source depth-4" aria-label={messages.preview}>
      <FormItem className="hub-id" label={messages.id} error={isShown} message={isShown ? problem : messages.idHelp}>
        <TextField
          value={id}
          spellCheck={false}
          ariaInvalid={isShown}
          onChange={(_event, next) => setTyped(next.trim() === '' && next === '' ? '' : next.trim())}
        />
      </FormItem>
      <Problems severity="error" title={messages.problems(preview.problems.length)} problems={preview.problems} />
      <Problems severity="info" title={messages.notes(preview.notes.length)} problems={preview.notes} />
      <PreviewTable preview={preview} />
      {touched.length > 0 && <ProblemCard severity="error">{messages.protected(touched.join(', '))}</ProblemCard>}
      {error !== undefined && <FaultCard error={error} />}
      <div className="hub-form-buttons">
        <Button
          primary
          text={isSaving ? messages.creating : messages.create}
          disabled={
            isSaving || refusal !== undefined || problem !== undefined || preview.problems.length + touched.length > 0
          }
          onClick={() => void save({ id, text, comment, base: undefined, ...(repository && { repository }) })}
        />
      </div>
    </section>
  );
}

/** Saves a new model and opens it. */
function useSave() {
  const { host, registry, reload, go } = useHub();
  const [error, setError] = useState<unknown>();
  const [isSaving, setSaving] = useState(false);
  /** Names that someone else took since the page was loaded. */
  const [lost, setLost] = useState<readonly string[]>([]);
  const save = async (change: Parameters<typeof registry.save>[0]) => {
    setSaving(true);
    setError(undefined);
    try {
      const result = await registry.save(change);
      if (result.kind === 'conflict') {
        setLost((before) => [...before, change.id]);
        return;
      }
      await reload();
      host.toast(messages.created(change.id));
      go(modelPage(change.id));
    } catch (failure) {
      setError(failure);
    } finally {
      setSaving(false);
    }
  };
  return { save, error, isSaving, lost };
}

const mostProblems = 10;

function Problems(props: {
  readonly severity: 'error' | 'info';
  readonly title: string;
  readonly problems: readonly Problem[];
}) {
  const { severity, title, problems } = props;
  if (problems.length === 0) return null;
  return (
    <ProblemCard severity={severity}>
      {title}
      <ul className="hub-lines">
        {problems.slice(0, mostProblems).map(({ origin, message }, index) => (
          <li key={index}>
            {originText(origin)}: {message}
          </li>
        ))}
        {problems.length > mostProblems && <li>{messages.more(problems.length - mostProblems)}</li>}
      </ul>
    </ProblemCard>
  );
}
