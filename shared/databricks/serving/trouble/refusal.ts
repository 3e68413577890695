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
  return new TaskError(
    [
      error.message,
      `The caller is ${caller ?? 'the identity of the connection'}: it needs Can Manage on the endpoint '${name}', EXECUTE on ${models} with USE CATALOG and USE SCHEMA, and the entitlement Workspace access.`,
      creator
        ? `The endpoint was created by ${creator}: Databricks loads models with the permissions of this identity, so it needs the same on the model, and must still be in the workspace.`
        : `The identity that creates the endpoint is recorded: Databricks loads models with its permissions for as long as the endpoint exists.`,
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
