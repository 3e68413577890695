import { Button } from 'azure-devops-ui/Button';
import { useId, useState } from 'react';
import { useHub } from '../../kit/hubContext';
import { FaultCard, ProblemCard } from '../../kit/faults/ProblemCard';
import { useLoaded } from '../../kit/useLoaded';
import { GitRequests } from '../../repository/git/gitRequests';
import { settingsMessages } from '../messages';

const { schema: texts } = settingsMessages;
const path = '/model_variables.schema.json';

/** Takes the schema from a repository of the project into the editor. */
export function SchemaSource({ onTaken }: { readonly onTaken: (text: string) => void }) {
  const { host } = useHub();
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="settings-source">
      {isOpen ? (
        <RepositoryChoice
          onTaken={(text, repository) => {
            setOpen(false);
            host.toast(texts.taken(repository));
            onTaken(text);
          }}
        />
      ) : (
        <Button text={texts.take} iconProps={{ iconName: 'Repo' }} onClick={() => setOpen(true)} />
      )}
    </div>
  );
}

function RepositoryChoice({ onTaken }: { readonly onTaken: (text: string, repository: string) => void }) {
  const { host } = useHub();
  const id = useId();
  const [repositories, retry] = useLoaded('repositories', () => new GitRequests(host).repositories());
  const [chosen, setChosen] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<{ readonly error: unknown }>();
  const [absentIn, setAbsentIn] = useState<string>();
  if (repositories.kind === 'failed') return <FaultCard error={repositories.error} onRetry={() => void retry()} />;
  const list = repositories.kind === 'loaded' ? repositories.value : [];
  const repository = list.find((each) => each.id === chosen) ?? list[0];
  const take = async () => {
    if (!repository) return;
    setBusy(true);
    setFault(undefined);
    setAbsentIn(undefined);
    try {
      const { defaultBranch: branch } = repository;
      const file = branch === undefined ? undefined : await new GitRequests(host).file(repository, { path, branch });
      if (file?.text === undefined) setAbsentIn(repository.name);
      else onTaken(file.text, repository.name);
    } catch (error) {
      setFault({ error });
    }
    setBusy(false);
  };
  return (
    <>
      {fault && <FaultCard error={fault.error} onRetry={() => void take()} />}
      {absentIn !== undefined && <ProblemCard severity="warning">{texts.absent(absentIn, path.slice(1))}</ProblemCard>}
      <div className="hub-select">
        <label htmlFor={id}>{texts.takeLabel}</label>
        <select id={id} value={repository?.id ?? ''} onChange={(event) => setChosen(event.target.value)}>
          {list.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
        <Button text={texts.take} disabled={isBusy || !repository} onClick={() => void take()} />
      </div>
      <p className="secondary-text">{texts.takeHelp(path.slice(1))}</p>
    </>
  );
}
