import { useMemo } from 'react';
import { historyMessages } from './messages';
import { diffTexts, type DiffLine, type DiffPart } from './textDiff';
import './history.css';

const signs = { same: ' ', removed: '−', added: '+' } as const;

/** Two texts compared line by line; what is the same is left out, apart from the lines around. */
export function TextDiffView({ before, after }: { readonly before: string; readonly after: string }) {
  const { kind, parts, skippedAfter } = useMemo(() => diffTexts(before, after), [before, after]);
  if (kind === 'same') return <p className="hub-diff-note">{historyMessages.sameText}</p>;
  if (kind === 'lineBreaks') return <p className="hub-diff-note">{historyMessages.onlyLineBreaks}</p>;
  return (
    <table className="hub-diff" aria-label={historyMessages.diffLabel}>
      <colgroup>
        <col className="hub-diff-number" />
        <col className="hub-diff-number" />
        <col className="hub-diff-sign" />
        <col />
      </colgroup>
      <tbody>
        {parts.map((part, index) => (
          <PartRows key={index} part={part} />
        ))}
        {skippedAfter > 0 && <Skipped count={skippedAfter} />}
      </tbody>
    </table>
  );
}

function PartRows({ part: { skipped, lines } }: { readonly part: DiffPart }) {
  return (
    <>
      {skipped > 0 && <Skipped count={skipped} />}
      {lines.map((line) => (
        <Line key={`${line.before ?? ''}:${line.after ?? ''}`} line={line} />
      ))}
    </>
  );
}

function Line({ line: { kind, text, before, after } }: { readonly line: DiffLine }) {
  const Content = kind === 'removed' ? 'del' : kind === 'added' ? 'ins' : 'span';
  return (
    <tr className={`hub-diff-${kind}`}>
      <td className="hub-diff-number">{before}</td>
      <td className="hub-diff-number">{after}</td>
      <td className="hub-diff-sign">
        <span aria-hidden="true">{signs[kind]}</span>
        {kind === 'removed' && <span className="hub-screen-reader">{historyMessages.lineRemoved}</span>}
        {kind === 'added' && <span className="hub-screen-reader">{historyMessages.lineAdded}</span>}
      </td>
      <td>
        <Content>{text}</Content>
      </td>
    </tr>
  );
}

function Skipped({ count }: { readonly count: number }) {
  return (
    <tr className="hub-diff-skipped">
      <td colSpan={4}>{historyMessages.skipped(count)}</td>
    </tr>
  );
}
