import { intCoreTag, load } from 'js-yaml';
import type { DocumentPath } from '../finding';
import type { Json } from '../json';
import { documentLines } from './documentLines';
import { InvalidYaml } from './invalidYaml';
import { orInvalid } from './located';
import { countValues, valueOf, writtenSchema, type ValueRules, type Written } from './written';

export const largestBytes = 2 * 1024 * 1024;
const mostValues = 100_000;

const schema = writtenSchema({
  int: {
    ...intCoreTag,
    // Databricks' ids are 64 bits wide: an integer that a number can't hold exactly is kept as a bigint.
    resolve(source, isExplicit, tagName) {
      const value = intCoreTag.resolve(source, isExplicit, tagName);
      return !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? BigInt(source) : value;
    },
  },
});

/**
 * Reads the value of a YAML or JSON text of one document, within limits. Where it is known to have text, a number or a
 * boolean is the text that was written: `1.10`, `007`, `831877e8`. Throws an InvalidYaml.
 */
export function readYamlValue(text: string, rules: Omit<ValueRules, 'onInfinite'> = {}): Json {
  if (text.length > largestBytes) throw new InvalidYaml(`is larger than ${largestBytes / 1024 / 1024} MiB`);
  const written = orInvalid(text, (yaml) => load(yaml, { schema })) as Written;
  if (countValues(written) > mostValues) throw new InvalidYaml(`holds more than ${mostValues} values`);
  const infinite: DocumentPath[] = [];
  const value = valueOf(written, { ...rules, onInfinite: (path) => void infinite.push(path) });
  if (infinite.length === 0) return value;
  const lines = infinite.map(documentLines(text)).join(', ');
  throw new InvalidYaml(`has .inf or .nan, which JSON does not have: put it in quotes (line ${lines})`);
}
