import { readFileSync, statSync } from 'node:fs';
import type { DocumentPath } from '../finding';
import { isLfsPointerFile, pointerProblem } from '../gitLfs';
import { isList, isMap, parseJson, type Json } from '../json';
import { documentLines } from '../yaml/documentLines';
import { InvalidYaml } from '../yaml/invalidYaml';
import { largestBytes, readYamlValue } from '../yaml/values';
import type { DocumentReading, DocumentSource } from './checkDocument';
import { InvalidInput } from './invalidInput';

type Document = Readonly<Record<string, Json>>;

/** Reads a YAML or JSON text that holds a map. Throws an InvalidInput that names the line. */
export function readDocument(text: string, rules?: DocumentReading): Document {
  const { value, unsure } = readMap(text, rules);
  rules?.check?.(value, sourceOf(text), unsure);
  return value;
}

/** Reads a YAML or JSON text that holds a list. Throws an InvalidInput that names the line. */
export function readDocumentList(text: string, rules?: DocumentReading): readonly Json[] {
  const { value, unsure } = readValue(text, rules);
  if (!isList(value)) throw new InvalidInput('must be a list, in YAML or JSON.');
  rules?.check?.(value, sourceOf(text), unsure);
  return value;
}

/** Reads a YAML or JSON text that holds a map or a list. Throws an InvalidInput that names the line. */
export function readMapOrList(text: string): Document | readonly Json[] {
  return mapOrList(text, undefined).value;
}

/** Reads a file that holds a YAML or JSON map or list. Throws an InvalidInput that names the file and the line. */
export function readMapOrListFile(file: string): Document | readonly Json[] {
  return readOf(file, textIn(file), undefined, mapOrList).value;
}

/** Reads a file that holds a YAML or JSON map. Throws an InvalidInput that names the file and the line. */
export function readDocumentFile(file: string, rules?: DocumentReading): Document {
  const text = textIn(file);
  const { value, unsure } = readOf(file, text, rules, readMap);
  rules?.check?.(value, sourceOf(text, file), unsure);
  return value;
}

function textIn(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new InvalidInput(`names a file that does not exist: ${file}`);
  if (found.size > largestBytes)
    throw new InvalidInput(`names a file larger than ${largestBytes / 1024 / 1024} MiB: ${file}`);
  if (isLfsPointerFile(file, found.size)) throw new InvalidInput(`names the file ${file}, which ${pointerProblem}`);
  return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
}

interface Read<Value> {
  readonly value: Value;
  /** Where it is not known whether a number or a boolean is meant as text. */
  readonly unsure: readonly DocumentPath[];
}

function readOf<Value>(
  file: string,
  text: string,
  rules: DocumentReading | undefined,
  read: (text: string, rules: DocumentReading | undefined) => Read<Value>,
): Read<Value> {
  try {
    return read(text, rules);
  } catch (error) {
    if (error instanceof InvalidInput) throw new InvalidInput(`${error.message} (${file})`, { cause: error });
    throw error;
  }
}

function readMap(text: string, rules: DocumentReading | undefined): Read<Document> {
  const { value, unsure } = readValue(text, rules);
  if (!isMap(value)) throw new InvalidInput('must be a map of names to values, in YAML or JSON.');
  return { value: value as Document, unsure };
}

function mapOrList(text: string, rules: DocumentReading | undefined): Read<Document | readonly Json[]> {
  const { value, unsure } = readValue(text, rules);
  if (!isMap(value) && !isList(value))
    throw new InvalidInput('must be a map of names to values, or a list, in YAML or JSON.');
  return { value: value as Document | readonly Json[], unsure };
}

function readValue(text: string, rules: DocumentReading | undefined): Read<Json> {
  const unsure: DocumentPath[] = [];
  try {
    return {
      value: readYamlValue(text, { textAt: rules?.textAt, onOtherText: (path) => void unsure.push(path) }),
      unsure,
    };
  } catch (error) {
    if (!(error instanceof InvalidYaml)) throw error;
    if (isJsonLines(text))
      throw new InvalidInput(
        'contains several JSON documents, one per line (JSON Lines). Write one map, or a list: in square brackets, with commas between the documents.',
        { cause: error },
      );
    throw new InvalidInput(`${error.message}.`, { cause: error });
  }
}

function isJsonLines(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.length > 1 && lines.every(isJson);
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function sourceOf(text: string, file?: string): DocumentSource {
  let lines: ReturnType<typeof documentLines> | undefined;
  return { file, lineOf: (path) => (lines ??= documentLines(text))(path) };
}
