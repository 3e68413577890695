import { generalFunctions } from '../expressions/functions';
import { parseExpression } from '../expressions/parseExpression';
import { ExpressionError } from '../expressions/value';
import type { Problems } from '../pipelineError';
import type { Node, ScalarNode } from '../yaml/node';
import { readDirective, splitText } from './expressionText';

/** Names and functions differ from place to place; whether they exist shows when an expression is evaluated. */
const vocabulary = { names: [], functions: generalFunctions, isOpen: true };

/** Adds the `${{ }}` of a file that can't be parsed: they are errors also where a condition leaves them out. */
export function checkSyntax(node: Node, problems: Problems): void {
  if (node.kind === 'scalar') {
    checkText(node, false, problems);
  } else if (node.kind === 'sequence') {
    for (const item of node.items) checkSyntax(item, problems);
  } else {
    for (const { key, value } of node.entries) {
      checkText(key, true, problems);
      checkSyntax(value, problems);
    }
  }
}

function checkText(node: ScalarNode, isKey: boolean, problems: Problems): void {
  for (const expression of problems.attempt(() => expressionsOf(node, isKey)) ?? []) {
    try {
      parseExpression(expression, vocabulary);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      problems.add(error.message, node.at);
    }
  }
}

/** The expressions of a text; of a directive, which is a key, the one that it decides by. */
function expressionsOf(node: ScalarNode, isKey: boolean): readonly string[] {
  const directive = isKey ? readDirective(node) : undefined;
  switch (directive?.kind) {
    case 'if':
    case 'elseif':
      return [directive.condition];
    case 'each':
      return [directive.list];
    case 'else':
    case 'insert':
      return [];
    default:
      return splitText(node).flatMap((part) => ('expression' in part ? [part.expression] : []));
  }
}
