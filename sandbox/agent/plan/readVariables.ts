import type { CaseInsensitiveMap } from '../caseInsensitiveMap';
import { parseExpression, type Vocabulary, type Expression } from '../expressions/parseExpression';
import { ExpressionError } from '../expressions/value';
import { conditionVocabulary, variableVocabulary } from '../expressions/vocabularies';
import { fail, type Position, type Problems } from '../pipelineError';
import type { MappingNode } from '../yaml/node';
import { Fields } from './fields';
import type { VariablePlan } from './plan';

/** Variable groups that stand in for those of the project's library. */
export type VariableGroups = CaseInsensitiveMap<
  readonly { readonly name: string; readonly value: string; readonly isSecret: boolean }[]
>;

/** Reads an expanded list of variables. */
export function readVariables(
  nodes: readonly MappingNode[],
  groups: VariableGroups,
  problems: Problems,
): VariablePlan[] {
  return nodes.flatMap((node) => {
    const fields = new Fields(node, 'a variable', problems);
    for (const key of ['name', 'group']) fields.requireFirst(key);
    const group = fields.text('group');
    const variables = group === undefined ? [readVariable(fields)] : readGroup(group, fields, groups);
    fields.finish();
    return variables;
  });
}

function readVariable(fields: Fields): VariablePlan {
  const name = fields.text('name');
  if (name === undefined) fields.problems.add("a variable needs a 'name', a 'group' or a 'template'", fields.at);
  const text = fields.text('value') ?? '';
  const at = fields.placeOf('value');
  return {
    name: name ?? '',
    value: fields.problems.attempt(() => readRuntimeValue(text, at)) ?? text,
    isReadonly: fields.flag('readonly', false),
    isSecret: false,
  };
}

function readGroup(group: string, fields: Fields, groups: VariableGroups): VariablePlan[] {
  const variables = groups.get(group);
  if (!variables) {
    fields.problems.add(
      `the variable group '${group}' is in the project's library, which the local agent can't read: pass its variables to the local run`,
      fields.at,
    );
  }
  return (variables ?? []).map((variable) => ({ ...variable, isReadonly: false }));
}

/** A `$[ ]` takes up the whole value; any other text is itself. */
export function readRuntimeValue(text: string, at: Position): string | Expression {
  const runtime = /^\s*\$\[(.*)\]\s*$/s.exec(text);
  return runtime ? parseAt(runtime[1] ?? '', variableVocabulary, at) : text;
}

/** A condition; `succeeded()` where none is given. */
export function readCondition(fields: Fields): Expression {
  const text = fields.text('condition') ?? 'succeeded()';
  const bare = /^\s*\$\[(.*)\]\s*$/s.exec(text)?.[1] ?? text;
  const parsed = fields.problems.attempt(() => parseAt(bare, conditionVocabulary, fields.placeOf('condition')));
  return parsed ?? { kind: 'literal', value: false };
}

function parseAt(text: string, vocabulary: Vocabulary, at: Position): Expression {
  try {
    return parseExpression(text.trim(), vocabulary);
  } catch (error) {
    if (error instanceof ExpressionError) fail(error.message, at);
    throw error;
  }
}
