import type { Origin, Report } from './origin';
import { pathText } from './pathText';
import type { Located } from './document/readDocument';
import { nameProblem, secretNameProblem, textProblem } from './refusals';
import type { Branch, Leaf, Plain, Tree } from './tree';

/** The variables in a map of a document; reports names and values that are not allowed. */
export function readBranch(
  origin: Origin,
  located: ReadonlyMap<string, Located>,
  report: Report,
  path: readonly string[] = [],
): Branch {
  const entries = new Map<string, Tree>();
  for (const [name, value] of located) {
    const below = [...path, name];
    const problem = nameProblem(name);
    if (problem) report(value.origin, `${pathText(below)} ${problem.message}`, problem.kind);
    entries.set(
      name,
      'entries' in value
        ? readBranch(value.origin, value.entries, report, below)
        : {
            origin: value.origin,
            overridden: [],
            value: readLeaf(value, report, pathText(below)),
            text: otherText(value),
          },
    );
  }
  return { origin, overridden: [], entries, replaces: false };
}

type NoMap = Exclude<Located, { readonly entries: unknown }>;

/** What was written for a number or a boolean, where that is not its own text. */
function otherText(located: NoMap): string | undefined {
  const isOther = 'text' in located && typeof located.scalar !== 'string' && located.scalar !== null;
  return isOther && String(located.scalar) !== located.text ? located.text : undefined;
}

function readLeaf(located: NoMap, report: Report, name: string): Leaf['value'] {
  if ('items' in located) return located.items.map((item) => readPlain(item, report, name));
  const { scalar, text, origin } = located;
  const problem = textProblem(text);
  if (problem) report(origin, `${name} ${problem.message}`, problem.kind);
  return scalar;
}

/** A list is one value: the names in its maps are not variables. */
function readPlain(located: Located, report: Report, name: string): Plain {
  if (!('entries' in located)) return readLeaf(located, report, name);
  return Object.fromEntries(
    [...located.entries].map(([key, value]) => {
      const problem = secretNameProblem(key) ?? textProblem(key);
      if (problem) report(value.origin, `${name}: ${pathText([key])} ${problem.message}`, problem.kind);
      return [key, readPlain(value, report, name)];
    }),
  );
}
