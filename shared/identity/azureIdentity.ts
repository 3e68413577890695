import type { ServiceConnection } from '../agent/agent';
import type { Context } from '../agent/context';
import { pasted, pastedProblem } from '../agent/pasted';
import { messageOf, UnusableError } from '../errors';
import type { TokenSource } from '../http/tokenSource';
import { azureClouds, type AzureCloud } from './azureCloud';
import { clientAssertion, readClientCertificate } from './clientAssertion';
import { assertionType, entraTokens, type EntraProof, type Resource } from './entraTokens';
import { jobTokens } from './jobToken';
import { managedIdentityTokens } from './managedIdentity';
import { issuerTokens } from './renewedTokens';

/** The identity of an Azure Resource Manager connection. */
export interface AzureIdentity {
  readonly cloud: AzureCloud;
  tokensFor(resource: Resource): TokenSource;
}

/**
 * Reads an Azure Resource Manager connection (azure-pipelines-tasks, `azure-arm-endpoint.ts`). Makes no call. Throws an
 * UnusableError when the connection can't be used.
 */
export function azureIdentity(connection: ServiceConnection, context: Context): AzureIdentity {
  const cloud = cloudOf(connection);
  const { issuer } = connection;
  if (issuer) return { cloud, tokensFor: (resource) => issuerTokens(issuer, resource.id, context) };
  const scheme = connection.scheme.toLowerCase();
  if (scheme === 'managedserviceidentity') {
    const clientId = pasted(connection.data('msiclientId')) ?? pasted(connection.authorization('msiclientId'));
    return { cloud, tokensFor: (resource) => managedIdentityTokens(clientId, resource, context) };
  }
  if (scheme !== 'serviceprincipal' && scheme !== 'workloadidentityfederation')
    throw unusable(
      `has the authentication scheme ${connection.scheme}: it must use workload identity federation, a service ` +
        'principal or a managed identity.',
    );
  const authority = pasted(connection.data('environmentAuthorityUrl')) ?? cloud.authority;
  const clientId = required(connection, 'serviceprincipalid', 'service principal id');
  const tenantId = required(connection, 'tenantid', 'tenant id');
  const proof = scheme === 'serviceprincipal' ? ownProof(connection, clientId, context) : jobProof(connection, context);
  return {
    cloud,
    tokensFor: (resource) => entraTokens({ clientId, tenantId, authority }, proof, resource, context),
  };
}

function cloudOf(connection: ServiceConnection): AzureCloud {
  const name = pasted(connection.data('environment')) ?? 'AzureCloud';
  const cloud = azureClouds.find((known) => known.name.toLowerCase() === name.toLowerCase());
  if (cloud) return cloud;
  throw unusable(`is for the cloud ${name}: it must be for ${azureClouds.map((known) => known.name).join(' or ')}.`);
}

/** The secret or certificate of the connection. */
function ownProof(connection: ServiceConnection, clientId: string, { agent, clock }: Context): EntraProof {
  if (connection.authorization('authenticationType')?.toLowerCase() === 'spncertificate') {
    const pem = required(connection, 'servicePrincipalCertificate', 'certificate');
    agent.setSecret(pem);
    const certificate = certificateOf(pem);
    return {
      means: 'with the certificate of the connection',
      fields(tokenEndpoint) {
        const assertion = clientAssertion(certificate, { clientId, tokenEndpoint }, clock);
        agent.setSecret(assertion);
        return Promise.resolve({ client_assertion_type: assertionType, client_assertion: assertion });
      },
      describe: () => `Its certificate has the thumbprint ${certificate.certificate.fingerprint.replaceAll(':', '')}.`,
    };
  }
  const secret = required(connection, 'serviceprincipalkey', 'client secret');
  const problem = pastedProblem(secret, 'a client secret', 'password');
  if (problem !== undefined) throw unusable(problem);
  agent.setSecret(secret);
  return {
    means: 'with the client secret of the connection',
    fields: () => Promise.resolve({ client_secret: secret }),
  };
}

/** A token of the job: no secret is stored anywhere. */
function jobProof(connection: ServiceConnection, context: Context): EntraProof {
  const tokens = jobTokens(connection, context);
  return {
    means: 'with workload identity federation',
    // A new one each time: it is valid for minutes, and may be used once.
    fields: async () => ({ client_assertion_type: assertionType, client_assertion: await tokens.request() }),
    describe: () => tokens.describe(),
  };
}

function certificateOf(pem: string): ReturnType<typeof readClientCertificate> {
  try {
    return readClientCertificate(pem);
  } catch (error) {
    throw unusable(`has a certificate that can't be used: ${messageOf(error)}.`);
  }
}

function required(connection: ServiceConnection, parameter: string, what: string): string {
  const value = pasted(connection.authorization(parameter));
  if (value === undefined) throw unusable(`has no ${what} (${parameter}).`);
  return value;
}

function unusable(problem: string): UnusableError {
  return new UnusableError('The Azure connection', problem);
}
