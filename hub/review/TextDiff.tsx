import { useMemo } from 'react';
import { lineDiff, type DiffLine } from './lineDiff';
import { reviewMessages } from './messages';

const signs = { added: '+', removed: '−', same: ' ' } as const;
const words = { added: reviewMessages.added, removed: reviewMessages.removed, same: '' } as const;

/** The lines that differ between two texts. */
export function TextDiff({ before, after }: { readonly before: string; readonly after: string }) {
  const lines = useMemo(() => lineDiff(before, after), [before, after]);
  return (
    // The lines can be wider than the panel: the focus lets the arrow keys scroll them.
    <div className="review-diff" role="group" aria-label={reviewMessages.diff} tabIndex={0}>
      {lines.map((line, index) => (
        <Line key={index} line={line} />
      ))}
    </div>
  );
}

function Line({ line }: { readonly line: DiffLine }) {
  if (line.kind === 'gap') return <div className="review-gap">{reviewMessages.sameLines(line.count)}</div>;
  const { kind, text, number } = line;
  return (
    <div className={`review-line review-${kind}`}>
      <span className="review-number" aria-hidden="true">
        {number}
      </span>
      <span aria-hidden="true">{signs[kind]}</span>
      {kind !== 'same' && <span className="hub-screen-reader">{words[kind]} </span>}
      <span className="review-text">{text}</span>
    </div>
  );
}
