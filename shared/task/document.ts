import { readFileSync, statSync } from 'node:fs';
import { CORE_SCHEMA, defineScalarTag, intCoreTag, load, mergeTag, NOT_RESOLVED, YAMLException } from 'js-yaml';
import { isList, type Json } from '../json';
import type { DocumentCheck } from './checkDocument';
import { InvalidInput } from './invalidInput';

const largestBytes = 2 * 1024 * 1024;
const mostValues = 100_000;

// Databricks' ids are 64 bits wide: an integer that a number can't hold exactly is kept as a bigint.
const exactInteger = defineScalarTag<number | bigint>(intCoreTag.tagName, {
  ...intCoreTag,
  resolve(source, isExplicit, tagName) {
    const value = intCoreTag.resolve(source, isExplicit, tagName);
    if (value === NOT_RESOLVED || typeof value !== 'number') return NOT_RESOLVED;
    return !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? BigInt(source) : value;
  },
});
const schema = CORE_SCHEMA.withTags(mergeTag, exactInteger);

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
  if (typeof value !== 'object' || value === null || isList(value))
    throw new InvalidInput('must be a map of names to values, in YAML or JSON.');
  return value as Document;
}

function readValue(text: string): Json {
  if (text.length > largestBytes) throw new InvalidInput(`is larger than ${largestBytes / 1024 / 1024} MiB.`);
  const value = parse(text);
  if (countValues(value, new Map()) > mostValues) throw new InvalidInput(`holds more than ${mostValues} values.`);
  return value as Json;
}

function parse(text: string): unknown {
  try {
    return load(text, { schema });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? ` at line ${error.mark.line + 1}` : '';
    throw new InvalidInput(`is no valid YAML or JSON: ${error.reason}${line}.`, { cause: error });
  }
}

/** How many values there are once aliases are written out: a few lines of nested aliases can stand for billions. */
function countValues(value: unknown, counted: Map<unknown, number>): number {
  if (typeof value !== 'object' || value === null) return 1;
  const known = counted.get(value);
  if (known !== undefined) return known;
  counted.set(value, Infinity); // met again below itself: a cycle
  let count = 1;
  for (const item of Object.values(value)) count += countValues(item, counted);
  counted.set(value, count);
  return count;
}
