import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Runs a command of the Databricks CLI and resolves with its standard output; rejects when the command fails. */
export type DatabricksCli = (...args: string[]) => Promise<string>;

/** The CLI in a folder, with a home of its own and without the configuration of the machine. */
export function databricksCli(
  binary: string,
  { url, token }: { readonly url: string; readonly token: string },
  home: string,
  folder = home,
): DatabricksCli {
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    DATABRICKS_HOST: url,
    DATABRICKS_TOKEN: token,
    DATABRICKS_AUTH_TYPE: 'pat',
    DATABRICKS_CONFIG_FILE: join(home, 'none.cfg'),
    DATABRICKS_CLI_DISABLE_TELEMETRY: '1',
    // Bundles without Terraform.
    DATABRICKS_BUNDLE_ENGINE: 'direct',
  };
  return async (...args) => (await promisify(execFile)(binary, args, { env, cwd: folder })).stdout;
}
