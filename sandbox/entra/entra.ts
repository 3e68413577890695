import { randomUUID } from 'node:crypto';
import type { GenerateKeyPairResult } from 'jose';
import { Faults } from '../http/faults';
import { closeServer, listen, type TlsOptions } from '../http/httpServer';
import { RequestLog } from '../http/requestLog';
import { accessTokenIssuer, AccessTokens } from './accessTokens';
import { answerRequest } from './answer';
import { type Application, Directory, type ManagedIdentity } from './directory';

export interface EntraOptions {
  /** A free port by default. */
  readonly port?: number;
  /** Serves HTTPS at `localhost`. */
  readonly tls?: TlsOptions;
  /** In epoch milliseconds: tokens and assertions live on it. Real time by default. */
  readonly clock?: { now(): number };
  /** How long access tokens live; 3599 by default. */
  readonly tokenSeconds?: number;
  /** The RSA keys of access tokens; new ones by default, which take a moment to make. */
  readonly signingKeys?: GenerateKeyPairResult;
  /** The first is that of everything that names no tenant. One by default. */
  readonly tenantIds?: readonly string[];
  /** What is not said gets a default; ids are random. */
  readonly applications?: readonly Partial<Application>[];
  /** Those of the machine that asks. */
  readonly managedIdentities?: readonly Partial<ManagedIdentity>[];
  /** In PEM: by which the issuers of federated credentials are trusted over HTTPS, instead of those of the system. */
  readonly issuerCa?: string;
  /** Added to every request, in real time. */
  readonly latencyMilliseconds?: number;
  readonly logsBodies?: boolean;
}

/** A running Entra ID, with the instance metadata service on the same port. */
export interface Entra {
  /** The authority host, and the host of the instance metadata service. */
  readonly url: string;
  /** Of the first tenant. */
  readonly tenantId: string;
  /** The keys of all access tokens. */
  readonly jwksUri: string;
  /** The `iss` of the access tokens of a tenant. */
  accessTokenIssuer(tenantId: string): string;
  /** Tenants, applications, managed identities, resources and `tokenSeconds`, which can be changed at any time. */
  readonly directory: Directory;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** Starts the stand-in for Microsoft Entra ID and the Azure instance metadata service on the loopback address. */
export async function startEntra(options: EntraOptions = {}): Promise<Entra> {
  const tenantIds = options.tenantIds ?? [randomUUID()];
  const [tenantId = ''] = tenantIds;
  const directory = new Directory(
    tenantId,
    new Set(tenantIds.map((id) => id.toLowerCase())),
    options.tokenSeconds ?? 3599,
  );
  for (const application of options.applications ?? []) directory.addApplication(application);
  for (const identity of options.managedIdentities ?? []) directory.addManagedIdentity(identity);

  const [faults, requests, tokens] = [new Faults(), new RequestLog(), await AccessTokens.create(options.signingKeys)];
  const { clock = Date, issuerCa } = options;
  const parts = { directory, tokens, clock, issuerCa };
  const { server, url } = await listen(
    {
      answer: (received, trace) => answerRequest(parts, url, received, trace),
      errorBody: (error, message) => JSON.stringify({ error, error_description: message }),
      faults,
      requests,
      latencyMilliseconds: options.latencyMilliseconds ?? 0,
      logsBodies: options.logsBodies ?? false,
      ...(options.tls && { tls: options.tls }),
    },
    options.port ?? 0,
  );
  return {
    url,
    tenantId,
    jwksUri: `${url}/${tenantId}/discovery/v2.0/keys`,
    accessTokenIssuer,
    directory,
    faults,
    requests,
    close: () => closeServer(server),
  };
}
