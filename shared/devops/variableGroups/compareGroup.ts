import { differenceLine } from '../../comparison/difference';
import type { GroupVariable, VariableGroup, VariableToWrite } from '../api/pipelines/taskAgent';
import { isSecretMark, keyOf, type VariableGroupEntry } from './document';

/** What a group is compared with. */
export interface WantedGroup {
  readonly entry: VariableGroupEntry;
  /** Values of secrets by the `keyOf` of their variable. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Whether secrets that exist get the values that are given: nothing says whether they have them already. */
  readonly updateSecrets: boolean;
  readonly project: { readonly id: string; readonly name: string };
  /** Whether a text contains a secret of this job. */
  readonly holdsSecret: (text: string) => boolean;
}

/** How a group differs, and what it has to be written as. */
export interface GroupComparison {
  readonly kind: 'create' | 'update' | 'unchanged' | 'conflict';
  readonly differences: readonly string[];
  readonly notes: readonly string[];
  readonly description: string;
  readonly variables: Readonly<Record<string, VariableToWrite>>;
}

/** Compares a group as it is, undefined where there is none, with what is wanted. */
export function compareGroup(wanted: WantedGroup, found: VariableGroup | undefined): GroupComparison {
  const { entry } = wanted;
  const variables: Record<string, VariableToWrite> = {};
  const lines: string[] = [];
  const problems = found ? problemsOf(wanted, found) : [];
  const description = entry.description ?? found?.description ?? '';
  if (description.trim() !== (found?.description ?? '').trim())
    lines.push(differenceLine({ path: ['description'], wanted: description, found: found?.description }));
  const left = new Map(
    Object.entries(found?.variables ?? {}).map(([name, variable]) => [keyOf(name), { name, variable }]),
  );
  for (const [name, value] of Object.entries(entry.variables)) {
    const before = left.get(keyOf(name));
    left.delete(keyOf(name));
    const shown = before?.name ?? name;
    const { write, line, problem } = isSecretMark(value)
      ? compareSecret(wanted, shown, before?.variable)
      : comparePlain(wanted, shown, String(value), before?.variable);
    variables[shown] = { ...write, ...(before?.variable.isReadOnly && { isReadOnly: true }) };
    if (line !== undefined) lines.push(line);
    if (problem !== undefined) problems.push(problem);
  }
  for (const { name, variable } of left.values())
    if (entry.removeOtherVariables === true)
      lines.push(variable.isSecret ? `- ${name}: secret` : plainLine(wanted, name, undefined, variable.value));
    // A secret is named without its value, which keeps it.
    else variables[name] = variable;
  const changed = found ? 'update' : 'create';
  return {
    kind: problems.length > 0 ? 'conflict' : lines.length > 0 || !found ? changed : 'unchanged',
    differences: lines,
    notes: problems,
    description,
    variables,
  };
}

/** Why a group must not be written at all. */
function problemsOf(
  { project }: WantedGroup,
  { type, variableGroupProjectReferences: references = [] }: VariableGroup,
) {
  const problems: string[] = [];
  if (type.toLowerCase() === 'azurekeyvault')
    problems.push(
      'The group is linked to a key vault, which has the values of its variables. Give the group of this step another name.',
    );
  const others = references.map(({ projectReference }) => projectReference).filter(({ id }) => !isSame(id, project.id));
  if (others.length > 0)
    problems.push(
      `The group is shared with other projects (${others.map(({ name }) => name).join(', ')}), which a change would affect. Give the group of this step another name.`,
    );
  return problems;
}

function isSame(id: string, other: string): boolean {
  return id.toLowerCase() === other.toLowerCase();
}

interface VariableComparison {
  readonly write: VariableToWrite;
  readonly line?: string;
  readonly problem?: string;
}

function compareSecret(
  { secrets, updateSecrets }: WantedGroup,
  name: string,
  before: GroupVariable | undefined,
): VariableComparison {
  const value = secrets.get(keyOf(name));
  const write = { isSecret: true, ...(value !== undefined && { value }) };
  if (!before) return { write, line: `+ ${name}: secret` };
  if (!before.isSecret)
    return {
      write,
      problem: `The variable ${name} is not a secret in the group. Change it to a secret there, or rename it in the document.`,
    };
  return updateSecrets && value !== undefined
    ? { write, line: `~ ${name}: secret, written again` }
    : { write: { isSecret: true } };
}

function comparePlain(
  wanted: WantedGroup,
  name: string,
  value: string,
  before: GroupVariable | undefined,
): VariableComparison {
  const write = { isSecret: false, value };
  if (!before) return { write, line: plainLine(wanted, name, value, undefined) };
  if (before.isSecret)
    return {
      write,
      problem: `The variable ${name} is a secret in the group. Write isSecret: true for it in the document, or delete it in the group first.`,
    };
  return before.value === value ? { write } : { write, line: plainLine(wanted, name, value, before.value) };
}

/** `~ A: 1 → 2`. An empty value is one, too. */
function plainLine({ holdsSecret }: WantedGroup, name: string, value: string | undefined, before: string | undefined) {
  const shown = (text: string | undefined): string | undefined => {
    if (text === undefined) return undefined;
    return holdsSecret(text) ? '***' : text || '(empty)';
  };
  return differenceLine({ path: [name], wanted: shown(value), found: shown(before) });
}
