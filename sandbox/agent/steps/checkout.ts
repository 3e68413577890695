import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { CheckoutStepPlan } from '../plan/plan';
import type { JobState } from '../run/runState';
import type { StepRecord } from '../run/stepRecord';

/** A fresh clone has none of these, and the run's own output is not part of the sources. */
const leftOut = ['.git', 'node_modules'];

/** `checkout:` copies the working folder as it is now, uncommitted changes too, so that a job can't change it. */
export function runCheckout(step: CheckoutStepPlan, job: JobState, record: StepRecord): void {
  if (step.source === 'none') return;
  const { workingFolder, outputFolder } = job.run;
  copyFolder(workingFolder, job.folders.sources, outputFolder);
  record.write(`Copied ${workingFolder} to ${job.folders.sources}.`);
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
