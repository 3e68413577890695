import { useMemo, useState } from 'react';
import type { RepositoryLink } from '../../shared/variables/registry/revision';
import { EmptyState } from '../kit/EmptyState';
import { useHub } from '../kit/hubContext';
import { Loading } from '../kit/Loading';
import { useModel } from '../kit/modelContext';
import { FaultCard, StaleCard } from '../kit/faults/ProblemCard';
import { useLoaded } from '../kit/useLoaded';
import { GitRequests } from './git/gitRequests';
import { LinkedFile } from './LinkedFile';
import { LinkPanel } from './LinkPanel';
import { repositoryMessages as messages } from './messages';
import { readRepositoryState } from './state/readRepositoryState';
import './repository.css';

/** The file in a repository that the model is kept in step with: what differs, and how to bring it over. */
export function RepositoryTab() {
  const { model, readOnlyReason, review } = useModel();
  const [isLinking, setLinking] = useState(false);
  const link = model.repository;
  const panel = isLinking && (
    <LinkPanel
      link={link}
      onDismiss={() => setLinking(false)}
      onLink={(next) => {
        setLinking(false);
        review({ repository: next, comment: next ? messages.linkComment(next.path) : messages.unlinkComment });
      }}
    />
  );
  if (link)
    return (
      <>
        <LinkedState link={link} onChange={() => setLinking(true)} />
        {panel}
      </>
    );
  return (
    <>
      <EmptyState
        icon="Repo"
        title={messages.notLinked}
        actions={
          readOnlyReason === undefined
            ? [{ text: messages.selectFile, isPrimary: true, onClick: () => setLinking(true) }]
            : []
        }
      >
        {readOnlyReason ?? messages.notLinkedHelp}
      </EmptyState>
      {panel}
    </>
  );
}

function LinkedState({ link, onChange }: { readonly link: RepositoryLink; readonly onChange: () => void }) {
  const { host, registry } = useHub();
  const { model, readOnlyReason } = useModel();
  const requests = useMemo(() => new GitRequests(host), [host]);
  const [read, again] = useLoaded(`${JSON.stringify(link)} ${model.rev}`, () =>
    readRepositoryState(requests, registry, model, link),
  );
  const retry = () => void again();
  if (read.kind === 'loading') return <Loading />;
  if (read.kind === 'loaded')
    return (
      <>
        <StaleCard failure={read.failure} sentence={messages.notReadAgain} onRetry={retry} />
        <LinkedFile link={link} read={read.value} requests={requests} onChange={onChange} onRead={retry} />
      </>
    );
  return (
    <>
      <FaultCard error={read.error} onRetry={retry} />
      {readOnlyReason === undefined && (
        <p className="hub-repository-note">
          {messages.linkedTo(link.path, link.branch)}{' '}
          <button type="button" className="hub-text-button" onClick={onChange}>
            {messages.change}
          </button>
        </p>
      )}
    </>
  );
}
