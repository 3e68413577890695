import type { ServiceConnection } from '../agent/agent';
import type { Context } from '../agent/context';
import { devopsDialect } from '../devops/dialect';
import { TaskError } from '../errors';
import { claimsOf } from './claims';
import { FixedToken } from './fixedToken';
import { secondsToSignIn, tokenClient } from './signIn';
import * as shape from '../http/shape';

/** Tokens with which the job of a pipeline proves to another service that it may use a service connection. */
export interface JobTokens {
  /** A token that is valid for some minutes: request a new one each time. */
  request(): Promise<string>;
  /** The issuer, subject and audience of the last token, which the other service sees; empty before the first. */
  describe(): string;
}

/**
 * Job tokens for a service connection (OpenID Connect). The agent names the endpoint, and the issuer is not checked:
 * Azure DevOps may change both. Throws a TaskError when the agent names no endpoint.
 */
export function jobTokens(connection: ServiceConnection, context: Context): JobTokens {
  const { agent } = context;
  const service = 'Azure DevOps';
  const endpoint = agent.identityEndpoint();
  if (!endpoint)
    throw new TaskError(
      'Azure DevOps gave this job no endpoint for its identity token (System.OidcRequestUri). Workload identity ' +
        'federation needs Azure DevOps Services and a current agent; Azure DevOps Server needs a connection with a secret.',
    );
  const tokens = new FixedToken('the job itself (its System.AccessToken)', endpoint.accessToken, agent);
  const http = tokenClient({ baseUrl: endpoint.url, service, dialect: devopsDialect, tokens }, context);
  let described = '';
  return {
    async request() {
      const { oidcToken } = await http.json(
        {
          method: 'POST',
          path: '',
          query: { 'api-version': '7.1', serviceConnectionId: connection.id },
          // Without it Azure DevOps answers a refused token with a redirect to its sign-in page.
          headers: { 'X-TFS-FedAuthRedirect': 'Suppress', 'Content-Type': 'application/json' },
          purpose: 'get the identity token of this job from Azure DevOps',
          repeatable: true,
          hasSecretAnswer: true,
          budgetSeconds: secondsToSignIn,
        },
        identityToken,
      );
      agent.setSecret(oidcToken);
      described = describeToken(oidcToken);
      return oidcToken;
    },
    describe: () => described,
  };
}

const identityToken = shape.object({ oidcToken: shape.nonEmptyText });

/** The claims that a federated credential names. They are not secret; the token with its signature is. */
function describeToken(token: string): string {
  const { iss, sub, aud } = claimsOf(token);
  return `The token of this job has the issuer '${claimText(iss)}', the subject '${claimText(sub)}' and the audience '${claimText(aud)}'.`;
}

/** There may be several audiences (RFC 7519 4.1.3). */
function claimText(claim: unknown): string {
  const texts = [claim].flat().filter((each) => typeof each === 'string');
  return texts.length > 0 ? texts.join(', ') : 'unknown';
}
