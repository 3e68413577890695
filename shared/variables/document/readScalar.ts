export type Scalar = string | number | boolean | null;

const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);
const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?(e[-+]?\d+)?$/i;
const anyNumber = /^[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?$|^0o[0-7]+$|^0x[\da-f]+$|^[-+]?\.inf$|^\.nan$/i;

/**
 * The value of a text without quotes, by YAML 1.2's core schema. Refuses spellings that YAML readers interpret as
 * different numbers (010, 0x1F, +5, .nan), and integers that a number can't represent exactly.
 */
export function readScalar(text: string, refuse: (message: string) => void): Scalar {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!anyNumber.test(text)) return text;
  const number = readNumber(text);
  if (number === undefined)
    refuse('has a number that YAML readers interpret differently: write it as in JSON, or put it in quotes.');
  return number ?? text;
}

/** A number that is written as in JSON and that JavaScript can represent; undefined for any other text. */
export function readNumber(text: string): number | undefined {
  const number = jsonNumber.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(number) || (Number.isFinite(number) && !/^-?\d+$/.test(text)) ? number : undefined;
}
