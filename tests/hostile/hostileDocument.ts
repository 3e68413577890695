import * as fc from 'fast-check';
import { dump } from 'js-yaml';
import { changedText, hostilePiece, textChange, type TextChange } from './hostileText';

/** Any value of JSON, which also may be changed. */
type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };

/** One change of a value: which node of it (modulo their number) becomes what. */
interface NodeChange {
  readonly at: number;
  readonly kind: 'value' | 'delete' | 'repeat' | 'rename' | 'wrap' | 'deepen';
  readonly value: Value;
  readonly name: string;
}

const scalar: fc.Arbitrary<Value> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Value>(true, 0, -1, 1.5, 1e21, 1e308, 2 ** 53, '', ' ', '0', 'true', [], {}),
  },
  { weight: 3, arbitrary: hostilePiece },
);

const anyValue: fc.Arbitrary<Value> = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(hostilePiece, scalar, { maxKeys: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<Value>([null], [[]], [{}], { a: null }, [null, null], [[[null]]]) },
);

const nodeChange: fc.Arbitrary<NodeChange> = fc.record({
  at: fc.nat(500),
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('value' as const) },
    { weight: 1, arbitrary: fc.constantFrom('delete', 'repeat', 'rename', 'wrap', 'deepen') },
  ),
  value: anyValue,
  name: hostilePiece,
});

/** A document in YAML or JSON, and how it is written. */
export function hostileDocument(valid: readonly Value[]): fc.Arbitrary<string> {
  return fc
    .record({
      value: fc.constantFrom(...valid),
      nodes: fc.oneof(
        { weight: 1, arbitrary: fc.constant<NodeChange[]>([]) },
        { weight: 3, arbitrary: fc.array(nodeChange, { minLength: 1, maxLength: 3 }) },
      ),
      form: fc.constantFrom('yaml', 'flow', 'json', 'indented'),
      texts: fc.oneof(
        { weight: 5, arbitrary: fc.constant<TextChange[]>([]) },
        { weight: 2, arbitrary: fc.array(textChange, { minLength: 1, maxLength: 3 }) },
      ),
    })
    .map(({ value, nodes, form, texts }) => texts.reduce(changedText, written(nodes.reduce(changedNode, value), form)));
}

function written(value: Value, form: 'yaml' | 'flow' | 'json' | 'indented'): string {
  if (form === 'json') return JSON.stringify(value);
  if (form === 'indented') return JSON.stringify(value, null, 2);
  return dump(value, { flowLevel: form === 'flow' ? 1 : -1 });
}

function changedNode(value: Value, change: NodeChange): Value {
  return visited(value, { left: change.at % (nodesIn(value) || 1) }, change);
}

function nodesIn(value: Value): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, each: Value) => sum + nodesIn(each), 1);
}

/** The value with the node changed that comes after so many others. */
function visited(value: Value, place: { left: number }, change: NodeChange): Value {
  if (place.left-- === 0) return changed(value, change);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) {
    return value.flatMap((each) => inList(each, place, change));
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => {
      const isHere = place.left === 0;
      if (isHere && change.kind === 'delete') return ((place.left = -1), []);
      const next = visited(each, place, change);
      return [[isHere && change.kind === 'rename' ? change.name : name, next]];
    }),
  );
}

function inList(value: Value, place: { left: number }, change: NodeChange): readonly Value[] {
  const isHere = place.left === 0;
  const next = visited(value, place, change);
  if (isHere && change.kind === 'delete') return [];
  return isHere && change.kind === 'repeat' ? [next, next] : [next];
}

function changed(value: Value, { kind, value: other, name }: NodeChange): Value {
  if (kind === 'value') return other;
  if (kind === 'wrap') return [value];
  if (kind === 'deepen') return deep(value, 300);
  if (kind === 'repeat' && typeof value === 'object' && value !== null && !isList(value))
    return { ...value, [name]: value };
  return value;
}

function deep(value: Value, levels: number): Value {
  let result = value;
  for (let level = 0; level < levels; level++) result = level % 2 === 0 ? [result] : { a: result };
  return result;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
