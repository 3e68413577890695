import { fail } from '../pipelineError';
import type { ScalarNode } from '../yaml/node';

/** A text that holds `${{ }}` is literal parts and expressions in turn. */
export type TextPart = { readonly literal: string } | { readonly expression: string };

/** An expression that decides on structure instead of giving a value. */
export type Directive =
  | { readonly kind: 'if' | 'elseif'; readonly condition: string }
  | { readonly kind: 'else' | 'insert' }
  | { readonly kind: 'each'; readonly item: string; readonly list: string };

/** Splits a text at its `${{ }}`; a `}}` inside quotes doesn't end an expression. */
export function splitText(node: ScalarNode): TextPart[] {
  if (node.style === 'result') return [{ literal: node.text }];
  const parts: TextPart[] = [];
  const { text } = node;
  let from = 0;
  for (;;) {
    const start = text.indexOf('${{', from);
    if (start > from || (start < 0 && from < text.length))
      parts.push({ literal: text.slice(from, start < 0 ? undefined : start) });
    if (start < 0) return parts;
    const end = endOfExpression(text, start + 3);
    if (end < 0) fail("a '${{' has no '}}'", node.at);
    parts.push({ expression: text.slice(start + 3, end).trim() });
    from = end + 2;
  }
}

/** The directive that a key or list item is; undefined when it is none. */
export function readDirective(node: ScalarNode): Directive | undefined {
  const [part, ...others] = splitText(node);
  if (!part || !('expression' in part) || others.length > 0) return undefined;
  const { expression } = part;
  if (/^(else|insert)$/.test(expression)) return { kind: expression as 'else' | 'insert' };
  const condition = /^(if|elseif)\b\s*(.+)$/s.exec(expression);
  if (condition) return { kind: condition[1] as 'if' | 'elseif', condition: condition[2] ?? '' };
  const each = /^each\s+([A-Za-z_]\w*)\s+in\s+(.+)$/s.exec(expression);
  if (each) return { kind: 'each', item: each[1] ?? '', list: each[2] ?? '' };
  if (/^each\b/.test(expression)) fail(`'${expression}' is not of the form 'each item in list'`, node.at);
  return undefined;
}

function endOfExpression(text: string, from: number): number {
  let isQuoted = false;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === "'") isQuoted = !isQuoted;
    if (!isQuoted && text.startsWith('}}', index)) return index;
  }
  return -1;
}
