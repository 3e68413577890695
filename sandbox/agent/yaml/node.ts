import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import { Decimal } from '../expressions/decimal';
import { toText, type Value } from '../expressions/value';
import type { Position } from '../pipelineError';

/** YAML with a place for everything: what messages point at, and what relative template paths start from. */
export type Node = ScalarNode | SequenceNode | MappingNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  /** As it is written: `1.10` stays `1.10`. */
  readonly text: string;
  /** `plain` was written without quotes and may mean a boolean or a number; `result` came out of an expression and is not expanded again. */
  readonly style: 'plain' | 'quoted' | 'result';
  readonly at: Position;
}

export interface SequenceNode {
  readonly kind: 'sequence';
  readonly items: readonly Node[];
  readonly at: Position;
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly entries: readonly Entry[];
  readonly at: Position;
}

export interface Entry {
  readonly key: ScalarNode;
  readonly value: Node;
}

export function scalar(text: string, at: Position): ScalarNode {
  return { kind: 'scalar', text, style: 'result', at };
}

export function mapping(entries: Readonly<Record<string, Node>>, at: Position): MappingNode {
  return {
    kind: 'mapping',
    entries: Object.entries(entries).map(([key, value]) => ({ key: scalar(key, at), value })),
    at,
  };
}

/** The value under a key; undefined when there is none. */
export function get(node: MappingNode, key: string): Node | undefined {
  return node.entries.find((entry) => entry.key.text === key)?.value;
}

/** A key without a value, or with nothing between its quotes. */
export function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && node.text === '';
}

/** The node that an array or object was made of, so that it keeps its place when it is put back. */
const origins = new WeakMap<object, Node>();

/** The node as a value of an expression. */
export function toValue(node: Node): Value {
  if (node.kind === 'scalar') return scalarValue(node);
  const value =
    node.kind === 'sequence'
      ? node.items.map(toValue)
      : new CaseInsensitiveMap(node.entries.map(({ key, value }) => [key.text, toValue(value)] as const));
  origins.set(value, node);
  return value;
}

/** The value as YAML; what an expression gives is a text once it is in YAML, booleans too. */
export function toNode(value: Value, at: Position): Node {
  const text = toText(value);
  if (text !== undefined) return scalar(text, at);
  const origin = origins.get(value as object);
  if (origin) return origin;
  if (value instanceof CaseInsensitiveMap) {
    return {
      kind: 'mapping',
      entries: [...value].map(([key, item]) => ({ key: scalar(key, at), value: toNode(item, at) })),
      at,
    };
  }
  return { kind: 'sequence', items: (value as readonly Value[]).map((item) => toNode(item, at)), at };
}

/** A number only where its text comes back unchanged, so that `1.10` or `007` keep their form. */
function scalarValue({ text, style }: ScalarNode): Value {
  if (style !== 'plain') return text;
  if (/^(~|null)?$/i.test(text)) return null;
  if (/^(true|false)$/i.test(text)) return /^true$/i.test(text);
  const number = Decimal.parse(text);
  return number && String(number) === text ? number : text;
}
