import { CORE_SCHEMA, defineScalarTag, intCoreTag, load, mergeTag, NOT_RESOLVED } from 'js-yaml';
import type { Json } from '../json';
import { InvalidYaml } from './invalidYaml';
import { orInvalid } from './located';

export const largestBytes = 2 * 1024 * 1024;
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

/** Reads the value of a YAML or JSON text of one document, within limits. Throws an InvalidYaml. */
export function readYamlValue(text: string): Json {
  if (text.length > largestBytes) throw new InvalidYaml(`is larger than ${largestBytes / 1024 / 1024} MiB`);
  const value = orInvalid(() => load(text, { schema }));
  if (countValues(value, new Map()) > mostValues) throw new InvalidYaml(`holds more than ${mostValues} values`);
  return value as Json;
}

/** How many values there are once aliases are written out: a few lines of nested aliases can stand for billions. */
function countValues(value: unknown, counted: Map<unknown, number>): number {
  if (typeof value !== 'object' || value === null) return 1;
  const known = counted.get(value);
  if (known !== undefined) return known;
  counted.set(value, Infinity); // where it is found again within itself: a cycle
  let count = 1;
  for (const item of Object.values(value)) count += countValues(item, counted);
  counted.set(value, count);
  return count;
}
