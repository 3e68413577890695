import { Button } from 'azure-devops-ui/Button';
import { useMemo, useState } from 'react';
import type { Revision } from '../../shared/variables/registry/revision';
import { DataTable, type DataColumn } from '../kit/DataTable';
import { useHub } from '../kit/hubContext';
import { RouteLink } from '../kit/RouteLink';
import { TimeAgo } from '../kit/time/TimeAgo';
import { useHistory, type HistorySubject } from './historySubject';
import { historyMessages } from './messages';
import { RevisionState } from './RevisionState';

const pageSize = 50;
const { columns: names } = historyMessages;

/** The revisions of the model, newest first; two of them can be selected and compared. */
export function RevisionList({ revisions }: { readonly revisions: readonly Revision[] }) {
  const { go } = useHub();
  const { model, routeTo } = useHistory();
  const [count, setCount] = useState(pageSize);
  // The one that was selected first is let go when a third is selected.
  const [selected, setSelected] = useState<readonly number[]>([]);
  const shown = revisions.slice(0, count);
  const columns = useMemo(
    () =>
      columnsOf(routeTo, model.rev, selected, (rev) =>
        setSelected((before) =>
          before.includes(rev) ? before.filter((each) => each !== rev) : [...before, rev].slice(-2),
        ),
      ),
    [routeTo, model.rev, selected],
  );
  const [older, newer] = [...selected].sort((one, other) => one - other);
  return (
    <>
      <div className="hub-history-bar">
        <span role="status">
          {historyMessages.shown(shown.length, revisions.length)}
          {newer === undefined && revisions.length > 1 && `. ${historyMessages.compareHint}`}
        </span>
        {older !== undefined && newer !== undefined && (
          <Button
            primary={true}
            iconProps={{ iconName: 'Switch' }}
            text={historyMessages.compareSelected(older, newer)}
            onClick={() => go(routeTo(newer, older))}
          />
        )}
      </div>
      <DataTable
        label={historyMessages.table(model.id)}
        columns={columns}
        rows={shown}
        keyOf={({ rev }) => String(rev)}
      />
      {shown.length < revisions.length && (
        <div className="hub-actions">
          <Button
            text={historyMessages.showMore(Math.min(pageSize, revisions.length - shown.length))}
            onClick={() => setCount(count + pageSize)}
          />
        </div>
      )}
    </>
  );
}

function columnsOf(
  routeTo: HistorySubject['routeTo'],
  current: number,
  selected: readonly number[],
  select: (rev: number) => void,
): readonly DataColumn<Revision>[] {
  return [
    {
      id: 'revision',
      name: names.revision,
      weight: 18,
      render: ({ rev }) => (
        <span className="hub-revision">
          <RouteLink to={routeTo(rev)}>{historyMessages.revision(rev)}</RouteLink>
          {rev === current && <span className="hub-pill">{historyMessages.current}</span>}
        </span>
      ),
    },
    {
      id: 'changed',
      name: names.changed,
      weight: 24,
      render: ({ updatedOn, updatedBy }) => (
        <span>
          <TimeAgo at={updatedOn} /> {historyMessages.by(updatedBy.name)}
        </span>
      ),
    },
    {
      id: 'comment',
      name: names.comment,
      weight: 34,
      leftOut: 'narrow',
      render: ({ comment }) => (comment === '' ? <NoComment /> : <span className="hub-comment">{comment}</span>),
    },
    {
      id: 'state',
      name: names.state,
      weight: 12,
      leftOut: 'medium',
      render: (revision) => <RevisionState revision={revision} />,
    },
    {
      id: 'compare',
      name: names.compare,
      weight: 12,
      render: ({ rev }) => (
        <label className="hub-check">
          <input
            type="checkbox"
            aria-label={historyMessages.select(rev)}
            checked={selected.includes(rev)}
            onChange={() => select(rev)}
          />
        </label>
      ),
    },
  ];
}

function NoComment() {
  return <span className="secondary-text">{historyMessages.noComment}</span>;
}
