import { TaskError } from '../../shared/errors';

/** There are no credentials, or they could not be obtained: the exit code is 4. */
export class SignInRequired extends TaskError {
  override readonly name = 'SignInRequired';
}

const ways = [
  'Sign in one of these three ways:',
  '  - a profile: run databricks auth login --host <URL of the workspace>, and name the profile with --profile (or DATABRICKS_CONFIG_PROFILE);',
  '  - environment variables: set DATABRICKS_HOST and DATABRICKS_TOKEN, or DATABRICKS_HOST, DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET;',
  '  - Azure: run az login, and name the workspace with --host <https://adb-….azuredatabricks.net>.',
].join('\n');

/** That nobody signs in to Databricks: what is missing, and the three ways there are. */
export function noDatabricksCredentials(problem: string): SignInRequired {
  return new SignInRequired(`${problem}\n${ways}`);
}
