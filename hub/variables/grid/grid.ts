import { originText, type Origin } from '../../../shared/variables/origin';
import { pathText } from '../../../shared/variables/pathText';
import type { Resolution, ResolvedVariable } from '../../../shared/variables/resolveVariables';
import { isMarked } from '../../../shared/variables/schema/schemasAlong';
import { isBranch, isSame, leavesOf, treeAt, type Branch, type Leaf } from '../../../shared/variables/tree';
import { overlap, readVariableFile, type VariableFile } from '../../../shared/variables/variableFile';
import { checkModel, modelSource, type Problem, type SharedVariables } from '../checkModel';
import { variablesMessages } from '../messages';
import { spellValue } from '../spelling';

export interface GridInput {
  /** The text with the edits. */
  readonly text: string;
  /** The text and the number of the revision that the edits were made on. */
  readonly saved: { readonly text: string; readonly rev: number };
  readonly shared: SharedVariables;
  /** The environment of the column of effective values; undefined for a run without one. */
  readonly environment: string | undefined;
}

/** What the grid of variables shows. */
export interface Grid {
  /** The environments of the base variables, in the same order for every model, then those of the model alone. */
  readonly environments: readonly string[];
  readonly rows: readonly GridRow[];
  readonly changeCount: number;
  readonly problems: readonly Problem[];
  readonly notes: readonly Problem[];
  /** False where the text is not a variable file: the grid is empty, and the File tab shows the text. */
  readonly isReadable: boolean;
}

/** A variable: its value for all environments, and in each of them. */
export interface GridRow {
  readonly path: readonly string[];
  /** As in `training.epochs`. */
  readonly name: string;
  /** Why the hub must not set it, as words after its name; undefined where it may. */
  readonly lock: string | undefined;
  /** The value for all environments, then that in each environment of the grid. */
  readonly cells: readonly GridCell[];
  /** After the merge and with references replaced, in the chosen environment; undefined where it is not set. */
  readonly effective: { readonly text: string; readonly source: string } | undefined;
}

/**
 * `own`: the model sets the value here. `unset`: it unsets it here, with null. `inherited`: it is set by something below.
 * `missing`: nothing sets it. `map`: it is a map here, although it is a value elsewhere.
 */
export type CellState = 'own' | 'unset' | 'inherited' | 'missing' | 'map';

export interface GridCell {
  /** Undefined for all environments. */
  readonly environment: string | undefined;
  readonly state: CellState;
  /** The own value or the inherited one, spelled as it would be written; empty where there is none. */
  readonly text: string;
  /** Where the value of `text` was written, such as `hub base r3:5`. */
  readonly source: string | undefined;
  /** What holds here when the own value is removed; undefined where there is none. */
  readonly below: { readonly text: string; readonly source: string } | undefined;
  readonly isChanged: boolean;
  /** What is wrong with the own value. */
  readonly problem: string | undefined;
}

/** Reads the texts and makes the rows of the grid. */
export function buildGrid({ text, saved, shared, environment }: GridInput): Grid {
  const { file, problems, notes, resolutions } = checkModel(text, modelSource(saved.rev), shared);
  if (!file) return { environments: [], rows: [], changeCount: 0, problems, notes, isReadable: false };
  const before = text === saved.text ? file : readVariableFile(saved.text, modelSource(saved.rev), () => undefined);
  const environments = [...new Set([...(shared.base?.environments.keys() ?? []), ...file.environments.keys()])];
  const sourceText = sourcesOf(file, before, modelSource(saved.rev));
  const sources: Sources = { file, before, base: shared.base, problems, sourceText };
  const effective = effectiveValues(resolutions.get(environment) ?? resolutions.get(undefined));
  const rows = pathsOf([file, before, shared.base]).map((path): GridRow => {
    const name = pathText(path);
    const cells = [undefined, ...environments].map((each) => cellAt(path, name, each, sources));
    const variable = effective.get(name);
    const shown = variable && { text: spellValue(variable), source: sourceText(variable.origin) };
    return { path, name, lock: lockOf(path, shared), cells, effective: shown };
  });
  const changeCount = rows.reduce((count, { cells }) => count + cells.filter((cell) => cell.isChanged).length, 0);
  return { environments, rows, changeCount, problems, notes, isReadable: true };
}

interface Sources {
  readonly file: VariableFile;
  readonly before: VariableFile | undefined;
  readonly base: VariableFile | undefined;
  readonly problems: readonly Problem[];
  readonly sourceText: (origin: Origin) => string;
}

/**
 * Names where a value was written. The text with the edits has no revision number yet: what is as in the saved one has its line
 * there, whatever was inserted before it.
 */
function sourcesOf(file: VariableFile, before: VariableFile | undefined, source: string): Sources['sourceText'] {
  if (file === before) return originText;
  const saved = new Map<number | undefined, string>();
  for (const environment of [undefined, ...file.environments.keys()])
    for (const { path, leaf } of leavesOf(sectionTree(file, environment))) {
      const old = before && treeAt(sectionTree(before, environment), path);
      const isSaved = old !== undefined && !isBranch(old) && !isChanged(leaf, old);
      saved.set(leaf.origin.line, isSaved ? originText(old.origin) : variablesMessages.edits);
    }
  return (origin) =>
    origin.source === source ? (saved.get(origin.line) ?? variablesMessages.edits) : originText(origin);
}

function cellAt(path: readonly string[], name: string, environment: string | undefined, sources: Sources): GridCell {
  const { file, before, base, problems, sourceText } = sources;
  const own = treeAt(sectionTree(file, environment), path);
  const ownBefore = before && treeAt(sectionTree(before, environment), path);
  // The nearest first: a value for all environments of the model wins over that of an environment in the base variables.
  const lower =
    environment === undefined
      ? [base?.variables.tree]
      : [file.variables.tree, base && sectionTree(base, environment), base?.variables.tree];
  const below = lower
    .map((tree) => tree && treeAt(tree, path))
    .find((tree): tree is Leaf => tree !== undefined && !isBranch(tree));
  const inherited =
    below === undefined || below.value === null
      ? undefined
      : { text: spellValue(below), source: sourceText(below.origin) };
  const common = { environment, below: inherited, isChanged: isChanged(own, ownBefore) };
  if (own === undefined)
    return inherited === undefined
      ? { ...common, state: 'missing', text: '', source: undefined, problem: undefined }
      : { ...common, state: 'inherited', ...inherited, problem: undefined };
  const source = sourceText(own.origin);
  const problem = problems
    .filter(
      ({ origin, message }) =>
        origin.line === own.origin.line && origin.source === own.origin.source && message.includes(name),
    )
    .map(({ message }) => message)
    .join(' ');
  const shown = { ...common, source, problem: problem === '' ? undefined : problem };
  if (isBranch(own)) return { ...shown, state: 'map', text: '' };
  return { ...shown, state: own.value === null ? 'unset' : 'own', text: own.value === null ? '' : spellValue(own) };
}

function isChanged(own: ReturnType<typeof treeAt>, before: ReturnType<typeof treeAt>): boolean {
  if (own === undefined || before === undefined) return own !== before;
  if (isBranch(own) || isBranch(before)) return isBranch(own) !== isBranch(before);
  return !isSame(own.value, before.value) || own.text !== before.text;
}

const nothing: Branch = { origin: { source: '' }, overridden: [], entries: new Map(), replaces: false };

function sectionTree(file: VariableFile, environment: string | undefined): Branch {
  return (environment === undefined ? file.variables.tree : file.environments.get(environment)?.tree) ?? nothing;
}

/** By the names of the variables. */
function effectiveValues(resolution: Resolution | undefined): ReadonlyMap<string, ResolvedVariable> {
  const set = resolution?.variables.filter(({ value }) => value !== null) ?? [];
  return new Map(set.map((variable) => [pathText(variable.path), variable]));
}

/** Why the hub must not set a variable, as reported by the step LoadModelVariables. */
function lockOf(path: readonly string[], { base, schema }: SharedVariables): string | undefined {
  const sections = base ? [base.variables, ...base.environments.values()] : [];
  const lock = sections.flatMap(({ locks }) => locks).find((each) => overlap(each.path, path));
  if (lock) return `is locked by ${originText(lock.origin)}.`;
  if (isMarked(schema, path, 'locked')) return 'is locked by the schema, only the base file may set it.';
  if (isMarked(schema, path, 'compileTime'))
    return 'is read at compile time, before the run, so set it in model_variables.yml instead; the hub can open the pull request.';
  return undefined;
}

interface PathNode {
  isVariable: boolean;
  readonly below: Map<string, PathNode>;
}

/** The paths of all variables in files, those of one map next to each other. */
function pathsOf(files: readonly (VariableFile | undefined)[]): readonly (readonly string[])[] {
  const root: PathNode = { isVariable: false, below: new Map() };
  for (const file of files)
    for (const { tree } of file ? [file.variables, ...file.environments.values()] : [])
      for (const { path } of leavesOf(tree)) add(root, path);
  return [...pathsBelow(root, [])];
}

function add(root: PathNode, path: readonly string[]): void {
  let node = root;
  for (const name of path) {
    const next: PathNode = node.below.get(name) ?? { isVariable: false, below: new Map() };
    node.below.set(name, next);
    node = next;
  }
  node.isVariable = true;
}

function* pathsBelow(node: PathNode, path: readonly string[]): Generator<readonly string[]> {
  if (node.isVariable) yield path;
  for (const [name, below] of node.below) yield* pathsBelow(below, [...path, name]);
}
