import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import type { DownloadStepPlan, PublishStepPlan } from '../plan/plan';
import type { JobState, RunState } from '../run/runState';
import { safeName, type StepRecord } from '../run/stepRecord';

/** Keeps a file, or what is in a folder, as part of an artifact of the run. */
export function publishArtifact(run: RunState, name: string, source: string): void {
  const folder = run.artifacts.get(name) ?? path.join(run.outputFolder, 'artifacts', safeName(name));
  run.artifacts.set(name, folder);
  mkdirSync(folder, { recursive: true });
  const target = statSync(source).isDirectory() ? folder : path.join(folder, path.basename(source));
  cpSync(source, target, { recursive: true });
}

/** `publish:` */
export function runPublish(step: PublishStepPlan, job: JobState, record: StepRecord): void {
  const source = path.resolve(job.folders.sources, job.variables.expand(step.path));
  const name = job.variables.expand(step.artifact ?? `${job.stageName}.${job.jobName}`);
  if (!existsSync(source)) {
    record.fail(`There is nothing to publish at ${source}.`);
  } else if (job.run.artifacts.has(name)) {
    record.fail(`The artifact '${name}' is already published.`);
  } else {
    publishArtifact(job.run, name, source);
    record.write(`Published ${source} as artifact '${name}'.`);
  }
}

/** `download:`, each artifact into a folder of its name below the workspace. */
export function runDownload(step: DownloadStepPlan, job: JobState, record: StepRecord): void {
  if (step.source === 'none') return;
  const { artifacts } = job.run;
  const wanted = step.artifact === undefined ? undefined : job.variables.expand(step.artifact);
  if (wanted !== undefined && !artifacts.has(wanted)) {
    record.fail(`This run has no artifact '${wanted}'; it has: ${[...artifacts.keys()].join(', ') || 'none'}.`);
    return;
  }
  const matches = picomatch(step.patterns.length > 0 ? [...step.patterns] : '**', { dot: true });
  const base = path.resolve(job.folders.workspace, job.variables.expand(step.path ?? '.'));
  for (const [name, folder] of artifacts) {
    if (wanted !== undefined && name !== wanted) continue;
    // With a path of one's own the files of a single artifact go right there.
    const target = wanted !== undefined && step.path !== undefined ? base : path.join(base, name);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
      .filter((file) => matches(file.split(path.sep).join('/')));
    for (const file of files) cpSync(path.join(folder, file), path.join(target, file));
    record.write(`Downloaded artifact '${name}' (${files.length} files) to ${target}.`);
  }
}
