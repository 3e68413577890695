import { Button } from 'azure-devops-ui/Button';
import { useId, useMemo, useState } from 'react';
import { describeFault } from '../../kit/faults/describeFault';
import { useHub } from '../../kit/hubContext';
import { ProblemCard } from '../../kit/faults/ProblemCard';
import { carryOutImport } from './carryOutImport';
import { ImportTable } from './ImportTable';
import { planImport, readImport, type ImportFile, type ImportItem } from './importPlan';
import { settingsMessages } from '../messages';
import { Part } from '../Part';

const { importing } = settingsMessages;
const largestBytes = 64 * 1024 * 1024;

interface ChosenFile {
  readonly name: string;
  readonly content: ImportFile;
}

/** Reads an exported file, shows what it would change, and saves what was selected. */
export function ImportPart({ isReadOnly }: { readonly isReadOnly: boolean }) {
  const [chosen, setChosen] = useState<ChosenFile>();
  const [problem, setProblem] = useState<string>();
  const [done, setDone] = useState('');
  const id = useId();
  const choose = async (file: File | undefined) => {
    setChosen(undefined);
    setDone('');
    setProblem(undefined);
    if (!file) return;
    const content = file.size > largestBytes ? { problem: importing.tooLarge } : readImport(await textOf(file));
    if ('problem' in content) setProblem(importing.cannotRead(content.problem));
    else setChosen({ name: file.name, content });
  };
  return (
    <Part title={importing.title} help={importing.help}>
      <div className="settings-row">
        <label htmlFor={id}>{importing.choose}</label>
        <input
          id={id}
          className="settings-file"
          type="file"
          accept=".json,application/json"
          onChange={(event) => {
            // A file that was changed meanwhile can be chosen again.
            const input = event.target;
            void choose(input.files?.[0]).finally(() => (input.value = ''));
          }}
        />
      </div>
      {problem !== undefined && <ProblemCard severity="error">{problem}</ProblemCard>}
      <div role="status">{done}</div>
      {chosen && (
        <ImportPreview
          key={chosen.name}
          file={chosen}
          isReadOnly={isReadOnly}
          onDone={(count) => {
            setDone(importing.done(count));
            setChosen(undefined);
          }}
        />
      )}
    </Part>
  );
}

interface ImportPreviewProps {
  readonly file: ChosenFile;
  readonly isReadOnly: boolean;
  readonly onDone: (count: number) => void;
}

function ImportPreview({ file, isReadOnly, onDone }: ImportPreviewProps) {
  const { contents, registry, reload } = useHub();
  const items = useMemo(() => planImport(file.content, contents), [file, contents]);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [isBusy, setBusy] = useState(false);
  const [failures, setFailures] = useState<readonly string[]>([]);
  const possible = items.filter(({ effect }) => effect === 'new' || effect === 'revision');
  const isRefused = items.some(({ effect }) => effect === 'refused');
  const selected = possible.filter((item) => !left.has(keyOf(item)));
  const start = async () => {
    setBusy(true);
    const failed: string[] = [];
    await carryOutImport(registry, selected, importing.comment(file.name), ({ name }, error) => {
      failed.push(importing.failed(name, error === undefined ? importing.conflict : describeFault(error).sentence));
    });
    setFailures(failed);
    await reload();
    setBusy(false);
    if (failed.length === 0) onDone(selected.length);
  };
  return (
    <>
      {failures.length > 0 && (
        <ProblemCard severity="error">
          {failures.slice(0, 10).map((text) => (
            <div key={text}>{text}</div>
          ))}
        </ProblemCard>
      )}
      {possible.length === 0 && (
        <ProblemCard severity={isRefused ? 'warning' : 'info'}>
          {isRefused ? importing.nothingPossible : importing.nothing}
        </ProblemCard>
      )}
      <ImportTable
        items={items}
        isSelected={(item) => selected.includes(item)}
        onSelect={(item, isSelected) => {
          const next = new Set(left);
          if (isSelected) next.delete(keyOf(item));
          else next.add(keyOf(item));
          setLeft(next);
        }}
      />
      {possible.length > 0 && (
        <Button
          text={importing.button(selected.length)}
          primary={true}
          disabled={isReadOnly || isBusy || selected.length === 0}
          onClick={() => void start()}
        />
      )}
    </>
  );
}

/** Models and shared documents have different ids. */
function keyOf({ kind, id }: ImportItem): string {
  return `${kind}/${id}`;
}

/** Blob.text() replaces what is not UTF-8, which then is not an export; an unreadable file is an empty one. */
async function textOf(file: File): Promise<string> {
  try {
    return await file.text();
  } catch {
    return '';
  }
}
