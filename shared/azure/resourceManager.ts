import { createHttpClient } from '../http/createHttpClient';
import type { HttpClient } from '../http/httpClient';
import type { AzureIdentity } from '../identity/azureIdentity';
import { userAgent, type SignInSurroundings } from '../identity/signIn';
import { adviceFor } from '../identity/signInProblems';

/** Azure Resource Manager, as an identity. */
export function resourceManager(
  identity: AzureIdentity,
  /** The connection's own, for clouds that have it elsewhere. */
  url: string,
  { agent, clock, signal }: SignInSurroundings,
): HttpClient {
  const id = identity.cloud.resourceManager;
  const tokens = identity.tokensFor({ name: 'Azure Resource Manager', id });
  const service = 'Azure Resource Manager';
  return createHttpClient({
    baseUrl: url,
    service,
    tokens,
    agent,
    clock,
    signal,
    userAgent,
    explain: (trouble) => adviceFor(service, trouble),
  });
}
