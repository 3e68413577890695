import type { ServiceConnection } from '../agent/agent';
import { InputError, messageOf } from '../errors';
import type { TokenSource } from '../http/tokenSource';
import { azureClouds, type AzureCloud } from './azureCloud';
import { clientAssertion, readClientCertificate } from './clientAssertion';
import { assertionType, entraTokens, type EntraProof, type Resource } from './entraTokens';
import { jobTokens } from './jobToken';
import { managedIdentityTokens } from './managedIdentity';
import type { SignInSurroundings } from './signIn';

/** Who an Azure Resource Manager connection signs in as. */
export interface AzureIdentity {
  readonly cloud: AzureCloud;
  tokensFor(resource: Resource): TokenSource;
}

/**
 * Reads an Azure Resource Manager connection (azure-pipelines-tasks, `azure-arm-endpoint.ts`). Makes no call. Throws an
 * InputError that says all that is wrong with it.
 */
export function azureIdentity(connection: ServiceConnection, surroundings: SignInSurroundings): AzureIdentity {
  const cloud = cloudOf(connection);
  const scheme = connection.scheme.toLowerCase();
  if (scheme === 'managedserviceidentity') {
    const clientId = connection.data('msiclientId') ?? connection.authorization('msiclientId');
    return { cloud, tokensFor: (resource) => managedIdentityTokens(clientId, resource, surroundings) };
  }
  if (scheme !== 'serviceprincipal' && scheme !== 'workloadidentityfederation')
    throw unusable(
      `names an Azure connection of the kind ${connection.scheme}: it must sign in by workload identity federation, a ` +
        'service principal or a managed identity.',
    );
  const authority = connection.data('environmentAuthorityUrl') ?? cloud.authority;
  const clientId = required(connection, 'serviceprincipalid', 'the id of a service principal');
  const tenantId = required(connection, 'tenantid', 'a tenant id');
  const proof =
    scheme === 'serviceprincipal' ? ownProof(connection, clientId, surroundings) : jobProof(connection, surroundings);
  return {
    cloud,
    tokensFor: (resource) => entraTokens({ clientId, tenantId, authority }, proof, resource, surroundings),
  };
}

function cloudOf(connection: ServiceConnection): AzureCloud {
  const name = connection.data('environment') ?? 'AzureCloud';
  const cloud = azureClouds.find((known) => known.name.toLowerCase() === name.toLowerCase());
  if (cloud) return cloud;
  throw unusable(`names a connection to ${name}: only ${azureClouds.map((known) => known.name).join(', ')} are known.`);
}

/** By a secret or a certificate that the connection holds. */
function ownProof(connection: ServiceConnection, clientId: string, { agent, clock }: SignInSurroundings): EntraProof {
  if (connection.authorization('authenticationType')?.toLowerCase() === 'spncertificate') {
    const pem = required(connection, 'servicePrincipalCertificate', 'a certificate');
    // The agent masks single lines only.
    for (const line of pem.split(/\s*\n\s*/)) if (line && !line.startsWith('-----')) agent.setSecret(line);
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
  const secret = required(connection, 'serviceprincipalkey', 'a client secret');
  agent.setSecret(secret);
  return {
    means: 'with the client secret of the connection',
    fields: () => Promise.resolve({ client_secret: secret }),
  };
}

/** By a token of the job: no secret anywhere. */
function jobProof(connection: ServiceConnection, surroundings: SignInSurroundings): EntraProof {
  const tokens = jobTokens(connection, surroundings);
  return {
    means: 'by workload identity federation',
    // A new one each time: it is good for minutes, and may be used once.
    fields: async () => ({ client_assertion_type: assertionType, client_assertion: await tokens.request() }),
    describe: () => tokens.describe(),
  };
}

function certificateOf(pem: string): ReturnType<typeof readClientCertificate> {
  try {
    return readClientCertificate(pem);
  } catch (error) {
    throw unusable(`names a connection whose certificate can't be used: ${messageOf(error)}.`);
  }
}

function required(connection: ServiceConnection, parameter: string, what: string): string {
  const value = connection.authorization(parameter);
  if (value === undefined) throw unusable(`names a connection without ${what} (${parameter}).`);
  return value;
}

function unusable(problem: string): InputError {
  return new InputError([{ input: 'azureConnection', problem }]);
}
