import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import type { ModelRegistry } from '../../../variables/registry/modelRegistry';
import type { RegistryModel } from '../../../variables/registry/revision';
import { throwIfStuck, type Change, type PlannedChange } from '../../change';
import type { Devops } from '../../devops';
import { orHubUnavailable } from '../readHub';
import { commonText } from './commonText';
import { contestedText, differenceLine, differences, emptyText, valuesOf } from './differences';
import { mergeSides } from './mergeSides';
import { readable, readSides, type FilePlace, type Sides } from './sides';

export interface SyncWork {
  readonly devops: Devops;
  readonly registry: ModelRegistry;
  readonly place: FilePlace;
  /** The id of the model; by the name in the file if undefined. */
  readonly model: string | undefined;
  /** Whether the source wins where both sides changed a value. */
  readonly overwrites: boolean;
  readonly context: Context;
}

interface Step extends Change {
  readonly sides: Sides;
  /** What the hub is to say. */
  readonly text?: string;
}

/** How often somebody else may save first. */
const mostTries = 3;

/**
 * Plans the revision of the hub that has the values of the file on the default branch: the file's text where nobody has
 * changed the hub since both were the same, else the hub's text with what the file has changed. Sends nothing that writes.
 */
export async function planRevision(work: SyncWork): Promise<PlannedChange<RegistryModel | undefined>> {
  const step = await stepOf(work);
  const { kind, what, differences: lines, notes = [] } = step;
  return { kind, what, differences: lines, notes, apply: () => apply(work, step) };
}

async function stepOf(work: SyncWork): Promise<Step> {
  const { devops, registry, place, overwrites } = work;
  const sides = await readSides(work, place, work.model);
  const { file, model, id, path, repository } = sides;
  const what = `Model '${id}' in the hub`;
  const step = (kind: Change['kind'], notes: readonly string[], text?: string): Step => ({
    kind,
    what,
    differences: text === undefined ? [] : differences(model?.text ?? emptyText, text).map(differenceLine),
    notes,
    sides,
    ...(text !== undefined && { text }),
  });
  if (file === undefined)
    return step('blocked', [`The branch ${repository.defaultBranch} of '${repository.name}' has no file ${path}.`]);
  readable(file, path);
  if (!model && valuesOf(file) === valuesOf(emptyText))
    return step('blocked', [`The file ${path} sets no variables: there is nothing that the hub could begin with.`]);
  if (!model) return step('create', [], file);
  if (valuesOf(model.text) === valuesOf(file)) return step('unchanged', []);
  const common = overwrites ? undefined : await commonText({ devops, registry }, sides);
  if (overwrites || (common !== undefined && valuesOf(common) === valuesOf(model.text)))
    return step('update', [], file);
  const merge = mergeSides({ common, source: file, target: model.text, overwrites });
  if (merge.kind === 'contested')
    return step('conflict', [
      `The file and the hub have both changed:${contestedText(merge.contested, path, `hub r${model.rev}`)}\nSet one of them to the value that is wanted, or let the file win.`,
    ]);
  if (merge.kind === 'impossible')
    return step('conflict', [
      `Both have changed, and cannot be merged: ${merge.reason} Make one of them say what is wanted.`,
    ]);
  if (valuesOf(merge.text) === valuesOf(model.text))
    return step('unchanged', ['Only the hub has changed since both were the same.']);
  return step('update', ['The hub has newer values, too: they stay.'], merge.text);
}

async function apply(work: SyncWork, planned: Step): Promise<RegistryModel | undefined> {
  throwIfStuck([planned]);
  for (let step = planned, tries = 1; ; tries++) {
    const { sides, text, what } = step;
    const { id, model, repository, path, tip } = sides;
    if (text === undefined) return model;
    const branch = repository.defaultBranch.replace(/^refs\/heads\//, '');
    const comment = `From ${path} of ${repository.name}, branch ${branch}, commit ${tip.slice(0, 8)}`;
    const link = { id: repository.id, path, branch };
    const saving = work.registry.save({ id, text, comment, base: model, repository: link });
    const result = await orHubUnavailable(saving);
    if (result.kind === 'saved') return result.model;
    if (tries === mostTries)
      throw new TaskError(`${what}: somebody else saves it at the same time. Run this step again.`);
    step = await stepOf(work);
    throwIfStuck([step]);
  }
}
