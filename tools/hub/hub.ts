import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, runFromCommandLine, ToolError } from '../commandLine';
import { bundleHub } from '../hubBundle';
import { runFolder } from '../../local/pipelines/runRepository';
import { keptRuns } from '../../local/hub/keptRuns';
import { organizationFile } from '../../local/hub/ownExtension';
import { startHub } from '../../local/hub/startHub';

const usage = `Usage: npm run hub -- [options]

Shows the Models hub in a page like that of Azure DevOps, with an embedded organization. It begins with the model
of the template and with the runs of the last npm start. What you save is kept for the next start, and the next
npm start reads it.

  --repository <folder>  The model repository. Default: template
  --model <name>         The model: the name of its folder in the repository. Default: demo_model
  --port <number>        The port of the page. Default: a free one
  --output <folder>      Where the pages are built, and where runs and what you save are kept. Default: dist
  --fresh                Delete what was saved, and start again
  --json                 When ready, print one line of JSON only
  --help                 Print this text`;

interface CommandLine {
  readonly repository: string;
  readonly model: string;
  readonly port: number | undefined;
  readonly outputFolder: string;
  readonly isFresh: boolean;
  readonly isJson: boolean;
}

/** Undefined when only help is asked for. @throws ToolError */
export function readHubOptions(args: readonly string[]): CommandLine | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const repository = path.resolve(values.repository ?? path.join(projectRoot, 'template'));
  const { model } = values;
  if (!existsSync(path.join(repository, model, 'model_variables.yml')))
    throw new ToolError(`There is no model '${model}' in ${repository}.`);
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536))
    throw new ToolError(`--port takes a number from 1 to 65535, not '${String(values.port)}'.`);
  const outputFolder = path.resolve(values.output ?? path.join(projectRoot, 'dist'));
  return { repository, model, port, outputFolder, isFresh: values.fresh, isJson: values.json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        repository: { type: 'string' },
        model: { type: 'string', default: 'demo_model' },
        port: { type: 'string' },
        output: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new ToolError(`${(error as Error).message}\n\n${usage}`);
  }
}

async function main(): Promise<void> {
  const options = readHubOptions(process.argv.slice(2));
  if (!options) {
    console.log(usage);
    return;
  }
  const { outputFolder } = options;
  const dataFile = organizationFile(outputFolder);
  if (options.isFresh) await rm(dataFile, { force: true });
  const hubFolder = path.join(outputFolder, 'hub');
  await rm(hubFolder, { recursive: true, force: true });
  await bundleHub(projectRoot, hubFolder);
  const { repository, model, port } = options;
  const runs = await keptRuns(runFolder(outputFolder));
  const hub = await startHub({ hubFolder, repository, model, runs, dataFile, ...(port !== undefined && { port }) });
  const { host, organization } = hub;
  if (options.isJson) {
    const { url, hubUrl } = host;
    const { url: organizationUrl, personalAccessToken } = organization;
    console.log(JSON.stringify({ url, hubUrl, organizationUrl, personalAccessToken, dataFile, runs: runs.length }));
  } else {
    const shown = path.relative(process.cwd(), dataFile);
    console.log(`Models hub   ${host.url}`);
    console.log(`Saved in     ${shown}; npm start reads it`);
    if (runs.length === 0) console.log('Runs         none; npm start makes some');
    console.log('Press Ctrl+C to stop.');
  }
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
  await hub.close();
}

await runFromCommandLine(import.meta.url, main);
