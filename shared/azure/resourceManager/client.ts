import type { Context } from '../../agent/context';
import { createHttpClient } from '../../http/createHttpClient';
import type { Trouble } from '../../http/errors';
import type { DetailedHttpClient } from '../../http/httpClient';
import type { AzureIdentity } from '../../identity/azureIdentity';
import { userAgent } from '../../identity/signIn';
import { adviceFor } from '../../identity/signInProblems';
import { azureDialect } from '../dialect';

const service = 'Azure Resource Manager';

/** Azure Resource Manager, as an identity. */
export function resourceManager(
  identity: AzureIdentity,
  /** The connection's own, for clouds that have it elsewhere. */
  url: string,
  context: Context,
  /** What to do about a refusal. */
  explain: (trouble: Trouble) => string | undefined = (trouble) => adviceFor(service, trouble),
): DetailedHttpClient {
  const id = identity.cloud.resourceManager;
  const tokens = identity.tokensFor({ name: service, id });
  return createHttpClient({ ...context, baseUrl: url, service, dialect: azureDialect, tokens, userAgent, explain });
}
