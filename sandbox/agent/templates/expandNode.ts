import { CaseInsensitiveMap, fold } from '../caseInsensitiveMap';
import { toBoolean, type Value } from '../expressions/value';
import { fail, type Position } from '../pipelineError';
import { isEmpty, scalar, toNode, type MappingNode, type Node, type ScalarNode, type SequenceNode } from '../yaml/node';
import { readDirective, splitText, type Directive } from './expressionText';
import { evaluateTemplate, evaluateTemplateText, withLoop, type Scope } from './scope';

/** A list item that its directives let in; not itself expanded yet. */
export interface FlatItem {
  readonly node: Node;
  readonly scope: Scope;
}

/** A mapping entry that its directives let in; the key is expanded, the value is not yet. */
export interface FlatEntry {
  readonly key: ScalarNode;
  readonly value: Node;
  readonly scope: Scope;
}

/** Replaces every `${{ }}` in a piece of YAML that has no meaning of its own to the expansion. */
export function expandNode(node: Node, scope: Scope): Node {
  switch (node.kind) {
    case 'scalar':
      return expandScalar(node, scope);
    case 'sequence':
      return { ...node, items: [...flattenItems(node, scope)].map((item) => expandNode(item.node, item.scope)) };
    case 'mapping':
      return expandEntries([...flattenEntries(node, scope)], node.at);
  }
}

export function expandEntries(entries: readonly FlatEntry[], at: Position): MappingNode {
  return {
    kind: 'mapping',
    entries: entries.map(({ key, value, scope }) => ({ key, value: expandNode(value, scope) })),
    at,
  };
}

/**
 * Works off the `if`, `elseif`, `else` and `each` of a list; a list that an expression gives is flattened into it.
 * One item at a time, so that a list of variables can let later items see earlier ones.
 */
export function* flattenItems(node: SequenceNode, scope: Scope): Generator<FlatItem> {
  const branches = new Branches();
  for (const item of node.items) {
    const conditional = soleDirective(item);
    if (!conditional) {
      branches.end();
      yield* flattenItem(item, scope);
      continue;
    }
    const { directive, key, value } = conditional;
    for (const inner of scopesOf(directive, branches, scope, key.at)) {
      const inserted = value.kind === 'scalar' ? expandScalar(value, inner) : value;
      if (inserted.kind !== 'sequence') fail(`'${key.text}' in a list needs a list under it`, value.at);
      yield* flattenItems(inserted, inner);
    }
  }
}

/** Works off the directives of a mapping, one entry at a time; a key that is then defined twice is an error. */
export function* flattenEntries(node: MappingNode, scope: Scope): Generator<FlatEntry> {
  const seen = new Set<string>();
  for (const entry of mergeEntries(node, scope)) {
    const { key } = entry;
    if (seen.has(fold(key.text))) fail(`'${key.text}' is defined twice`, key.at);
    seen.add(fold(key.text));
    yield entry;
  }
}

function* mergeEntries(node: MappingNode, scope: Scope): Generator<FlatEntry> {
  const branches = new Branches();
  for (const { key, value } of node.entries) {
    const directive = readDirective(key);
    if (!directive) {
      branches.end();
      const text = expandText(key, scope);
      yield { key: text === key.text ? key : scalar(text, key.at), value, scope };
      continue;
    }
    for (const inner of scopesOf(directive, branches, scope, key.at)) {
      const inserted = value.kind === 'scalar' ? expandScalar(value, inner) : value;
      if (isEmpty(inserted)) continue;
      if (inserted.kind !== 'mapping') fail(`'${key.text}' in a mapping needs a mapping under it`, value.at);
      yield* mergeEntries(inserted, inner);
    }
  }
}

/** A list item that is nothing but one directive, and what is under it where that belongs to the list. */
function soleDirective(item: Node): { directive: Directive; key: ScalarNode; value: Node } | undefined {
  if (item.kind !== 'mapping' || item.entries.length !== 1) return undefined;
  const [entry] = item.entries;
  const directive = entry && readDirective(entry.key);
  if (!directive || directive.kind === 'insert' || entry.value.kind === 'mapping') return undefined;
  return { directive, ...entry };
}

function flattenItem(item: Node, scope: Scope): FlatItem[] {
  const parts = item.kind === 'scalar' ? splitText(item) : [];
  const [part] = parts;
  if (!part || parts.length > 1 || !('expression' in part)) return [{ node: item, scope }];
  const node = toNode(evaluateTemplate(part.expression, scope, item.at), item.at);
  return node.kind === 'sequence' ? node.items.map((each) => ({ node: each, scope })) : [{ node, scope }];
}

function expandScalar(node: ScalarNode, scope: Scope): Node {
  const parts = splitText(node);
  const [part] = parts;
  if (!part || parts.every((each) => 'literal' in each)) return node;
  if (parts.length > 1 || !('expression' in part)) return scalar(expandText(node, scope), node.at);
  return toNode(evaluateTemplate(part.expression, scope, node.at), node.at);
}

function expandText(node: ScalarNode, scope: Scope): string {
  return splitText(node)
    .map((part) => ('literal' in part ? part.literal : evaluateTemplateText(part.expression, scope, node.at)))
    .join('');
}

/** The scopes that what is under a directive is taken in: none, one, or one for each item. */
function scopesOf(directive: Directive, branches: Branches, scope: Scope, at: Position): Scope[] {
  switch (directive.kind) {
    case 'insert':
      branches.end();
      return [scope];
    case 'each':
      branches.end();
      return loopItems(directive.list, scope, at).map((item) => withLoop(scope, directive.item, item));
    case 'else': {
      const isTaken = branches.continue('else', () => true, at);
      branches.end();
      return isTaken ? [scope] : [];
    }
    case 'if':
    case 'elseif': {
      const holds = (): boolean => toBoolean(evaluateTemplate(directive.condition, scope, at));
      return (directive.kind === 'if' ? branches.start(holds) : branches.continue('elseif', holds, at)) ? [scope] : [];
    }
  }
}

function loopItems(list: string, scope: Scope, at: Position): readonly Value[] {
  const value = evaluateTemplate(list, scope, at);
  if (value === null || value === '') return [];
  if (Array.isArray(value)) return value as readonly Value[];
  if (!(value instanceof CaseInsensitiveMap)) return fail(`'${list}' is neither a list nor a mapping`, at);
  return [...value].map(
    ([key, item]) =>
      new CaseInsensitiveMap<Value>([
        ['key', key],
        ['value', item],
      ]),
  );
}

/** Keeps count of which branch of an `if`, `elseif`, `else` chain was taken. */
class Branches {
  #state: 'none' | 'open' | 'taken' = 'none';

  start(holds: () => boolean): boolean {
    const isTaken = holds();
    this.#state = isTaken ? 'taken' : 'open';
    return isTaken;
  }

  continue(kind: 'elseif' | 'else', holds: () => boolean, at: Position): boolean {
    if (this.#state === 'none') fail(`'${kind}' has no 'if' before it`, at);
    const isTaken = this.#state === 'open' && holds();
    if (isTaken) this.#state = 'taken';
    return isTaken;
  }

  end(): void {
    this.#state = 'none';
  }
}
