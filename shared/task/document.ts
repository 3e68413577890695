import { readFileSync, statSync } from 'node:fs';
import { isList, isMap, type Json } from '../json';
import { InvalidYaml } from '../yaml/invalidYaml';
import { largestBytes, readYamlValue } from '../yaml/values';
import type { DocumentCheck } from './checkDocument';
import { InvalidInput } from './invalidInput';

type Document = Readonly<Record<string, Json>>;

/** Reads a YAML or JSON text that holds a map. Throws an InvalidInput that names the line. */
export function readDocument(text: string, check?: DocumentCheck): Document {
  const map = readMap(text);
  check?.(map, { text });
  return map;
}

/** Reads a YAML or JSON text that holds a list. Throws an InvalidInput that names the line. */
export function readDocumentList(text: string, check?: DocumentCheck): readonly Json[] {
  const list = readValue(text);
  if (!isList(list)) throw new InvalidInput('must be a list, in YAML or JSON.');
  check?.(list, { text });
  return list;
}

/** Reads a file that holds a YAML or JSON map. Throws an InvalidInput that names the file and the line. */
export function readDocumentFile(file: string, check?: DocumentCheck): Document {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new InvalidInput(`names a file that does not exist: ${file}`);
  if (found.size > largestBytes)
    throw new InvalidInput(`names a file larger than ${largestBytes / 1024 / 1024} MiB: ${file}`);
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  const map = readMapOf(file, text);
  check?.(map, { text, file });
  return map;
}

function readMapOf(file: string, text: string): Document {
  try {
    return readMap(text);
  } catch (error) {
    if (error instanceof InvalidInput) throw new InvalidInput(`${error.message} (${file})`, { cause: error });
    throw error;
  }
}

function readMap(text: string): Document {
  const value = readValue(text);
  if (!isMap(value)) throw new InvalidInput('must be a map of names to values, in YAML or JSON.');
  return value as Document;
}

function readValue(text: string): Json {
  try {
    return readYamlValue(text);
  } catch (error) {
    if (!(error instanceof InvalidYaml)) throw error;
    throw new InvalidInput(`${error.message}.`, { cause: error });
  }
}
