import { mostVariables } from './limits';
import type { Origin, Report } from './origin';
import { readDocument, type Located } from './document/readDocument';
import { pathText } from './pathText';
import { readBranch } from './readBranch';
import { leavesOf, type Branch } from './tree';

/** A name that no later file, and no override, may set. */
export interface Lock {
  readonly path: readonly string[];
  readonly origin: Origin;
}

/** The variables of a file for all environments, or for one. */
export interface Section {
  readonly tree: Branch;
  readonly locks: readonly Lock[];
}

export interface VariableFile {
  readonly variables: Section;
  readonly environments: ReadonlyMap<string, Section>;
}

const tooMany = `has more than ${mostVariables} entries.`;
const listForm =
  'an entry of the list form must have a `name` and a `value`, and may have `readonly: true` or `false`.';

/** Reads a variable file. Reports all problems; returns undefined where it is not a YAML or JSON map. */
export function readVariableFile(text: string, source: string, report: Report): VariableFile | undefined {
  const document = readDocument(text, source, report);
  if (!document) return undefined;
  if (!('entries' in document)) {
    report(document.origin, 'must be a map with `variables`, and optionally `environments` and `locked`.');
    return undefined;
  }

  let variables = emptySection(document.origin);
  const environments = new Map<string, Section>();
  const locks: Lock[] = [];
  for (const [name, part] of document.entries)
    if (name === 'variables') variables = readSection(part, report);
    else if (name === 'locked') locks.push(...readLocks(part, report));
    else if (name !== 'environments')
      report(
        part.origin,
        `${pathText([name])} is not a section of a variable file: put variables under \`variables:\`.`,
      );
    else if ('entries' in part)
      for (const [environment, section] of part.entries) environments.set(environment, readSection(section, report));
    else if (!isEmpty(part)) report(part.origin, 'environments must be a map of names to variables.');

  const set = [variables, ...environments.values()].flatMap(({ tree }) => [...leavesOf(tree)]);
  for (const { path, origin } of locks)
    if (!set.some((variable) => overlap(variable.path, path)))
      report(origin, `locked names ${pathText(path)}, which this file does not set.`);
  return { variables: { ...variables, locks: [...variables.locks, ...locks] }, environments };
}

/** Whether two paths are the same, or one is a map that contains the other. */
export function overlap(a: readonly string[], b: readonly string[]): boolean {
  return a[0] === b[0] && a.slice(0, b.length).every((name, index) => name === b[index]);
}

function readSection(part: Located, report: Report): Section {
  const { origin } = part;
  if ('entries' in part) return { tree: readBranch(origin, part.entries, report), locks: [] };
  if ('items' in part) return readListForm(origin, part.items, report);
  if (!isEmpty(part)) report(origin, 'variables must be a map, or a list of names and values.');
  return emptySection(origin);
}

/** The list form of Azure Pipelines: `- name: epochs` with `value: 300`. */
function readListForm(origin: Origin, items: readonly Located[], report: Report): Section {
  const entries = new Map<string, Located>();
  const locks: Lock[] = [];
  if (items.length > mostVariables) report(origin, tooMany);
  for (const item of items.slice(0, mostVariables)) {
    const fields = 'entries' in item ? item.entries : new Map<string, Located>();
    const name = fields.get('name');
    const value = fields.get('value');
    const readonly = fields.get('readonly');
    const isKnown = [...fields.keys()].every((field) => ['name', 'value', 'readonly'].includes(field));
    const isFlag = !readonly || ('scalar' in readonly && typeof readonly.scalar === 'boolean');
    if (!name || !('text' in name) || !value || !isKnown || !isFlag) report(item.origin, listForm);
    else if (entries.has(name.text)) report(item.origin, `${pathText([name.text])} is defined twice.`);
    else {
      entries.set(name.text, { ...value, origin: item.origin });
      if (readonly && 'scalar' in readonly && readonly.scalar === true)
        locks.push({ path: [name.text], origin: item.origin });
    }
  }
  return { tree: readBranch(origin, entries, report), locks };
}

function readLocks(part: Located, report: Report): readonly Lock[] {
  const items = 'items' in part ? part.items : undefined;
  if (!items) report(part.origin, 'locked must be a list of names.');
  if (items && items.length > mostVariables) report(part.origin, tooMany);
  return (items ?? []).slice(0, mostVariables).flatMap((item) => {
    if ('text' in item) return [{ path: item.text.split('.'), origin: item.origin }];
    report(item.origin, 'locked must be a list of names.');
    return [];
  });
}

function isEmpty(part: Located): boolean {
  return 'scalar' in part && part.scalar === null;
}

function emptySection(origin: Origin): Section {
  return { tree: readBranch(origin, new Map(), () => undefined), locks: [] };
}
