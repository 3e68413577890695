import type { EditResult, EditValue } from '../../shared/variables/edit/editText';
import { originText } from '../../shared/variables/origin';
import { pathText } from '../../shared/variables/pathText';
import { resolveVariables } from '../../shared/variables/resolveVariables';
import {
  isBranch,
  isList,
  isSame,
  mergeTrees,
  treeAt,
  type Branch,
  type Leaf,
  type Plain,
} from '../../shared/variables/tree';
import { readVariableFile, type VariableFile } from '../../shared/variables/variableFile';
import { editCells } from '../variables/grid/cellEdits';
import { modelSource, type SharedVariables } from '../variables/checkModel';
import { pagePatterns } from '../variables/pagePatterns';
import { spellValue } from '../variables/spelling';
import { compareMessages } from './messages';

/** A model in an environment, with the edits that are not saved. */
export interface SideInput {
  readonly model: string;
  readonly rev: number;
  readonly text: string;
  /** Undefined for a run without one. */
  readonly environment: string | undefined;
  readonly shared: SharedVariables;
}

/** A variable of a side. */
export interface SideValue {
  /** With its references replaced; a run reads this. */
  readonly value: Leaf['value'];
  /** With its references. */
  readonly written: Leaf['value'];
  /** As it would be written. */
  readonly text: string;
  /** Such as `hub r7:13`. */
  readonly source: string;
  /** Whether the section of this side sets it: the one of the environment, or else the one for all environments. */
  readonly isOwn: boolean;
}

export interface ComparedRow {
  readonly path: readonly string[];
  /** As in `training.epochs`. */
  readonly name: string;
  readonly left: SideValue | undefined;
  readonly right: SideValue | undefined;
  readonly isDifferent: boolean;
}

/** What the two sides set, by name; those of one map are next to each other where the left side has them so. */
export function compareSides(left: SideInput, right: SideInput): readonly ComparedRow[] | undefined {
  const [leftValues, rightValues] = [readSide(left), readSide(right)];
  if (!leftValues || !rightValues) return undefined;
  return [...new Map([...leftValues, ...rightValues]).keys()].map((name): ComparedRow => {
    const [one, other] = [leftValues.get(name), rightValues.get(name)];
    const isDifferent = one === undefined || other === undefined || !isSame(one.value, other.value);
    return { path: (one ?? other)?.path ?? [], name, left: one, right: other, isDifferent };
  });
}

/** The environments that a model can be run in, as far as the hub knows. */
export function environmentsOf(text: string, { base }: SharedVariables): readonly string[] {
  const file = readVariableFile(text, '', () => undefined);
  return [...new Set([...(base?.environments.keys() ?? []), ...(file?.environments.keys() ?? [])])];
}

/**
 * The text of a side with the value of the other one, in the section of its environment. A reference is copied as one, where
 * it refers to the same value here; otherwise the value is. What the other side does not set is removed or unset here.
 */
export function copyTo(target: SideInput, path: readonly string[], from: SideValue | undefined): EditResult {
  const place = { path, environment: target.environment };
  if (from === undefined) return removeFrom(target, path);
  let result: EditResult = { kind: 'refused', problem: compareMessages.notAList, edit: { path, isRemoved: true } };
  for (const value of [from.written, from.value]) {
    if (!isEditable(value)) continue;
    result = editCells(target.text, [{ ...place, value }]);
    if (result.kind === 'refused') return result;
    const copied = readSide({ ...target, text: result.text })?.get(pathText(path));
    if (copied && isSame(copied.value, from.value)) return result;
  }
  return result;
}

function removeFrom(target: SideInput, path: readonly string[]): EditResult {
  const place = { path, environment: target.environment };
  const own = readSide(target)?.get(pathText(path))?.isOwn === true;
  const removed: EditResult = own
    ? editCells(target.text, [{ ...place, isRemoved: true }])
    : { kind: 'edited', text: target.text };
  if (removed.kind === 'refused') return removed;
  const isGone = readSide({ ...target, text: removed.text })?.has(pathText(path)) === false;
  return isGone ? removed : editCells(target.text, [{ ...place, value: null }]);
}

function isEditable(value: Plain): value is Extract<EditValue, Plain> {
  const isScalar = (each: Plain): boolean => typeof each !== 'object' || each === null;
  return isList(value) ? value.every(isScalar) : isScalar(value);
}

type PathValue = SideValue & { readonly path: readonly string[] };

function readSide(input: SideInput): ReadonlyMap<string, PathValue> | undefined {
  const { text, rev, environment, shared } = input;
  const hubModel = readVariableFile(text, modelSource(rev), () => undefined);
  if (!hubModel) return undefined;
  const { base: hubBase, schema } = shared;
  const isKnown = [hubModel, hubBase].some((file) => environment !== undefined && file?.environments.has(environment));
  const chosen =
    isKnown && environment !== undefined ? { name: environment, origin: { source: 'the environment' } } : undefined;
  const { variables } = resolveVariables(
    { hubBase, hubModel, schema, environment: chosen, patterns: pagePatterns },
    () => undefined,
  );
  const written = mergedTree([hubBase, hubModel], environment);
  const own = sectionOf(hubModel, environment);
  return new Map(
    variables
      .filter(({ value }) => value !== null)
      .map((variable) => {
        const { path, value, origin } = variable;
        const ownTree = own && treeAt(own, path);
        const writtenTree = treeAt(written, path);
        return [
          pathText(path),
          {
            path,
            value,
            written: writtenTree && !isBranch(writtenTree) ? writtenTree.value : value,
            text: spellValue(variable),
            source: originText(origin),
            isOwn: ownTree !== undefined && !isBranch(ownTree),
          },
        ];
      }),
  );
}

function sectionOf(file: VariableFile | undefined, environment: string | undefined): Branch | undefined {
  return environment === undefined ? file?.variables.tree : file?.environments.get(environment)?.tree;
}

function mergedTree(files: readonly (VariableFile | undefined)[], environment: string | undefined): Branch {
  const nothing: Branch = { origin: { source: '' }, overridden: [], entries: new Map(), replaces: false };
  return files
    .flatMap((file) => [file?.variables.tree, environment === undefined ? undefined : sectionOf(file, environment)])
    .reduce<Branch>((below, tree) => (tree ? mergeTrees(below, tree) : below), nothing);
}
