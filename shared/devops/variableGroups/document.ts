import { documentPathText, errorAt, type DocumentPath, type Finding } from '../../finding';
import type { Json } from '../../json';
import { documentSchema, type JsonSchema } from '../documentSchema';
import schema from './variable_groups.schema.json';

/** A variable group as a document describes it. */
export interface VariableGroupEntry {
  readonly name: string;
  /** Undefined to keep the one that the group has. */
  readonly description?: string;
  readonly variables: Readonly<Record<string, PlainValue | SecretMark>>;
  /** Whether variables that are not named are removed from the group. */
  readonly removeOtherVariables?: boolean;
}

export type PlainValue = string | number | boolean;

/** A secret: its value is never in the document. */
export interface SecretMark {
  readonly isSecret: true;
}

const written = documentSchema('list of variable groups', schema as JsonSchema);

/** The kind of document that holds a list of VariableGroupEntry. */
export const variableGroupsSchema = {
  ...written,
  check(document: Json): readonly Finding[] {
    const found = written.check(document);
    return found.length > 0 ? found : variableGroupFindings(document as unknown as readonly VariableGroupEntry[]);
  },
};

/** Names of variables that tasks do not receive: https://learn.microsoft.com/azure/devops/pipelines/process/variables */
const reserved = /^(endpoint|input|path|secret|securefile)/i;

/** What no schema can say of entries that match it. `at` is where they are in the document. */
export function variableGroupFindings(
  groups: readonly VariableGroupEntry[],
  at: DocumentPath = [],
): readonly Finding[] {
  const names = groups.map(({ name }) => keyOf(name));
  return groups.flatMap(({ name, variables }, index) => {
    const path = [...at, index];
    const first = names.indexOf(keyOf(name));
    return [
      ...(first === index
        ? []
        : [errorAt([...path, 'name'], `is the name of ${documentPathText([...at, first])}, too.`)]),
      ...variableFindings(Object.keys(variables), [...path, 'variables']),
    ];
  });
}

function variableFindings(names: readonly string[], path: DocumentPath): readonly Finding[] {
  if (names.length === 0) return [errorAt(path, 'must have at least one variable: Azure DevOps keeps no empty group.')];
  const keys = names.map(keyOf);
  return names.flatMap((name, index) => {
    const at = [...path, name];
    const first = keys.indexOf(keyOf(name));
    if (name.trim() !== name || name === '')
      return [errorAt(at, 'must have a name that is not empty, and that has no spaces at its ends.')];
    if (first !== index)
      return [
        errorAt(at, `differs from ${names[first] ?? ''} in case only, which is the same variable in Azure DevOps.`),
      ];
    if (!reserved.test(name)) return [];
    const problem =
      'is not available to tasks: Azure DevOps reserves names that begin with endpoint, input, path, secret or securefile.';
    return [{ path: at, message: `${documentPathText(at)} ${problem}`, severity: 'warning' as const }];
  });
}

/** Azure DevOps compares the names of groups and of variables without regard to case. */
export function keyOf(name: string): string {
  return name.trim().toLowerCase();
}

export function isSecretMark(value: PlainValue | SecretMark): value is SecretMark {
  return typeof value === 'object';
}
