import { startSandbox, type SandboxDescription, type SandboxOptions } from '../../sandbox/sandbox';

export interface ServedSandbox {
  readonly description: SandboxDescription;
  close(): Promise<void>;
}

export interface ServedSandboxOptions {
  readonly databricks: NonNullable<SandboxOptions['databricks']>;
  /** Runs notebooks in the machine's python3 instead of the embedded Python. */
  readonly hasMachinePython: boolean;
  /** The built tasks, for the pipelines that the Azure DevOps organization runs. */
  readonly tasks: string;
}

/** Starts the sandbox alone, with one service connection. */
export async function runSandbox({
  databricks,
  hasMachinePython,
  tasks,
}: ServedSandboxOptions): Promise<ServedSandbox> {
  const notebooks =
    hasMachinePython && (await import('../../sandbox/databricks/notebooks/machinePythonRunner')).machinePythonRunner();
  const sandbox = await startSandbox({
    databricks: { ...databricks, ...(notebooks && { notebooks }) },
    connections: [{ name: 'databricks-dev', type: 'databricksworkspace' }],
    tasks,
  });
  return { description: sandbox.describe(), close: () => sandbox.close() };
}
