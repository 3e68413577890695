import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  type ParsedNode,
} from 'yaml';
import { fail, type Position } from '../pipelineError';
import type { MappingNode, Node, ScalarNode } from './node';

/**
 * Reads one YAML file whose root is a mapping. `file` is how messages name it. A key may stand twice here, because two
 * `${{ else }}` may stand in one mapping: what is defined twice shows after expansion.
 */
export function readYaml(text: string, file: string): MappingNode {
  const shifts = new Map<number, number>();
  const { document, lineCounter } = parsed(text, shifts);
  const place = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col - (shifts.get(line) ?? 0), 1) };
  };
  // What is wrong after the first error is mostly a consequence of it.
  const [error] = document.errors;
  if (error) fail(error.message, place(error.pos[0]));
  const root = document.contents ? convert(document.contents, place) : undefined;
  if (root?.kind !== 'mapping') fail('the root of a pipeline file must be a mapping', place(0));
  return root;
}

/**
 * The service ignores how lines in brackets are indented; the parser refuses those that are not indented further than
 * what the brackets belong to. Such a line is moved to the right, one after another; `shifts` gets how far, by its number.
 */
function parsed(
  text: string,
  shifts: Map<number, number>,
): { readonly document: Document.Parsed; readonly lineCounter: LineCounter } {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: false, prettyErrors: false, uniqueKeys: false });
  const [error] = document.errors;
  if (error?.code !== 'BAD_INDENT' || !/must be sufficiently indented/.test(error.message)) {
    return { document, lineCounter };
  }
  const start = text.lastIndexOf('\n', error.pos[0] - 1) + 1;
  const indent = text.slice(start, error.pos[0]);
  if (indent.trim() !== '' || indent.length >= farRight || /^(\s*$|(---|\.\.\.)(\s|$))/.test(text.slice(start))) {
    return { document, lineCounter };
  }
  shifts.set(lineCounter.linePos(start).line, farRight - indent.length);
  return parsed(text.slice(0, start) + ' '.repeat(farRight) + text.slice(error.pos[0]), shifts);
}

/** Further than pipelines are indented. */
const farRight = 200;

function convert(node: ParsedNode, place: (offset: number) => Position): Node {
  const at = place(node.range[0]);
  if (isAlias(node) || node.anchor !== undefined)
    return fail('Azure Pipelines does not support YAML anchors and aliases', at);
  if (isScalar(node)) return convertScalar(node, at);
  if (isSeq(node)) return { kind: 'sequence', items: node.items.map((item) => convert(item, place)), at };
  if (!isMap(node)) return fail('this kind of YAML is not supported', at);
  const entries = node.items.map((pair) => {
    const key = convert(pair.key, place);
    if (key.kind !== 'scalar') return fail('a key must be text', key.at);
    return {
      key,
      value: pair.value
        ? convert(pair.value, place)
        : ({ kind: 'scalar', text: '', style: 'plain', at: key.at } as const),
    };
  });
  return { kind: 'mapping', entries, at };
}

function convertScalar(node: Scalar, at: Position): ScalarNode {
  return node.type === Scalar.PLAIN
    ? { kind: 'scalar', text: node.source ?? '', style: 'plain', at }
    : { kind: 'scalar', text: String(node.value), style: 'quoted', at };
}
