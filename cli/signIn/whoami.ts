import type { Context } from '../../shared/agent/context';
import { connect } from '../../shared/databricks/connect';
import { CurrentUserApi } from '../../shared/databricks/api/currentUser';
import { HttpError } from '../../shared/http/errors';
import { SignInError } from '../../shared/identity/renewedTokens';
import { databricksCredentials } from './databricks/credentials';
import type { SignInContext } from './request';
import { SignInRequired } from './signInRequired';

/** Who signs in to Databricks, as the workspace names them. */
export interface CallerOfWorkspace {
  readonly workspaceUrl: string;
  /** An e-mail address, or the application id of a service principal. */
  readonly userName: string;
  readonly displayName: string;
  /** Where the credentials come from, never what they are: `profile dev, personal access token`. */
  readonly source: string;
}

/** Asks the workspace who the credentials are for. Rejects with a SignInRequired where there are none or they are refused. */
export async function whoami(signIn: SignInContext, context: Context): Promise<CallerOfWorkspace> {
  const credentials = databricksCredentials(signIn);
  try {
    const workspace = await connect({ databricks: { id: 'databricks', ...credentials } }, context);
    const { userName, displayName } = await new CurrentUserApi(workspace.http).me();
    return { workspaceUrl: workspace.url, userName, displayName, source: credentials.source };
  } catch (error) {
    const isRefusal = error instanceof HttpError && (error.status === 401 || error.status === 403);
    if (!isRefusal && !(error instanceof SignInError)) throw error;
    throw new SignInRequired(`${credentials.source} cannot sign in. ${error.message}`, { cause: error });
  }
}

/** The same for people: `profile dev, personal access token: ada@example.com at https://…`. */
export function whoamiText({ source, userName, workspaceUrl }: CallerOfWorkspace): string {
  return `${source}: ${userName} at ${workspaceUrl}`;
}
