import { Button } from 'azure-devops-ui/Button';
import { useDeferredValue, useId, useRef, useState, type DragEvent } from 'react';
import { largestTextBytes } from '../../shared/variables/registry/storedText';
import { ProblemCard } from '../kit/faults/ProblemCard';
import { CreateModel } from './CreateModel';
import { newModelMessages as messages } from './messages';

/** A variable file that is typed, pasted, dropped or selected. */
export function FromText({ text, onChange }: { readonly text: string; readonly onChange: (text: string) => void }) {
  const [fileName, setFileName] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [isOver, setOver] = useState(false);
  const shown = useDeferredValue(text);
  const read = async (file: File | undefined) => {
    setOver(false);
    if (!file) return;
    const content = await readFile(file);
    setProblem(content.problem);
    if (content.text === undefined) return;
    setFileName(file.name);
    onChange(content.text);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    void read(event.dataTransfer.files[0]);
  };
  return (
    <>
      <div
        className={`hub-card hub-source depth-4${isOver ? ' hub-drop' : ''}`}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes('Files')) return;
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <SourceField
          label={messages.yaml}
          help={isOver ? messages.dropHere : messages.yamlHelp}
          value={text}
          onChange={onChange}
          placeholder={'variables:\n  modelName: churn\n  training:\n    epochs: 300'}
        />
        <FileButton onFile={(file) => void read(file)} />
        <div role="status" className="hub-screen-reader">
          {fileName !== undefined && problem === undefined && messages.fileRead(fileName)}
        </div>
        {problem !== undefined && <ProblemCard severity="error">{problem}</ProblemCard>}
      </div>
      {shown.trim() !== '' && (
        <CreateModel text={shown} source={fileName ?? 'model_variables.yml'} comment={messages.textComment} />
      )}
    </>
  );
}

export interface SourceFieldProps {
  readonly label: string;
  readonly help: string;
  readonly value: string;
  readonly placeholder: string;
  readonly onChange: (text: string) => void;
}

/** A large field for a pasted text. */
export function SourceField({ label, help, value, placeholder, onChange }: SourceFieldProps) {
  const id = useId();
  return (
    <div className="hub-source-field">
      <label htmlFor={id} className="hub-source-label">
        {label}
      </label>
      <span id={`${id}-help`} className="secondary-text">
        {help}
      </span>
      <textarea
        id={id}
        aria-describedby={`${id}-help`}
        className="hub-source-text"
        rows={12}
        spellCheck={false}
        wrap="off"
        value={value}
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

function FileButton({ onFile }: { readonly onFile: (file: File | undefined) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div>
      <input
        ref={input}
        type="file"
        hidden
        accept=".yml,.yaml,.json,.txt"
        onChange={(event) => {
          onFile(event.target.files?.[0]);
          // The same file can be selected again after it was corrected.
          event.target.value = '';
        }}
      />
      <Button text={messages.chooseFile} iconProps={{ iconName: 'Upload' }} onClick={() => input.current?.click()} />
    </div>
  );
}

async function readFile(file: File): Promise<{ readonly text?: string; readonly problem?: string }> {
  if (file.size > largestTextBytes) return { problem: messages.fileTooLarge(file.name, largestTextBytes) };
  const bytes = await file.arrayBuffer();
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { problem: messages.notUtf8(file.name) };
  }
}
