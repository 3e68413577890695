import type { DocumentPath } from '../finding';
import type { NamedFile } from '../files/namedFile';
import { isList, isMap, parsedJson, type Json } from '../json';
import { documentLines } from '../yaml/documentLines';
import { InvalidYaml } from '../yaml/invalidYaml';
import { largestBytes, readYamlValue } from '../yaml/values';
import type { DocumentReading, DocumentSource } from './checkDocument';
import { InvalidInput } from './invalidInput';
import { textOf } from './namedPath';

type Document = Readonly<Record<string, Json>>;

/** What each document was read from that a task has. */
const sources = new WeakMap<Document, DocumentSource>();

/** Where a document was read from that an input has, for what is found wrong with it later. */
export function sourceOfDocument(document: Document): DocumentSource | undefined {
  return sources.get(document);
}

/** Reads a YAML or JSON text that holds a map. Throws an InvalidInput that names the line. */
export function readDocument(text: string, rules?: DocumentReading): Document {
  const { value, unsure } = readMap(text, rules);
  const source = sourceOf(text);
  rules?.check?.(value, source, unsure);
  sources.set(value, source);
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
export function readMapOrListFile(file: NamedFile): Document | readonly Json[] {
  return readOf(file, textOf(file, largestBytes), undefined, mapOrList).value;
}

/** Reads a file that holds a YAML or JSON map. Throws an InvalidInput that names the file and the line. */
export function readDocumentFile(file: NamedFile, rules?: DocumentReading): Document {
  const text = textOf(file, largestBytes);
  const { value, unsure } = readOf(file, text, rules, readMap);
  const source = sourceOf(text, file.path);
  rules?.check?.(value, source, unsure);
  sources.set(value, source);
  return value;
}

interface Read<Value> {
  readonly value: Value;
  /** Where it is not known whether a number or a boolean is meant as text. */
  readonly unsure: readonly DocumentPath[];
}

function readOf<Value>(
  { path }: NamedFile,
  text: string,
  rules: DocumentReading | undefined,
  read: (text: string, rules: DocumentReading | undefined) => Read<Value>,
): Read<Value> {
  try {
    return read(text, rules);
  } catch (error) {
    if (error instanceof InvalidInput) throw new InvalidInput(`${error.message} (${path})`, { cause: error });
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
  return lines.length > 1 && lines.every((line) => parsedJson(line) !== undefined);
}

function sourceOf(text: string, file?: string): DocumentSource {
  let lines: ReturnType<typeof documentLines> | undefined;
  return { file, lineOf: (path) => (lines ??= documentLines(text))(path) };
}
