import { longestValue } from './limits';
import type { ProblemKind, Report } from './origin';
import { pathText } from './pathText';
import { textProblem } from './refusals';
import { isBranch, isList, leavesOf, mapLeaves, textOf, treeAt, type Branch, type Leaf, type Plain } from './tree';

const tooLong = `is longer than ${longestValue} characters.`;
const reference = /\{\{\s*([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)\s*\}\}/g;
const onlyReference = new RegExp(`^${reference.source}$`);

type Value = Pick<Leaf, 'value' | 'text'>;

/** A value that can't be resolved; the problem has been reported where it is. */
class Unresolved extends Error {}

/**
 * Replaces `{{name}}` by the value: a text that is only a reference becomes that value, with its type; within a longer
 * text the value's text is inserted. Reports references to nothing and to themselves; such a value is unknown.
 */
export function resolveReferences(tree: Branch, report: Report): Branch {
  const resolved = new Map<Leaf, Value | undefined>();
  const busy: { readonly leaf: Leaf; readonly name: string }[] = [];

  function resolve(leaf: Leaf, path: readonly string[]): Value {
    if (!resolved.has(leaf)) {
      busy.push({ leaf, name: pathText(path) });
      try {
        resolved.set(leaf, replaced(leaf));
      } catch (error) {
        if (!(error instanceof Unresolved)) throw error;
        resolved.set(leaf, undefined);
      }
      busy.pop();
    }
    const value = resolved.get(leaf);
    if (value === undefined) throw new Unresolved();
    return value;
  }

  function fail(problem: string, kind?: ProblemKind): never {
    const user = busy.at(-1);
    if (user) report(user.leaf.origin, `${user.name} ${problem}`, kind);
    throw new Unresolved();
  }

  function replaced({ value, text, isUnknown }: Leaf): Value {
    if (isUnknown) throw new Unresolved();
    let length = 0;
    const addLength = (text: string): string => {
      length += text.length;
      if (length > longestValue) fail(tooLong);
      return text;
    };
    const whole = typeof value === 'string' ? onlyReference.exec(value)?.[1] : undefined;
    if (whole !== undefined) return referredTo(whole);
    if (!isList(value)) return { value: inScalar(value, addLength), text };
    const list = value.map((item) => inItem(item, addLength));
    if (JSON.stringify(list).length > longestValue) fail(tooLong);
    return { value: list };
  }

  function inItem(item: Plain, addLength: (text: string) => string): Plain {
    if (isList(item)) return item.map((each) => inItem(each, addLength));
    if (typeof item !== 'object' || item === null) return inScalar(item, addLength);
    return Object.fromEntries(Object.entries(item).map(([name, each]) => [addLength(name), inItem(each, addLength)]));
  }

  function inScalar(scalar: Exclude<Leaf['value'], readonly Plain[]>, addLength: (text: string) => string) {
    if (typeof scalar !== 'string') return scalar;
    const whole = onlyReference.exec(scalar)?.[1];
    if (whole !== undefined) {
      const { value } = referredTo(whole);
      if (isList(value)) fail(`refers to ${whole}, a list, where a single value is expected.`);
      addLength(String(value));
      return value;
    }
    const pieces = scalar.replaceAll(reference, ' ');
    if (pieces.includes('{{')) fail('has {{ that is not followed by a name and }}.');
    addLength(pieces);
    const text = scalar.replaceAll(reference, (_, name: string) => {
      const referred = referredTo(name);
      if (isList(referred.value)) fail(`refers to ${name}, a list, inside a text.`);
      return addLength(textOf(referred));
    });
    const problem = text === scalar ? undefined : textProblem(text);
    if (problem) fail(`${problem.message} The cause is a value that it refers to.`, problem.kind);
    return text;
  }

  function referredTo(name: string): Value {
    const path = name.split('.');
    const target = treeAt(tree, path);
    if (!target || (!isBranch(target) && target.value === null))
      fail(`refers to ${name}, which is not set.`, 'missing');
    if (isBranch(target)) fail(`refers to ${name}, which is a map.`);
    const start = busy.findIndex(({ leaf }) => leaf === target);
    if (start >= 0) fail(`refers to itself: ${[...busy.slice(start).map((each) => each.name), name].join(' → ')}.`);
    return resolve(target, path);
  }

  for (const { leaf, path } of leavesOf(tree))
    try {
      if (leaf.value !== null) resolve(leaf, path);
    } catch (error) {
      if (!(error instanceof Unresolved)) throw error;
    }
  return mapLeaves(tree, (leaf) => {
    const value = leaf.value === null ? leaf : resolved.get(leaf);
    return value === undefined ? { ...leaf, isUnknown: true } : { ...leaf, value: value.value, text: value.text };
  });
}
