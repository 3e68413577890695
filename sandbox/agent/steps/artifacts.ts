import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import type { DownloadStepPlan, PublishStepPlan } from '../plan/plan';
import { findAlias, standInFor } from '../resources/standIns';
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
  const source = path.resolve(job.folders.working, job.variables.expand(step.path));
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

/** `download:`, each artifact into a folder of its name below the workspace, or below a folder of the run's alias in it. */
export function runDownload(step: DownloadStepPlan, job: JobState, record: StepRecord): void {
  if (step.source === 'none') return;
  const { whose, artifacts, folder } = artifactsOf(step.source, job);
  const wanted = step.artifact === undefined ? undefined : job.variables.expand(step.artifact);
  if (wanted !== undefined && !artifacts.has(wanted)) {
    record.fail(`${whose} has no artifact '${wanted}'; it has: ${[...artifacts.keys()].join(', ') || 'none'}.`);
    return;
  }
  const matches = picomatch(step.patterns.length > 0 ? [...step.patterns] : '**', { dot: true });
  const base = step.path === undefined ? folder : path.resolve(job.folders.workspace, job.variables.expand(step.path));
  for (const [name, source] of artifacts) {
    if (wanted !== undefined && name !== wanted) continue;
    // With a path of one's own the files of a single artifact go right there.
    const target = wanted !== undefined && step.path !== undefined ? base : path.join(base, name);
    const files = readdirSync(source, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(source, path.join(entry.parentPath, entry.name)))
      .filter((file) => matches(file.split(path.sep).join('/')));
    for (const file of files) cpSync(path.join(source, file), path.join(target, file));
    record.write(`Downloaded artifact '${name}' (${files.length} files) to ${target}.`);
  }
}

/** Those of this run, or those that stand in for a run of another pipeline. */
function artifactsOf(
  source: string,
  { run, folders }: JobState,
): { whose: string; artifacts: ReadonlyMap<string, string>; folder: string } {
  if (source === 'current') return { whose: 'This run', artifacts: run.artifacts, folder: folders.workspace };
  const resource = findAlias(run.plan.resources.runs, source);
  const given = resource && standInFor(run.standIns.runs, resource.alias, resource.source)?.artifacts;
  if (given === undefined) throw new Error(`the artifacts of '${source}' were there before the run, and are gone`);
  const names = readdirSync(given, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return {
    whose: `'${source}' (${given})`,
    artifacts: new Map(names.map(({ name }) => [name, path.join(given, name)])),
    folder: path.join(folders.workspace, source),
  };
}
