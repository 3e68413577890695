import { TaskError } from '../../../errors';
import { CallError, HttpError } from '../../../http/errors';
import { CurrentUserApi } from '../../api/currentUser';
import type { EndpointWork } from '../request';
import type { Served } from '../traffic/served';

/**
 * What Databricks refuses, with who needs which permission: the caller, and the identity that created the endpoint, whose
 * permissions it has when it loads a model. Other errors are returned as they are.
 * Source: https://docs.databricks.com/machine-learning/model-serving/create-manage-serving-endpoints
 */
export async function refusal(work: EndpointWork, error: unknown, served: readonly Served[]): Promise<unknown> {
  if (!(error instanceof HttpError) || error.status !== 403) return error;
  const { api, name } = work;
  const creator = await orUndefined(async () => (await api.find(name))?.creator);
  const caller = (await orUndefined(() => new CurrentUserApi(work.workspace.http).me()))?.userName;
  const models = [...new Set(served.map(({ model }) => model).filter(Boolean))].join(', ');
  const reason = error.serviceMessage || `${error.status} ${error.errorCode ?? ''}`.trim();
  const isCreatorGone = creator !== undefined && /creator .*not a member/i.test(reason);
  return new TaskError(
    [
      isCreatorGone
        ? `The creator of the serving endpoint '${name}', ${creator}, is not a member of the workspace any more, so the endpoint cannot be updated. Add this identity to the workspace again, or delete the endpoint and deploy it as another identity.`
        : `${caller ?? 'The identity of the connection'} is not allowed to change the serving endpoint '${name}': ${reason}`,
      `The caller${caller === undefined ? '' : `, ${caller},`} needs Can Manage on the endpoint, EXECUTE on ${models} with USE CATALOG and USE SCHEMA, and the entitlement Workspace access.`,
      creator
        ? `The creator of the endpoint, ${creator}, needs the same on the model: Databricks loads models with the permissions of this identity, which must stay in the workspace.`
        : 'The identity that creates the endpoint is recorded: Databricks loads models with its permissions for as long as the endpoint exists.',
      error.message,
    ].join('\n'),
    { cause: error },
  );
}

/** What an explanation can do without. */
async function orUndefined<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof CallError) return undefined;
    throw error;
  }
}
