import { Button } from 'azure-devops-ui/Button';
import { useId, useMemo, type ReactNode } from 'react';
import { changesBetween } from '../../shared/variables/edit/changes';
import type { Revision } from '../../shared/variables/registry/revision';
import { useHub } from '../kit/hubContext';
import { RouteLink } from '../kit/RouteLink';
import { TimeAgo } from '../kit/time/TimeAgo';
import { exactTime, timeAgo } from '../kit/time/timeText';
import { ChangesTable } from '../review/ChangesTable';
import { TextDiff } from '../review/TextDiff';
import { useHistory } from './historySubject';
import { historyMessages } from './messages';
import { RevisionState } from './RevisionState';
import { RunList } from './RunList';
import { useRestore } from './useRestore';

export interface RevisionViewProps {
  readonly revision: Revision;
  /** The revision that it is compared with; the one before by default. */
  readonly against: number | undefined;
  /** Newest first. */
  readonly revisions: readonly Revision[];
}

/** A revision: what it says, what it changed or how it differs from another one, and which runs have read it. */
export function RevisionView({ revision, against, revisions }: RevisionViewProps) {
  const { model, hasValues, hasRuns, routeTo } = useHistory();
  const other = revisions.find(({ rev }) => (against === undefined ? rev < revision.rev : rev === against));
  const before = other?.text ?? '';
  return (
    <>
      <div className="hub-history-bar">
        <RouteLink to={routeTo()}>{historyMessages.all}</RouteLink>
        <RestoreButton revision={revision} />
      </div>
      <section className="hub-card hub-part depth-8" aria-labelledby="hub-revision-title">
        <h2 id="hub-revision-title" className="title-s">
          {historyMessages.revision(revision.rev)}
        </h2>
        <RevisionFacts revision={revision} />
        <AgainstSelect revision={revision} other={other} revisions={revisions} />
      </section>
      {hasValues && (
        <Part title={historyMessages.changes}>
          <Changes before={before} after={revision.text} />
        </Part>
      )}
      <Part title={historyMessages.text}>
        <Text before={before} after={revision.text} />
      </Part>
      {hasRuns && (
        <Part title={historyMessages.runs}>
          <RunList model={model.id} rev={revision.rev} />
        </Part>
      )}
    </>
  );
}

/** A variable file without variables, for the first revision. */
const noVariables = 'variables:\n';

function Changes({ before, after }: { readonly before: string; readonly after: string }) {
  const changes = useMemo(() => changesBetween(before === '' ? noVariables : before, after), [before, after]);
  if (!changes) return <p className="hub-note">{historyMessages.unreadable}</p>;
  if (changes.length === 0) return <p className="hub-note">{historyMessages.noChanges}</p>;
  return (
    <div className="hub-card hub-changes depth-8">
      <ChangesTable changes={changes} />
    </div>
  );
}

function Text({ before, after }: { readonly before: string; readonly after: string }) {
  if (before === after) return <p className="hub-note">{historyMessages.sameText}</p>;
  if (before.replaceAll('\r\n', '\n') === after.replaceAll('\r\n', '\n'))
    return <p className="hub-note">{historyMessages.onlyLineBreaks}</p>;
  return (
    <div className="hub-card depth-8">
      <TextDiff before={before} after={after} />
    </div>
  );
}

function RestoreButton({ revision }: { readonly revision: Revision }) {
  const { restore, dialog, unavailable } = useRestore(revision);
  return (
    <span className="hub-restore">
      {unavailable !== undefined && <span className="secondary-text">{unavailable}</span>}
      <Button
        text={historyMessages.restore(revision.rev)}
        iconProps={{ iconName: 'Undo' }}
        primary={true}
        disabled={unavailable !== undefined}
        onClick={restore}
      />
      {dialog}
    </span>
  );
}

function RevisionFacts({ revision }: { readonly revision: Revision }) {
  const { facts } = historyMessages;
  return (
    <dl className="hub-facts">
      <dt>{facts.saved}</dt>
      <dd>
        <TimeAgo at={revision.updatedOn} /> {historyMessages.by(revision.updatedBy.name)} (
        {exactTime(revision.updatedOn)})
      </dd>
      <dt>{facts.comment}</dt>
      <dd className="hub-comment">{revision.comment === '' ? historyMessages.noComment : revision.comment}</dd>
      <dt>{facts.state}</dt>
      <dd>
        <RevisionState revision={revision} />
        {revision.problem !== undefined && <div>{revision.problem}</div>}
      </dd>
      <dt>{facts.hash}</dt>
      <dd className="hub-hash">{historyMessages.hash(revision.hash)}</dd>
    </dl>
  );
}

function AgainstSelect(props: {
  readonly revision: Revision;
  readonly other: Revision | undefined;
  readonly revisions: readonly Revision[];
}) {
  const { revision, other, revisions } = props;
  const { host, go } = useHub();
  const { routeTo } = useHistory();
  const id = useId();
  const now = host.now();
  return (
    <div className="hub-select">
      <label htmlFor={id}>{historyMessages.comparedWith}</label>
      <select
        id={id}
        value={other?.rev ?? ''}
        onChange={(event) => go(routeTo(revision.rev, Number(event.target.value)), { replace: true })}
      >
        {other === undefined && <option value="">{historyMessages.nothing}</option>}
        {revisions
          .filter(({ rev }) => rev !== revision.rev)
          .map(({ rev, updatedOn, updatedBy }) => (
            <option key={rev} value={rev}>
              {historyMessages.option(rev, timeAgo(updatedOn, now), updatedBy.name)}
            </option>
          ))}
      </select>
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className="hub-section" aria-labelledby={id}>
      <h2 id={id} className="title-xs">
        {title}
      </h2>
      {children}
    </section>
  );
}
