import type { ServiceConnection } from '../agent/agent';
import { TaskError } from '../errors';
import { claimsOf } from './claims';
import { FixedToken } from './fixedToken';
import { secondsToSignIn, tokenClient, type SignInSurroundings } from './signIn';

/** By which the pipeline's job proves to another service which service connection it may use. */
export interface JobTokens {
  /** A token that is good for some minutes: ask for a new one each time. */
  request(): Promise<string>;
  /** What the other service sees in the token: its issuer, subject and audience; empty before the first. */
  describe(): string;
}

/**
 * Job tokens for a service connection (OpenID Connect). The endpoint is the one that the agent names, and the issuer
 * is whatever it says: both are Azure DevOps' to change. Throws a TaskError when the agent names none.
 */
export function jobTokens(connection: ServiceConnection, surroundings: SignInSurroundings): JobTokens {
  const { agent } = surroundings;
  const endpoint = agent.identityEndpoint();
  if (!endpoint)
    throw new TaskError(
      'Azure DevOps gave this job no way to ask for its identity token (System.OidcRequestUri). Workload identity ' +
        'federation needs Azure DevOps Services and a current agent; an Azure DevOps Server needs a connection with a secret.',
    );
  const tokens = new FixedToken('the job itself (its System.AccessToken)', endpoint.accessToken, agent);
  const http = tokenClient({ baseUrl: endpoint.url, service: 'Azure DevOps', tokens }, surroundings);
  let described = '';
  return {
    async request() {
      const { oidcToken } = await http.json<{ readonly oidcToken?: string }>({
        method: 'POST',
        path: '',
        query: { 'api-version': '7.1', serviceConnectionId: connection.id },
        // Without it Azure DevOps answers a refused token with a redirect to its sign-in page.
        headers: { 'X-TFS-FedAuthRedirect': 'Suppress', 'Content-Type': 'application/json' },
        purpose: 'get the identity token of this job from Azure DevOps',
        repeatable: true,
        budgetSeconds: secondsToSignIn,
      });
      if (!oidcToken)
        throw new TaskError('Azure DevOps answered a request for the identity token of this job without one.');
      agent.setSecret(oidcToken);
      described = describeToken(oidcToken);
      return oidcToken;
    },
    describe: () => described,
  };
}

/** The claims that a federation names. They are no secret; the token with its signature is. */
function describeToken(token: string): string {
  const { iss, sub, aud } = claimsOf(token);
  return `The token of this job has the issuer '${String(iss)}', the subject '${String(sub)}' and the audience '${String(aud)}'.`;
}
