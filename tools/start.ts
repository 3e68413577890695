import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf, renderReport } from '../sandbox/agent/renderReport';
import type { PipelineReport } from '../sandbox/agent/report';
import { runPipeline } from '../sandbox/agent/runPipeline';
import { pyodideRunner } from '../sandbox/databricks/notebooks/pyodideRunner';
import { startSandbox } from '../sandbox/sandbox';
import { buildExtension } from './build';
import { projectRoot, runFromCommandLine } from './commandLine';

export interface TemplateRun {
  /** The model repository. */
  readonly template: string;
  /** Gets the extension, logs, summaries and artifacts, and what the sandbox workspace holds when it ends. */
  readonly outputFolder: string;
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
}

/** Builds the tasks and runs the pipelines of a model repository with them, against the sandbox workspace of the folder. */
export async function runTemplate({ template, outputFolder, signal, onLine }: TemplateRun): Promise<PipelineReport> {
  const notebooks = pyodideRunner(); // loads Python while the tasks are built
  onLine('Building the tasks');
  const { folder } = await buildExtension({ root: projectRoot, outputFolder });
  const sandbox = await startSandbox({ databricks: { notebooks, stateFile: workspaceFile(outputFolder) } });
  const { url, clientId = '' } = sandbox.describe().databricks;
  onLine(`Started the sandbox workspace: ${url}`);
  try {
    return await runPipeline({
      file: 'pipelines/train_pipeline.yml',
      workingFolder: template,
      connections: [
        {
          name: 'databricks-dev',
          type: 'databricksworkspace',
          // Token federation: there is no secret.
          url,
          scheme: 'None',
          data: { clientId },
        },
      ],
      collection: sandbox.devops,
      tasks: path.join(folder, 'tasks'),
      outputFolder: path.join(outputFolder, 'run'),
      signal,
      onLine: ({ text }) => onLine(text),
    });
  } finally {
    await sandbox.close();
  }
}

function workspaceFile(outputFolder: string): string {
  return path.join(outputFolder, 'workspace.json');
}

await runFromCommandLine(import.meta.url, async () => {
  const { values } = parseArgs({ options: { fresh: { type: 'boolean', default: false } } });
  const outputFolder = path.join(projectRoot, 'dist');
  if (values.fresh) await rm(workspaceFile(outputFolder), { force: true });
  const cancellation = new AbortController();
  process.once('SIGINT', () => cancellation.abort());
  const report = await runTemplate({
    template: path.join(projectRoot, 'template'),
    outputFolder,
    signal: cancellation.signal,
    onLine: (text) => console.log(text),
  });
  console.log(`\n${renderReport(report)}`);
  process.exitCode = exitCodeOf(report);
});
