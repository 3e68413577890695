import { Button } from 'azure-devops-ui/Button';
import { Icon } from 'azure-devops-ui/Icon';
import { useState } from 'react';
import { changesBetween } from '../../shared/variables/edit/changes';
import type { RepositoryLink } from '../../shared/variables/registry/revision';
import { useModel } from '../kit/modelContext';
import { ProblemCard } from '../kit/faults/ProblemCard';
import { TimeAgo } from '../kit/time/TimeAgo';
import { TextDiff } from '../review/TextDiff';
import '../review/review.css';
import { CombinePanel } from './combine/CombinePanel';
import { combineForHub } from './combine/combineTexts';
import { DifferencesTable } from './DifferencesTable';
import { ExternalLink } from './ExternalLink';
import type { GitRequests } from './git/gitRequests';
import { filePage } from './git/repository';
import { repositoryMessages as messages } from './messages';
import { PullRequestList } from './PullRequestList';
import type { RepositoryState } from './state/readRepositoryState';
import { takeComment } from './state/takeComment';

export interface LinkedFileProps {
  readonly link: RepositoryLink;
  readonly read: RepositoryState;
  readonly requests: GitRequests;
  readonly onChange: () => void;
  /** Reads the state again. */
  readonly onRead: () => void;
}

/** The file with its state, what can be done, and what differs. */
export function LinkedFile({ link, read, requests, onChange, onRead }: LinkedFileProps) {
  const { model, text, isChanged, readOnlyReason, edit, review } = useModel();
  const [panel, setPanel] = useState<'take' | 'propose'>();
  const { file, state, sync, repository, pullRequests } = read;
  const canEdit = readOnlyReason === undefined;
  const canTake = canEdit && file?.text !== undefined && state !== 'fileUnreadable' && file.text !== model.text;
  const canPropose = ['absent', 'hubNewer', 'bothNewer', 'unrelated'].includes(state);
  const take = () => {
    if (file?.text === undefined) return;
    const combined = combineForHub(sync?.text, text, file.text);
    if (combined.kind === 'problem' || combined.contested.length > 0) {
      setPanel('take');
      return;
    }
    edit(combined.text);
    review({ comment: takeComment(link.path, file.commitId) });
  };
  return (
    <div className="hub-repository">
      <section className="hub-card hub-linked depth-8" aria-label={messages.file}>
        <div className="hub-linked-head">
          <div className="hub-linked-file">
            <ExternalLink url={filePage(repository, link)}>{link.path}</ExternalLink>
            <span className="secondary-text">{messages.place(repository.name, link.branch)}</span>
          </div>
          {canEdit && <Button subtle text={messages.change} iconProps={{ iconName: 'Edit' }} onClick={onChange} />}
        </div>
        <p className={`hub-linked-state hub-linked-${state}`} role="status">
          <Icon iconName={icons[state]} />
          <span>{state === 'absent' ? messages.absent(link.branch) : messages.states[state]}</span>
        </p>
        <Together read={read} />
        {isChanged && canPropose && <p className="hub-repository-note">{messages.draftNotProposed}</p>}
        <div className="hub-form-buttons">
          {canPropose && (
            <Button
              primary={state === 'hubNewer' || state === 'absent'}
              text={messages.openPullRequest}
              iconProps={{ iconName: 'BranchPullRequest' }}
              onClick={() => setPanel('propose')}
            />
          )}
          {canTake && (
            <Button
              primary={state === 'repositoryNewer' || state === 'hubUnreadable'}
              text={messages.take}
              iconProps={{ iconName: 'Import' }}
              onClick={take}
            />
          )}
          <Button subtle text={messages.readAgain} iconProps={{ iconName: 'Refresh' }} onClick={onRead} />
        </div>
        {readOnlyReason !== undefined && <ProblemCard severity="info">{readOnlyReason}</ProblemCard>}
      </section>
      <PullRequestList pullRequests={pullRequests} />
      {file?.text !== undefined && file.text !== model.text && <Differences hub={model.text} file={file.text} />}
      {panel && (
        <CombinePanel
          mode={panel}
          link={link}
          read={read}
          requests={requests}
          onDismiss={() => setPanel(undefined)}
          onDone={() => {
            setPanel(undefined);
            onRead();
          }}
        />
      )}
    </div>
  );
}

const icons = {
  same: 'Completed',
  hubNewer: 'Upload',
  repositoryNewer: 'Download',
  bothNewer: 'Warning',
  unrelated: 'Warning',
  hubUnreadable: 'Error',
  fileUnreadable: 'Error',
  absent: 'Info',
} as const;

function Together({ read: { state, sync, newest } }: { readonly read: RepositoryState }) {
  if (state === 'same' && newest)
    return (
      <p className="hub-repository-note">
        {messages.newestCommit(newest.commitId, newest.author)} <TimeAgo at={newest.date} />
      </p>
    );
  if (!sync) return null;
  return (
    <p className="hub-repository-note">
      {messages.lastTogether(sync.rev, sync.commit.commitId)} <TimeAgo at={sync.commit.date} />
    </p>
  );
}

function Differences({ hub, file }: { readonly hub: string; readonly file: string }) {
  const changes = changesBetween(file, hub);
  return (
    <section className="hub-card hub-linked depth-8" aria-label={messages.differences}>
      <h2 className="title-s">{messages.differences}</h2>
      <p className="hub-repository-note">{messages.differencesHelp}</p>
      {changes && changes.length > 0 && <DifferencesTable changes={changes} />}
      {changes?.length === 0 && <p>{messages.onlyText}</p>}
      <TextDiff before={file} after={hub} />
    </section>
  );
}
