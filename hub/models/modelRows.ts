import type { RegistryEntry } from '../../shared/variables/registry/modelRegistry';
import type { TableSort } from '../kit/DataTable';
import type { ModelFilter } from '../page/route';
import type { FileComparison, FileComparisons } from '../repository/state/compareFiles';

/** The states of a model in the list; a problem count is unknown until the model has been checked. */
export type ModelState = 'valid' | 'problems' | 'differs' | 'archived' | 'damaged' | 'newer' | 'checking';

export interface ModelRow {
  readonly model: RegistryEntry;
  readonly state: ModelState;
  readonly problemCount: number;
  /** Undefined where the model is not linked to a file, or not compared with it yet. */
  readonly file: FileComparison | undefined;
}

/** What is known of the models besides their documents, by their IDs. */
export interface ModelChecks {
  /** The numbers of problems, without models that have not been checked. */
  readonly counts: ReadonlyMap<string, number>;
  readonly files: FileComparisons;
}

const unchecked: ModelChecks = { counts: new Map(), files: new Map() };

/**
 * A row for each model.
 * @param before the rows as they were: a row in which nothing changed stays the same object
 */
export function modelRows(
  models: readonly RegistryEntry[],
  { counts, files }: ModelChecks,
  before: readonly ModelRow[] = [],
): readonly ModelRow[] {
  return models.map((model, index) => {
    const count = counts.get(model.id);
    const file = files.get(model.id);
    const [state, problemCount] = [stateOf(model, count, file), count ?? 0];
    const known = before[index];
    const isSame =
      known?.model === model && known.state === state && known.problemCount === problemCount && known.file === file;
    return isSame ? known : { model, state, problemCount, file };
  });
}

/** The models in the order in which they are shown, as far as it is known before they are checked. */
export function modelsInOrder(
  models: readonly RegistryEntry[],
  { state, withProblems, ...filter }: ModelFilter,
  userId: string,
): readonly RegistryEntry[] {
  const isOfChecked = state === 'valid' || state === 'problems' || state === 'differs' || withProblems === true;
  const asked = isOfChecked || state === undefined ? filter : { ...filter, state };
  return shownRows(modelRows(models, unchecked), asked, userId).map(({ model }) => model);
}

function stateOf(model: RegistryEntry, problemCount: number | undefined, file: FileComparison | undefined): ModelState {
  if (model.isNewer) return 'newer';
  if (!model.isIntact) return 'damaged';
  if (model.status === 'archived') return 'archived';
  if (problemCount === undefined) return 'checking';
  if (problemCount > 0) return 'problems';
  return file === 'differs' ? 'differs' : 'valid';
}

/** The rows that a filter lets through, sorted. Archived models are only shown when they are asked for. */
export function shownRows(rows: readonly ModelRow[], filter: ModelFilter, userId: string): readonly ModelRow[] {
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const shown = rows.filter(({ model, state }) => {
    if (filter.state === undefined ? state === 'archived' && words.length === 0 : filter.state !== state) return false;
    if (filter.environment !== undefined && !model.environments.includes(filter.environment)) return false;
    if (filter.withProblems === true && state !== 'problems' && state !== 'damaged') return false;
    if (filter.mine === true && model.updatedBy.id !== userId) return false;
    const texts = `${model.id} ${model.version ?? ''} ${model.updatedBy.name} ${model.comment}`.toLowerCase();
    return words.every((word) => texts.includes(word));
  });
  return sorted(shown, sortOf(filter));
}

/** The sort of a filter; by name where it has none. */
export function sortOf({ sort = 'name' }: ModelFilter): TableSort {
  return { column: sort.replace(/^-/, ''), isDescending: sort.startsWith('-') };
}

/** The filter with a sort, which is left out where it is the usual one. */
export function withSort(filter: ModelFilter, { column, isDescending }: TableSort): ModelFilter {
  const isUsual = column === 'name' && !isDescending;
  const others = Object.fromEntries(Object.entries(filter).filter(([name]) => name !== 'sort'));
  return isUsual ? others : { ...others, sort: `${isDescending ? '-' : ''}${column}` };
}

const byText = new Intl.Collator('en', { numeric: true }).compare;
const states: readonly ModelState[] = ['damaged', 'newer', 'problems', 'differs', 'checking', 'valid', 'archived'];

const comparisons: Readonly<Record<string, (a: ModelRow, b: ModelRow) => number>> = {
  name: (a, b) => byText(a.model.id, b.model.id),
  version: (a, b) => byText(a.model.version ?? '', b.model.version ?? ''),
  state: (a, b) => states.indexOf(a.state) - states.indexOf(b.state) || b.problemCount - a.problemCount,
  // The newest first, which is what people look for.
  changed: (a, b) => byText(b.model.updatedOn, a.model.updatedOn),
};

function sorted(rows: readonly ModelRow[], { column, isDescending }: TableSort): readonly ModelRow[] {
  const compare = (Object.hasOwn(comparisons, column) ? comparisons[column] : undefined) ?? comparisons['name'];
  if (!compare) return rows;
  return [...rows].sort((a, b) => (isDescending ? -1 : 1) * compare(a, b) || byText(a.model.id, b.model.id));
}

/** The environments of all models, in the order of their first appearance. */
export function environmentsOf(models: readonly RegistryEntry[]): readonly string[] {
  return [...new Set(models.flatMap(({ environments }) => environments))];
}
