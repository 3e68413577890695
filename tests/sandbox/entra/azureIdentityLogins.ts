import {
  AzurePipelinesCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
} from '@azure/identity';

/** What a process of its own logs in with; Node reads extra certificate authorities only when it starts. */
export interface Logins {
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly wrongTenantId: string;
  readonly clientId: string;
  readonly scope: string;
  readonly secret: string;
  /** A file with certificate and key, in PEM. */
  readonly certificatePath: string;
  readonly connectionId: string;
  readonly systemAccessToken: string;
  readonly managedIdentityClientId: string;
}

/** A token with its end in epoch milliseconds, or why there is none. */
export type LoginResult =
  { readonly token: string; readonly expiresOnTimestamp: number } | { readonly name: string; readonly message: string };

const logins = JSON.parse(process.env['LOGINS'] ?? '{}') as Logins;
const { authorityHost, tenantId, clientId, scope } = logins;
const options = { authorityHost, disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 } };

const certificate = new ClientCertificateCredential(tenantId, clientId, logins.certificatePath, options);
const credentials = {
  secret: new ClientSecretCredential(tenantId, clientId, logins.secret, options),
  wrongSecret: new ClientSecretCredential(tenantId, clientId, 'wrong', options),
  wrongTenant: new ClientSecretCredential(logins.wrongTenantId, clientId, logins.secret, options),
  certificate,
  pipelines: new AzurePipelinesCredential(tenantId, clientId, logins.connectionId, logins.systemAccessToken, options),
  otherConnection: new AzurePipelinesCredential(tenantId, clientId, 'other', logins.systemAccessToken, options),
  managedIdentity: new ManagedIdentityCredential({ clientId: logins.managedIdentityClientId, ...options }),
  anyManagedIdentity: new ManagedIdentityCredential({ ...options }),
  otherManagedIdentity: new ManagedIdentityCredential({ clientId: 'other', ...options }),
};

const results: Record<string, LoginResult> = {};
for (const [name, credential] of Object.entries(credentials))
  try {
    const { token, expiresOnTimestamp } = await credential.getToken(scope);
    results[name] = { token, expiresOnTimestamp };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    results[name] = { name: error.name, message: error.message };
  }
// MSAL keeps its assertion: this one comes with the same as before.
results['certificateAgain'] = await certificate.getToken('https://management.azure.com/.default');
process.stdout.write(JSON.stringify(results));
