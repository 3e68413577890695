import type { RegistryModel } from '../../../shared/variables/registry/revision';
import type { Host } from '../../host/host';
import { describeFault } from '../../kit/faults/describeFault';
import { GitRequests } from '../git/gitRequests';
import { valuesOf } from './variableValues';

/**
 * A model compared with the file that it is linked to: the same values, others, or why it is not known. A file that the branch
 * does not have, or that is not a variable file, has other values.
 */
export type FileComparison = 'same' | 'differs' | { readonly unknown: string };

/** By the IDs of the models. */
export type FileComparisons = ReadonlyMap<string, FileComparison>;

/** How many files are read at the same time. */
const atOnce = 4;
/** How long a comparison is used again without reading the file, in milliseconds: people go back and forth. */
const freshMs = 60_000;

type ComparedModel = Pick<RegistryModel, 'id' | 'text' | 'repository'>;

const known = new WeakMap<ComparedModel, { readonly comparison: FileComparison; readonly atMs: number }>();

/**
 * Compares models with their files in the order of the models, by a request for each.
 * @param onFound called with all that is known so far
 * @param signal ends it
 */
export async function compareFiles(
  host: Pick<Host, 'rest' | 'project' | 'now'>,
  models: readonly ComparedModel[],
  onFound: (comparisons: FileComparisons) => void,
  signal: AbortSignal,
): Promise<void> {
  const requests = new GitRequests(host);
  const found = new Map<string, FileComparison>();
  const left = models.values();
  const isEnded = () => signal.aborted;
  const work = async () => {
    for (const model of left) {
      if (isEnded()) return;
      const comparison = await compare(requests, model, host.now().getTime());
      if (comparison === undefined || isEnded()) continue;
      found.set(model.id, comparison);
      onFound(new Map(found));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function compare(
  requests: GitRequests,
  model: ComparedModel,
  nowMs: number,
): Promise<FileComparison | undefined> {
  if (!model.repository) return undefined;
  const before = known.get(model);
  if (before && nowMs - before.atMs < freshMs) return before.comparison;
  try {
    const file = await requests.text(model.repository);
    const isSame = file !== undefined && (file === model.text || valuesOf(file) === valuesOf(model.text));
    const comparison = isSame ? 'same' : 'differs';
    known.set(model, { comparison, atMs: nowMs });
    return comparison;
  } catch (error) {
    return { unknown: describeFault(error).sentence };
  }
}
