import { rm } from 'node:fs/promises';
import path from 'node:path';
import { existsSync } from 'node:fs';
import { keptRuns } from '../hub/keptRuns';
import { organizationFile } from '../hub/ownExtension';
import { startHub } from '../hub/startHub';
import { runFolder } from '../pipelines/runRepository';
import { ToolError } from '../toolError';
import { makeOutputFolder } from './outputFolder';
import { onlyModel } from './runOnce';

export interface ServedHubOptions {
  /** Absolute. */
  readonly repository: string;
  readonly model: string | undefined;
  readonly port: number | undefined;
  /** The built pages. */
  readonly hubFolder: string;
  /** Forgets what was saved. */
  readonly isFresh: boolean;
}

export interface ServedHub {
  readonly url: string;
  /** Where what is saved is kept. */
  readonly dataFile: string;
  /** How many runs of this machine it shows. */
  readonly runs: number;
  close(): Promise<void>;
}

/** Serves the hub with the model of a repository, and with the runs of its pipelines on this machine. @throws ToolError */
export async function runHub({ repository, model, port, hubFolder, isFresh }: ServedHubOptions): Promise<ServedHub> {
  const chosen = model ?? onlyModel(repository);
  if (!existsSync(path.join(repository, chosen, 'model_variables.yml')))
    throw new ToolError(`There is no model '${chosen}' in ${repository}.`);
  if (!existsSync(path.join(repository, 'pipelines', 'base_variables.yml')))
    throw new ToolError(`${repository} is not a model repository: it has no pipelines/base_variables.yml.`);
  const outputFolder = await makeOutputFolder(repository);
  const dataFile = organizationFile(outputFolder);
  if (isFresh) await rm(dataFile, { force: true });
  const runs = await keptRuns(runFolder(outputFolder));
  const hub = await startHub({
    hubFolder,
    repository,
    model: chosen,
    runs,
    dataFile,
    isDemo: false,
    ...(port !== undefined && { port }),
  });
  return { url: hub.host.url, dataFile, runs: runs.length, close: () => hub.close() };
}
