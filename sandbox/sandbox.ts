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
  readonly databricks: {
    readonly url: string;
    /** Of the first user. */
    readonly token: string;
    /** OAuth client id and secret of the first service principal, where there is one. */
    readonly clientId?: string;
    readonly clientSecret?: string;
  };
}

/** Starts every stand-in on a free loopback port. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const databricks = await startDatabricks(options.databricks);
  return {
    databricks,
    describe: () => {
      const { url, token, servicePrincipals } = databricks;
      const [principal] = servicePrincipals;
      return {
        databricks: {
          url,
          token,
          ...(principal && { clientId: principal.applicationId, clientSecret: principal.secret }),
        },
      };
    },
    close: () => databricks.close(),
  };
}
