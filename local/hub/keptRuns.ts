import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PipelineReport } from '../../sandbox/agent/report';
import { Definitions } from '../../sandbox/devops/build/definitions/definitions';
import { addFinishedRun } from '../../sandbox/devops/build/running/addFinishedRun';
import type { Organization } from '../../sandbox/devops/organization';
import { runEnd, stageEnd } from '../../sandbox/localRunner';
import type { OrganizationClient } from '../organization/organizationClient';

/** A run of `npm start`. */
export interface KeptRun {
  /** Of the pipeline, with what sets it apart: `deploy_rest`. */
  readonly name: string;
  /** In epoch milliseconds. */
  readonly startTime: number;
  readonly report: PipelineReport;
}

const reportFile = 'report.json';

/** Writes a run beside its logs and attachments, for `npm run hub`. */
export async function keepRun(folder: string, run: KeptRun): Promise<void> {
  await writeFile(path.join(folder, reportFile), `${JSON.stringify(run)}\n`);
}

/** The runs that are in the folder of runs, oldest first. */
export async function keptRuns(runFolder: string): Promise<readonly KeptRun[]> {
  if (!existsSync(runFolder)) return [];
  const files = (await readdir(runFolder))
    .map((name) => path.join(runFolder, name, reportFile))
    .filter((file) => existsSync(file));
  const runs = await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as KeptRun));
  return runs.sort((one, other) => one.startTime - other.startTime);
}

export interface RunTarget {
  readonly organization: Organization;
  readonly client: OrganizationClient;
  readonly repositoryId: string;
  /** That all runs are of. */
  readonly commit: string;
  readonly requestedForId: string;
}

/** Adds the runs to the organization, each to the pipeline of its file, which is created where there is none. */
export async function addRuns(runs: readonly KeptRun[], target: RunTarget): Promise<void> {
  const { organization, client, repositoryId, commit, requestedForId } = target;
  const { state } = organization;
  const definitions = state.of(Definitions);
  for (const { name, report, startTime } of runs) {
    const { id } = await client.send<{ id: number }>('POST', '_apis/build/definitions', {
      name,
      type: 'build',
      queue: { name: 'Azure Pipelines' },
      process: { type: 2, yamlFilename: report.file },
      repository: { id: repositoryId, type: 'TfsGit', defaultBranch: 'refs/heads/main' },
    });
    const definition = definitions.all().find((each) => each.id === id);
    if (!definition) throw new Error(`The pipeline ${name} was not created.`);
    addFinishedRun(state, definition, {
      ...runEnd(report),
      commit,
      branch: 'refs/heads/main',
      requestedForId,
      stages: report.stages.map(stageEnd),
      lines: [],
      startTime,
      finishTime: startTime + report.durationMilliseconds,
    });
  }
}
