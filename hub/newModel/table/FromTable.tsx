import { useDeferredValue, useMemo } from 'react';
import { ProblemCard } from '../../kit/faults/ProblemCard';
import { CreateModel } from '../CreateModel';
import { SourceField } from '../FromText';
import { newModelMessages as messages } from '../messages';
import { readWikiTable, type TableNote } from './readWikiTable';

/** A table of a wiki page that is pasted. */
export function FromTable({
  pasted,
  onChange,
}: {
  readonly pasted: string;
  readonly onChange: (text: string) => void;
}) {
  const shown = useDeferredValue(pasted);
  const { text, problems, notes } = useMemo(() => readWikiTable(shown), [shown]);
  return (
    <>
      <div className="hub-card hub-source depth-4">
        <SourceField
          label={messages.table}
          help={messages.tableHelp}
          value={pasted}
          placeholder={messages.tablePlaceholder}
          onChange={onChange}
        />
        {shown.trim() !== '' && (
          <>
            <Lines severity="warning" lines={problems} />
            <Lines severity="info" lines={notes} />
          </>
        )}
        {text !== undefined && (
          <details className="hub-generated">
            <summary>{messages.generated}</summary>
            <pre tabIndex={0} aria-label={messages.generated}>
              {text}
            </pre>
          </details>
        )}
      </div>
      {text !== undefined && <CreateModel text={text} source="variable file" comment={messages.tableComment} />}
    </>
  );
}

const mostLines = 8;

function Lines({ severity, lines }: { readonly severity: 'warning' | 'info'; readonly lines: readonly TableNote[] }) {
  if (lines.length === 0) return null;
  return (
    <ProblemCard severity={severity}>
      <ul className="hub-lines">
        {lines.slice(0, mostLines).map(({ line, message }, index) => (
          <li key={index}>
            {messages.line(line)}: {message}
          </li>
        ))}
        {lines.length > mostLines && <li>{messages.more(lines.length - mostLines)}</li>}
      </ul>
    </ProblemCard>
  );
}
