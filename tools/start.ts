import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf, renderReport } from '../sandbox/agent/renderReport';
import type { PipelineReport } from '../sandbox/agent/report';
import { projectRoot, runFromCommandLine, ToolError } from './commandLine';
import {
  askService,
  openCluster,
  openWorkspace,
  pipelineNames,
  workspaceFile,
  type LocalPipelines,
  type PipelineName,
  type RepositoryOptions,
} from './localPipelines';

/** Runs pipelines one after another, as long as they end green. Gives the report of each that was run. */
export async function runInOrder(
  pipelines: Pick<LocalPipelines, 'run'>,
  names: readonly PipelineName[],
  signal: AbortSignal,
  onReport: (name: PipelineName, report: PipelineReport) => Promise<void> | void = () => undefined,
): Promise<ReadonlyMap<PipelineName, PipelineReport>> {
  const reports = new Map<PipelineName, PipelineReport>();
  for (const name of names) {
    const report = await pipelines.run(name, signal);
    reports.set(name, report);
    await onReport(name, report);
    if (exitCodeOf(report) !== 0) break;
  }
  return reports;
}

/** One line a pipeline, with the reason where it ended red; the others were not run, and say so. */
export function renderOverview(
  names: readonly PipelineName[],
  reports: ReadonlyMap<PipelineName, PipelineReport>,
): string {
  return names.map((name) => overviewLine(name, reports.get(name))).join('\n');
}

function overviewLine(name: PipelineName, report: PipelineReport | undefined): string {
  if (!report) return `– ${name}: not run, as the one before ended red`;
  const seconds = (report.durationMilliseconds / 1000).toFixed(1);
  if (exitCodeOf(report) === 0) return `✔ ${name} (${seconds} s)`;
  const step = report.stages
    .flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps))
    .find(({ result }) => result === 'Failed');
  const reason = step?.message ?? step?.issues[0]?.message ?? report.result;
  return `✘ ${name} (${seconds} s): ${step ? `${step.displayName}: ` : ''}${reason}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      pipeline: { type: 'string' },
      repository: { type: 'string', default: path.join(projectRoot, 'template') },
      model: { type: 'string', default: 'demo_model' },
      fresh: { type: 'boolean', default: false },
    },
  });
  const names = pipelineNames.filter((name) => name === (values.pipeline ?? name));
  if (names.length === 0)
    throw new ToolError(`--pipeline takes one of ${pipelineNames.join(', ')}, not '${String(values.pipeline)}'.`);
  const outputFolder = path.join(projectRoot, 'dist');
  const repository = path.resolve(values.repository);
  const { model } = values;
  if (!existsSync(path.join(repository, model))) throw new ToolError(`There is no model '${model}' in ${repository}.`);
  if (values.fresh) await rm(workspaceFile(outputFolder), { force: true });

  const cancellation = new AbortController();
  process.once('SIGINT', () => cancellation.abort());
  const options = { repository, model, outputFolder, onLine: (text: string) => console.log(text) };
  process.exitCode = await runWith(openWorkspace, options, names, cancellation.signal);
  if (process.exitCode === 0 && values.pipeline === 'deploy')
    process.exitCode = await runWith(openCluster, options, names, cancellation.signal);
}

/** Gives the exit code: 0 when all ended green. */
async function runWith(
  open: (options: RepositoryOptions) => Promise<LocalPipelines>,
  options: RepositoryOptions,
  names: readonly PipelineName[],
  signal: AbortSignal,
): Promise<number> {
  const pipelines = await open(options);
  try {
    const reports = await runInOrder(pipelines, names, signal, async (_, report) => {
      console.log(`\n${renderReport(report)}\n`);
      const service = await askService(options, report);
      if (service) console.log(`${service.scoringUri} answers the sample with ${service.answer}`);
    });
    if (names.length > 1) console.log(renderOverview(names, reports));
    return Math.max(...[...reports.values()].map(exitCodeOf));
  } finally {
    await pipelines.close();
  }
}

await runFromCommandLine(import.meta.url, main);
