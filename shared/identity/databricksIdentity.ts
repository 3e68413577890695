import type { ServiceConnection } from '../agent/agent';
import type { Context } from '../agent/context';
import { pasted, pastedProblem } from '../agent/pasted';
import { UnusableError } from '../errors';
import type { TokenSource } from '../http/tokenSource';
import { FixedToken } from './fixedToken';
import { issuedToken } from './issuedToken';
import { jobTokens } from './jobToken';
import { issuerTokens, RenewedTokens } from './renewedTokens';
import { databricksTokenDialect } from './dialect';
import { secondsToSignIn, tokenClient } from './signIn';

/**
 * Reads a connection of our own type: a personal access token, a service principal with its OAuth secret, or token
 * federation. Makes no call. Throws an UnusableError when the connection lacks what its scheme needs.
 */
export function databricksIdentity(
  connection: ServiceConnection,
  /** The workspace. */
  url: string,
  context: Context,
  /** Of every call to the workspace. */
  headers: Readonly<Record<string, string>> = {},
): TokenSource {
  if (connection.issuer) return issuerTokens(connection.issuer, url, context);
  const workspace = { url, headers };
  const clientId = pasted(connection.data('clientId')) ?? pasted(connection.authorization('username'));
  switch (connection.scheme.toLowerCase()) {
    case 'token': {
      const token = pasted(connection.authorization('apitoken'));
      if (token === undefined) throw unusable('has no personal access token.');
      refuse(pastedProblem(token, 'a personal access token', 'token'));
      return new FixedToken('the personal access token of the service connection', token, context.agent);
    }
    case 'usernamepassword': {
      const secret = pasted(connection.authorization('password'));
      if (secret === undefined) throw unusable('has no OAuth secret.');
      refuse(pastedProblem(secret, 'an OAuth secret', 'password'));
      if (clientId === undefined) throw unusable('has no client ID of a service principal.');
      return servicePrincipalTokens(workspace, clientId, secret, context);
    }
    case 'none':
      return federatedTokens(workspace, clientId, connection, context);
    default:
      throw unusable(
        `has the authentication scheme ${connection.scheme}: it must use a token, a service principal or token federation.`,
      );
  }
}

interface Workspace {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw unusable(problem);
}

/** https://docs.databricks.com/dev-tools/auth/oauth-m2m */
function servicePrincipalTokens(
  workspace: Workspace,
  clientId: string,
  secret: string,
  context: Context,
): RenewedTokens {
  const basic = Buffer.from(`${clientId}:${secret}`).toString('base64');
  for (const each of [secret, basic]) context.agent.setSecret(each);
  return exchangedTokens(workspace, context, {
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
  workspace: Workspace,
  /** Without it, the account itself needs a federation policy for the job. */
  clientId: string | undefined,
  connection: ServiceConnection,
  context: Context,
): RenewedTokens {
  const tokens = jobTokens(connection, context);
  const who =
    clientId === undefined
      ? 'the principal that the federation policy of the account names'
      : `service principal ${clientId}`;
  return exchangedTokens(workspace, context, {
    identity: () => `${who}, with token federation`,
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

/** Tokens that the workspace itself issues for a proof. */
function exchangedTokens(
  { url, headers }: Workspace,
  context: Context,
  { identity, describe, proof }: Exchange,
): RenewedTokens {
  const service = 'Databricks';
  const whoAsked = (): string => `The token was requested as ${identity()}. ${describe?.() ?? ''}`.trim();
  const http = tokenClient({ baseUrl: url, service, dialect: databricksTokenDialect, headers, whoAsked }, context);
  return new RenewedTokens({
    ...context,
    identity,
    async issue(isRenewal) {
      const { fields, ...rest } = await proof();
      return await http.json(
        {
          method: 'POST',
          path: '/oidc/v1/token',
          fields: { scope: 'all-apis', ...fields },
          ...rest,
          purpose: `${isRenewal ? 'renew the sign-in' : 'sign in'} to the workspace ${url}`,
          repeatable: true,
          hasSecretAnswer: true,
          budgetSeconds: secondsToSignIn,
        },
        issuedToken,
      );
    },
  });
}

function unusable(problem: string): UnusableError {
  return new UnusableError('The Databricks connection', problem);
}
