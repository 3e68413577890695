import { createHttpClient } from '../../http/createHttpClient';
import type { Trouble } from '../../http/errors';
import type { DetailedHttpClient } from '../../http/httpClient';
import type { AzureIdentity } from '../../identity/azureIdentity';
import { userAgent, type SignInSurroundings } from '../../identity/signIn';
import { adviceFor } from '../../identity/signInProblems';

const service = 'Azure Resource Manager';

/** Azure Resource Manager, as an identity. */
export function resourceManager(
  identity: AzureIdentity,
  /** The connection's own, for clouds that have it elsewhere. */
  url: string,
  { agent, clock, signal }: SignInSurroundings,
  /** What to do about a refusal. */
  explain: (trouble: Trouble) => string | undefined = (trouble) => adviceFor(service, trouble),
): DetailedHttpClient {
  const id = identity.cloud.resourceManager;
  const tokens = identity.tokensFor({ name: service, id });
  return createHttpClient({ baseUrl: url, service, tokens, agent, clock, signal, userAgent, explain });
}
