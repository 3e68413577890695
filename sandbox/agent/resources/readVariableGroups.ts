import { existsSync, readFileSync } from 'node:fs';
import { Problems, fail } from '../pipelineError';
import { Fields } from '../plan/fields';
import type { Entry, MappingNode } from '../yaml/node';
import { readYaml } from '../yaml/readYaml';

export interface GroupVariable {
  readonly name: string;
  readonly value: string;
  readonly isSecret: boolean;
}

/**
 * Reads variable groups from a JSON or YAML file: names of groups with their variables. A variable is a text, or as the
 * service has it, `{ value: text, isSecret: true }`; `{ secret: text }` is a secret too. Whatever is wrong is a
 * `PipelineError` that names file and line, without values.
 */
export function readVariableGroups(file: string): (readonly [string, readonly GroupVariable[]])[] {
  if (!existsSync(file)) fail(`there is no file ${file} with variable groups`);
  const problems = new Problems();
  const groups = readYaml(readFileSync(file, 'utf8'), file).entries.map(({ key, value }) => {
    if (value.kind === 'mapping')
      return [key.text, value.entries.flatMap((entry) => readEntry(entry, problems))] as const;
    problems.add(`the variable group '${key.text}' must be a mapping of names to values`, value.at);
    return [key.text, []] as const;
  });
  problems.throwIfAny();
  return groups;
}

function readEntry({ key, value }: Entry, problems: Problems): GroupVariable[] {
  if (value.kind === 'scalar') return [{ name: key.text, value: value.text, isSecret: false }];
  if (value.kind === 'mapping') return [readVariable(key.text, value, problems)];
  problems.add(`the variable '${key.text}' of a group can't be a list`, value.at);
  return [];
}

function readVariable(name: string, node: MappingNode, problems: Problems): GroupVariable {
  const fields = new Fields(node, `the variable '${name}' of a group`, problems);
  fields.ignore('isReadOnly', 'enabled', 'contentType', 'expires');
  const [secret, plain] = [fields.value('secret'), fields.value('value')];
  const given = secret ?? plain;
  const isSecret = secret !== undefined || fields.flag('isSecret', false);
  fields.finish();
  if (given?.kind === 'scalar' && (given.style === 'quoted' || !/^(|~|null)$/i.test(given.text)))
    return { name, value: given.text, isSecret };
  // The service never shows the values of secrets.
  problems.add(
    `the variable '${name}' of a group needs a 'value'${isSecret ? ', which the service does not export' : ''}`,
    node.at,
  );
  return { name, value: '', isSecret };
}
