import { type Databricks, type DatabricksOptions, startDatabricks } from './databricks/databricks';

export interface SandboxOptions {
  readonly databricks?: DatabricksOptions;
}

/** All stand-ins that run together. */
export interface Sandbox {
  readonly databricks: Databricks;
  /** What a client needs to reach them, as JSON. */
  describe(): SandboxDescription;
  close(): Promise<void>;
}

export interface SandboxDescription {
  readonly databricks: { readonly url: string; readonly token: string };
}

/** Starts every stand-in on a free loopback port. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const databricks = await startDatabricks(options.databricks);
  return {
    databricks,
    describe: () => ({ databricks: { url: databricks.url, token: databricks.token } }),
    close: () => databricks.close(),
  };
}
