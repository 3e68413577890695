import { modelIdFor, modelIdProblem } from '../../shared/variables/registry/modelIds';
import { largestTextBytes } from '../../shared/variables/registry/storedText';
import { pathText } from '../../shared/variables/pathText';
import { isBranch, leavesOf, textOf, treeAt } from '../../shared/variables/tree';
import { checkModel, type Problem, type SharedVariables } from '../variables/checkModel';
import { newModelMessages as messages } from './messages';

/** A variable of a text, with its value for all environments and in each of them; undefined where it is not set. */
export interface PreviewRow {
  readonly name: string;
  readonly values: readonly (string | undefined)[];
}

/** What a model of a text would have. */
export interface ModelPreview {
  readonly environments: readonly string[];
  readonly rows: readonly PreviewRow[];
  /** What a person has to correct before the model can be created. */
  readonly problems: readonly Problem[];
  /** What the step LoadModelVariables may still complain about. */
  readonly notes: readonly Problem[];
  /** Made from `modelName`; empty where there is none. */
  readonly proposedId: string;
}

/** @param source how lines of the text are named: `model_variables.yml`, `the table` */
export function previewModel(text: string, source: string, shared: SharedVariables): ModelPreview {
  const { file, problems, notes } = checkModel(text, source, shared);
  const isTooLarge = new TextEncoder().encode(text).length > largestTextBytes;
  const all = isTooLarge
    ? [{ origin: { source }, message: messages.tooLarge(largestTextBytes) }, ...problems]
    : problems;
  if (!file) return { environments: [], rows: [], problems: all, notes, proposedId: '' };
  const environments = [...file.environments.keys()];
  const sections = [file.variables, ...file.environments.values()];
  const rows = new Map<string, (string | undefined)[]>();
  sections.forEach(({ tree }, at) => {
    for (const { path, leaf } of leavesOf(tree)) {
      const name = pathText(path);
      const values = rows.get(name) ?? sections.map(() => undefined);
      values[at] = textOf(leaf);
      rows.set(name, values);
    }
  });
  const modelName = treeAt(file.variables.tree, ['modelName']);
  const named = modelName && !isBranch(modelName) && modelName.value !== null ? textOf(modelName) : '';
  return {
    environments,
    rows: [...rows].map(([name, values]) => ({ name, values })),
    problems: all,
    notes,
    proposedId: modelIdFor(named),
  };
}

/** Why a model cannot have this id, as a sentence; undefined where it can. */
export function idProblem(id: string, taken: readonly string[]): string | undefined {
  if (id === '') return messages.idMissing;
  const problem = modelIdProblem(id);
  if (problem !== undefined) return messages.idInvalid(id, problem);
  return taken.includes(id) ? messages.idTaken(id) : undefined;
}
