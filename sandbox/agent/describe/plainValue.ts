import { isEmpty, type Node, type ScalarNode } from '../yaml/node';

/** A node as a plain value; a text that was written without quotes may be a boolean or a number. */
export function plainValue(node: Node): unknown {
  if (node.kind === 'scalar') return plainScalar(node);
  if (node.kind === 'sequence') return node.items.map(plainValue);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, plainValue(value)]));
}

/** A number only where its text comes back unchanged, so that `1.10` or `007` keep their form. */
function plainScalar(node: ScalarNode): unknown {
  const { text, style } = node;
  if (style === 'quoted') return text;
  if (isEmpty(node)) return style === 'plain' ? null : text;
  if (/^(true|false)$/i.test(text)) return style === 'plain' ? /^true$/i.test(text) : text;
  return style === 'plain' && String(Number(text)) === text ? Number(text) : text;
}
