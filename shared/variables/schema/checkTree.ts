import { formatProblem } from './formats';
import type { Report } from '../origin';
import type { PatternMatcher } from './patternMatcher';
import { readNumber } from '../document/readScalar';
import { isBranch, isList, isSame, treeOf, type Branch, type Leaf, type Plain, type Tree } from '../tree';
import type { ValueType, VariableSchema } from './variableSchema';

const typeNames: Readonly<Record<ValueType, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'null',
};

interface Check {
  readonly report: Report;
  readonly patterns: PatternMatcher;
}

/** Reports values that do not match a schema. Unset values (null) are ignored, except in lists. */
export function checkTree(tree: Tree, schema: VariableSchema, check: Check): void {
  checkPart(tree, schema, check, '');
}

function checkPart(tree: Tree, schema: VariableSchema, check: Check, path: string): void {
  const { report } = check;
  if (!isBranch(tree) && tree.isUnknown) return;
  const name = path || 'variables';
  const wrong = (problem: string): void => report(tree.origin, `${name} ${problem}.`);
  const { type } = schema;
  if (type !== undefined) {
    const wanted = typeof type === 'string' ? [type] : type;
    const kinds = kindsOf(tree);
    if (!wanted.some((each) => kinds.includes(each))) {
      const names = wanted.map((each) => typeNames[each]).join(' or ');
      wrong(`must be ${names}, not ${typeNames[kinds[0]]}${advice(tree, wanted)}`);
      return;
    }
  }
  if (schema.enum && !(!isBranch(tree) && schema.enum.some((word) => isSame(word, tree.value))))
    wrong(`must be one of ${listed(schema.enum.map((word) => JSON.stringify(word)))}`);
  if (isBranch(tree)) checkBranch(tree, schema, check, path);
  else checkLeaf(tree, schema, check, path, wrong);
}

function checkBranch(tree: Branch, schema: VariableSchema, check: Check, path: string): void {
  const { report } = check;
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const names = Object.keys(properties);
  const nameOf = (name: string): string => (path ? `${path}.${name}` : name);
  const isSet = (name: string): boolean => !isUnset(tree.entries.get(name));
  for (const [name, below] of tree.entries) {
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (isUnset(below)) continue;
    if (own) checkPart(below, own, check, nameOf(name));
    else if (typeof additionalProperties === 'object') checkPart(below, additionalProperties, check, nameOf(name));
    else if (!additionalProperties)
      report(below.origin, `${nameOf(name)} is not in the schema, which has: ${listed(names)}.`);
  }
  for (const name of required)
    if (!isSet(name)) report(tree.origin, `${nameOf(name)} is missing, but the schema requires it.`, 'missing');
  for (const [name, own] of Object.entries(properties))
    if (own.mandatory === true && !isSet(name) && !required.includes(name))
      report(own.origin, `${nameOf(name)} is mandatory, but no source sets it.`, 'missing');
}

function checkLeaf(
  { value, origin }: Leaf,
  schema: VariableSchema,
  check: Check,
  path: string,
  wrong: (problem: string) => void,
): void {
  const { report } = check;
  const { minLength = 0, maxLength = Infinity, minItems = 0, maxItems = Infinity } = schema;
  if (typeof value === 'string') {
    const { length } = Array.from(value);
    if (length < minLength || length > maxLength) wrong(`must have ${range(minLength, maxLength)} characters`);
    const isMatched = schema.pattern === undefined || check.patterns.matches(schema.pattern, value);
    if (isMatched === false) wrong(`must match the pattern ${schema.pattern}`);
    if (isMatched === 'later')
      report(
        origin,
        `${path || 'variables'} is matched with the pattern ${schema.pattern} when a pipeline loads it, not here: the pattern can take long.`,
        'later',
      );
    if (isMatched === undefined)
      wrong(`cannot be matched with the pattern ${schema.pattern} within a second: simplify the pattern`);
    const problem = schema.format === undefined ? undefined : formatProblem(schema.format, value);
    if (problem !== undefined) wrong(problem);
  } else if (typeof value === 'number') {
    const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum, exclusiveMaximum } = schema;
    if (value < minimum || value > maximum) wrong(`must be ${range(minimum, maximum)}`);
    if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) wrong(`must be greater than ${exclusiveMinimum}`);
    if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) wrong(`must be less than ${exclusiveMaximum}`);
  } else if (isList(value)) {
    if (value.length < minItems || value.length > maxItems) wrong(`must have ${range(minItems, maxItems)} entries`);
    const { items } = schema;
    if (items) for (const [index, item] of value.entries()) checkItem(item, items, `${path}[${index}]`);
  }

  function checkItem(item: Plain, items: VariableSchema, itemPath: string): void {
    checkPart(treeOf(item, origin), items, check, itemPath);
  }
}

function listed(words: readonly string[]): string {
  const more = words.length > 20 ? [`and ${words.length - 20} more`] : [];
  return [...words.slice(0, 20), ...more].join(', ');
}

function range(least: number, most: number): string {
  if (most === Infinity) return `at least ${least}`;
  return least === -Infinity ? `at most ${most}` : `from ${least} to ${most}`;
}

/** The types that a value has, the most general first. */
function kindsOf(tree: Tree): readonly [ValueType, ...ValueType[]] {
  if (isBranch(tree)) return ['object'];
  const { value } = tree;
  if (value === null) return ['null'];
  if (isList(value)) return ['array'];
  if (typeof value === 'string') return ['string'];
  if (typeof value === 'boolean') return ['boolean'];
  return Number.isInteger(value) ? ['number', 'integer'] : ['number'];
}

function advice(tree: Tree, wanted: readonly ValueType[]): string {
  if (isBranch(tree) || tree.value === null || isList(tree.value)) return '';
  if (typeof tree.value !== 'string') return wanted.includes('string') ? ': put it in quotes' : '';
  const isUnquoted =
    (wanted.some((type) => type === 'number' || type === 'integer') && readNumber(tree.value) !== undefined) ||
    (wanted.includes('boolean') && /^(true|false)$/.test(tree.value));
  return isUnquoted ? ': remove the quotes' : '';
}

function isUnset(tree: Tree | undefined): boolean {
  return tree === undefined || (!isBranch(tree) && tree.value === null);
}
