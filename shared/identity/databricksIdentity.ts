import type { ServiceConnection } from '../agent/agent';
import { InputError } from '../errors';
import type { TokenSource } from '../http/tokenSource';
import { FixedToken } from './fixedToken';
import { readIssuedToken, type TokenAnswer } from './issuedToken';
import { jobTokens } from './jobToken';
import { RenewedTokens } from './renewedTokens';
import { secondsToSignIn, tokenClient, type SignInSurroundings } from './signIn';

/**
 * Reads a connection of our own type: a personal access token, a service principal with its OAuth secret, or token
 * federation. Makes no call. Throws an InputError when it lacks what its scheme needs.
 */
export function databricksIdentity(
  connection: ServiceConnection,
  /** Of the workspace. */
  url: string,
  surroundings: SignInSurroundings,
): TokenSource {
  const clientId = connection.data('clientId') ?? connection.authorization('username');
  switch (connection.scheme.toLowerCase()) {
    case 'token': {
      const token = connection.authorization('apitoken');
      if (token === undefined) throw unusable('names a service connection without a personal access token.');
      return new FixedToken('the personal access token of the service connection', token, surroundings.agent);
    }
    case 'usernamepassword': {
      const secret = connection.authorization('password');
      if (secret === undefined) throw unusable('names a service connection without an OAuth secret.');
      if (clientId === undefined)
        throw unusable('names a service connection without the client ID of its service principal.');
      return servicePrincipalTokens(url, clientId, secret, surroundings);
    }
    case 'none':
      return federatedTokens(url, clientId, connection, surroundings);
    default:
      throw unusable(
        `names a service connection of the kind ${connection.scheme}: it must be a token, a service principal or federation.`,
      );
  }
}

/** https://docs.databricks.com/dev-tools/auth/oauth-m2m */
function servicePrincipalTokens(
  url: string,
  clientId: string,
  secret: string,
  surroundings: SignInSurroundings,
): RenewedTokens {
  const basic = Buffer.from(`${clientId}:${secret}`).toString('base64');
  for (const each of [secret, basic]) surroundings.agent.setSecret(each);
  return exchangedTokens(url, surroundings, {
    identity: () => `service principal ${clientId}, with the OAuth secret of the connection`,
    proof: () =>
      Promise.resolve({
        fields: { grant_type: 'client_credentials' },
        headers: { Authorization: `Basic ${basic}` },
        secrets: [secret, basic],
      }),
  });
}

/** https://docs.databricks.com/dev-tools/auth/oauth-federation-exchange */
function federatedTokens(
  url: string,
  /** Without it a policy of the whole account must know the job. */
  clientId: string | undefined,
  connection: ServiceConnection,
  surroundings: SignInSurroundings,
): RenewedTokens {
  const tokens = jobTokens(connection, surroundings);
  const who =
    clientId === undefined ? 'whoever the federation policy of the account names' : `service principal ${clientId}`;
  return exchangedTokens(url, surroundings, {
    identity: () => `${who}, by token federation`,
    describe: () => tokens.describe(),
    async proof() {
      const jobToken = await tokens.request();
      return {
        fields: {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
          subject_token: jobToken,
          ...(clientId !== undefined && { client_id: clientId }),
        },
        secrets: [jobToken],
      };
    },
  });
}

interface Exchange {
  readonly identity: () => string;
  readonly describe?: () => string;
  readonly proof: () => Promise<{
    readonly fields: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly secrets: readonly string[];
  }>;
}

/** Tokens that the workspace itself gives for a proof. */
function exchangedTokens(
  url: string,
  surroundings: SignInSurroundings,
  { identity, describe, proof }: Exchange,
): RenewedTokens {
  const service = 'Databricks';
  const whoAsked = (): string => `It was asked as ${identity()}. ${describe?.() ?? ''}`.trim();
  const http = tokenClient({ baseUrl: url, service, whoAsked }, surroundings);
  return new RenewedTokens({
    ...surroundings,
    identity,
    async issue(isRenewal) {
      const { fields, ...rest } = await proof();
      const answer = await http.json<TokenAnswer>({
        method: 'POST',
        path: '/oidc/v1/token',
        fields: { scope: 'all-apis', ...fields },
        ...rest,
        purpose: `${isRenewal ? 'renew the sign-in' : 'sign in'} to the workspace ${url}`,
        repeatable: true,
        budgetSeconds: secondsToSignIn,
      });
      return readIssuedToken(service, answer);
    },
  });
}

function unusable(problem: string): InputError {
  return new InputError([{ input: 'connection', problem }]);
}
