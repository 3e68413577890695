import { intCoreTag, load } from 'js-yaml';
import type { DocumentPath } from '../finding';
import type { Json } from '../json';
import { documentLines } from './documentLines';
import { InvalidYaml } from './invalidYaml';
import { orInvalid } from './located';
import {
  inMebibytes,
  sizeOf,
  sizeProblem,
  valueOf,
  writtenSchema,
  type Limits,
  type ValueRules,
  type Written,
} from './written';

export const largestBytes = 2 * 1024 * 1024;
/** Longer texts than a file may have are written with aliases. */
const limits: Limits = { values: 100_000, characters: 2 * largestBytes };

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
  if (text.length > largestBytes) throw new InvalidYaml(`is larger than ${inMebibytes(largestBytes)}`);
  const written = orInvalid(text, (yaml) => load(yaml, { schema })) as Written;
  const problem = sizeProblem(sizeOf(written), limits);
  if (problem !== undefined) throw new InvalidYaml(problem);
  const infinite: DocumentPath[] = [];
  const value = valueOf(written, { ...rules, onInfinite: (path) => void infinite.push(path) });
  if (infinite.length === 0) return value;
  const lines = infinite.map(documentLines(text)).join(', ');
  throw new InvalidYaml(`has .inf or .nan, which JSON does not have: put it in quotes (line ${lines})`);
}
