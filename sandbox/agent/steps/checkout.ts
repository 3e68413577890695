import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { CheckoutStepPlan } from '../plan/plan';
import { findRepository, standInFor } from '../resources/standIns';
import type { JobState } from '../run/runState';
import type { StepRecord } from '../run/stepRecord';

/** A fresh clone has none of these, and the output of runs on this machine is not part of the sources. */
const leftOut = ['.git', '.mloccli', 'node_modules'];

/**
 * `checkout:` copies the working folder, or the folder that stands in for another repository, as it is now, uncommitted
 * changes too, so that a job can't change it.
 */
export function runCheckout(step: CheckoutStepPlan, job: JobState, record: StepRecord): void {
  if (step.source === 'none') return;
  const { workingFolder, outputFolder } = job.run;
  const target = job.checkoutPlaces.get(step) ?? job.folders.sources;
  if (!isBelow(target, job.folders.workspace)) {
    record.fail(
      `The path '${step.path ?? ''}' must lead to a folder under ${job.folders.workspace}; it leads to ${target}.`,
    );
    return;
  }
  const source = step.source === 'self' ? workingFolder : repositoryFolder(step.source, job);
  copyFolder(source, target, outputFolder);
  if (step.isSparse) record.note('All files were copied: the local agent ignores a sparse checkout.');
  record.write(`Copied ${source} to ${target}.`);
}

function repositoryFolder(source: string, { run }: JobState): string {
  const repository = findRepository(source, run.plan.resources);
  const folder = repository && standInFor(run.standIns.repositories, repository.alias, repository.name);
  if (folder === undefined) throw new Error(`the repository '${source}' was checked before the run, and is gone`);
  return path.resolve(folder);
}

function isBelow(folder: string, parent: string): boolean {
  return folder.startsWith(`${parent}${path.sep}`);
}

/** Entry by entry, because `cp` refuses a target below the source, which the output folder may be. */
function copyFolder(from: string, to: string, except: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    if (leftOut.includes(entry.name) || source === except) continue;
    if (entry.isDirectory()) copyFolder(source, path.join(to, entry.name), except);
    else cpSync(source, path.join(to, entry.name), { verbatimSymlinks: true });
  }
}
