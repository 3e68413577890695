import { writeFile } from 'node:fs/promises';
import { TaskError } from '../../../shared/errors';
import { fileError } from '../../../shared/files/fileError';
import { readScalar } from '../../../shared/variables/document/readScalar';
import { readFile as readVariables } from '../../../shared/variables/edit/changes';
import { editTexts, type EditValue, type TextEdit } from '../../../shared/variables/edit/editText';
import { readOverrides } from '../../../shared/variables/overrides';
import { schemasAlong } from '../../../shared/variables/schema/schemasAlong';
import { leavesOf, mergeTrees, treeAt, type Branch } from '../../../shared/variables/tree';
import { UsageError, type OptionProblem } from '../../usageError';
import type { LocalRun } from '../localCommand';
import { flagOption, textOption } from '../options';
import {
  readModelFiles,
  refuseProblems,
  resolveModel,
  type ModelFiles,
  type NamedText,
  type Resolved,
} from './modelFiles';

/**
 * Sets variables in the file of the model, or in that of all models. All other bytes of the file stay. Nothing is written
 * when one of the values is refused: by the way that the file is written, the schema, or a lock.
 */
export const run: LocalRun = async (call, { workingFolder }) => {
  const pairs = readPairs(call.arguments);
  const environment = textOption(call, 'environment');
  const files = await readModelFiles(call, workingFolder);
  const file = flagOption(call, 'shared') ? files.base : files.model;
  if (!file)
    throw new UsageError([
      { option: '--shared', problem: 'needs pipelines/base_variables.yml, which does not exist.' },
    ]);
  const before = resolveModel(files, undefined);
  const edits = editsOf(pairs, environment, file, before);
  const result = editTexts(file.text, edits);
  if (result.kind === 'refused') throw new TaskError(`${file.name} was not changed. ${result.problem}`);
  const changed = { ...file, text: result.text };
  const after = { ...files, ...(file === files.base ? { base: changed } : { model: changed }) };
  refuseNewProblems(files, after, environment, file.name);
  const isChanged = result.text !== file.text;
  if (isChanged)
    await writeFile(file.path, result.text).catch((error: unknown) => {
      throw fileError(file.path, error, 'written');
    });
  const names = Object.keys(pairs).join(', ');
  return {
    result: 'Succeeded',
    message: `${names}: ${isChanged ? 'set' : 'unchanged'} in ${file.name}.`,
    outputs: { changed: String(isChanged), file: file.path },
  };
};

/** Throws a UsageError that lists all arguments that are not name=value. */
function readPairs(given: readonly string[]): Readonly<Record<string, string>> {
  const problems: OptionProblem[] = [];
  const pairs = new Map<string, string>();
  for (const text of given) {
    const split = text.indexOf('=');
    const name = text.slice(0, Math.max(split, 0));
    if (name === '')
      problems.push({ option: '', problem: `Write name=value, such as training.epochs=300, not '${text}'.` });
    else if (pairs.has(name)) problems.push({ option: '', problem: `${name} is given twice.` });
    else pairs.set(name, text.slice(split + 1));
  }
  if (problems.length > 0) throw new UsageError(problems);
  return Object.fromEntries(pairs);
}

/**
 * A text is a value of the type that the schema or the file has for the variable; as YAML would read it where neither has
 * one.
 */
function editsOf(
  pairs: Readonly<Record<string, string>>,
  environment: string | undefined,
  file: NamedText,
  { sources }: Resolved,
): readonly TextEdit[] {
  const section = environment === undefined ? ['variables'] : ['environments', environment];
  if (!sources)
    throw new TaskError(`${file.name} was not changed, because the variables cannot be read. See variables get.`);
  const known = [sources.base, sources.model].flatMap((each) => {
    const own = environment === undefined ? undefined : each?.environments.get(environment);
    return each ? [each.variables.tree, ...(own ? [own.tree] : [])] : [];
  });
  const [first, ...rest] = known;
  const lower = rest.reduce((below, tree: Branch) => mergeTrees(below, tree), first ?? emptyTree());
  const origin = { source: 'the command line' };
  return Object.entries(pairs).map(([name, text]): TextEdit => {
    const names = name.split('.');
    const path = [...section, ...names];
    const isKnown = schemasAlong(sources.schema, names).length > names.length || treeAt(lower, names) !== undefined;
    if (!isKnown)
      return editOf(
        path,
        readScalar(text, () => undefined),
        text,
      );
    const problems: string[] = [];
    const read = readOverrides({ values: { [name]: text }, origin }, lower, sources.schema, (_, message) =>
      problems.push(message),
    );
    const [leaf] = [...leavesOf(read)].map((found) => found.leaf);
    if (problems.length > 0 || !leaf) throw new TaskError(`${file.name} was not changed. ${problems.join(' ')}`);
    return editOf(path, leaf.value, leaf.text);
  });
}

function editOf(path: readonly string[], value: EditValue, text: string | undefined): TextEdit {
  const isOwnText = typeof value === 'object' || typeof value === 'string' || text === String(value);
  return isOwnText || text === undefined ? { path, value } : { path, value, text };
}

function emptyTree(): Branch {
  return { origin: { source: 'the files' }, overridden: [], entries: new Map(), replaces: false };
}

/** The change must not be what makes the variables invalid, in any environment. */
function refuseNewProblems(before: ModelFiles, after: ModelFiles, environment: string | undefined, name: string): void {
  const environments = new Set<string | undefined>([undefined, environment]);
  for (const file of [after.base, after.model]) {
    const read = file && readVariables(file.text);
    for (const each of read?.environments.keys() ?? []) environments.add(each);
  }
  const known = new Set(
    [...environments].flatMap((each) => resolveModel(before, each).problems.map(({ message }) => message)),
  );
  const added = [...environments]
    .flatMap((each) => resolveModel(after, each).problems)
    .filter(({ message }) => !known.has(message));
  refuseProblems(added, `${name} was not changed, because the variables would not be valid`);
}
