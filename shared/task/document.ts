import { readFileSync, statSync } from 'node:fs';
import { CORE_SCHEMA, defineScalarTag, intCoreTag, load, mergeTag, NOT_RESOLVED, YAMLException } from 'js-yaml';
import type { Json } from '../http/httpClient';
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

/** Reads a YAML or JSON text that holds a map. Throws an InvalidInput that names the line. */
export function readDocument(text: string): Readonly<Record<string, Json>> {
  if (text.length > largestBytes) throw new InvalidInput(`is larger than ${largestBytes / 1024 / 1024} MiB.`);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidInput('must be a map of names to values, in YAML or JSON.');
  if (countValues(value, new Map()) > mostValues) throw new InvalidInput(`holds more than ${mostValues} values.`);
  return value as Record<string, Json>;
}

/** Reads a file that holds a YAML or JSON map. Throws an InvalidInput that names the file and the line. */
export function readDocumentFile(path: string): Readonly<Record<string, Json>> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new InvalidInput(`names a file that does not exist: ${path}`);
  if (found.size > largestBytes)
    throw new InvalidInput(`names a file larger than ${largestBytes / 1024 / 1024} MiB: ${path}`);
  try {
    return readDocument(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof InvalidInput) throw new InvalidInput(`${error.message} (${path})`, { cause: error });
    throw error;
  }
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
