import { isObject, parseJson } from '../json';

/**
 * Authorization parameters that name somebody or something and prove nothing: those of `MaskingUtil` in
 * azure-pipelines-agent, and what our messages must name. Any other is a secret.
 */
const publicParameters =
  /(^|_)(acceptUntrustedCert\w*|accessTokenFetchingMethod|accessTokenType|audience|authenticationType|authorizationType|azureEnvironment|azureTenantId|clusterContext|completeCallbackPayload|expiresAt|isCreatedFromSecretYaml|issuedAt|oauthAccessTokenIsSupplied|realmName|role|roleBindingName|scope|serverCertThumbprint|serviceAccountCertificate|serviceAccountName|servicePrincipalId|tenantId|unsecured|useWindowsSecurity|userName|workloadIdentityFederation\w+)$/i;

const secretVariables =
  /^(SECRET_.+|SECUREFILE_TICKET_.+|SYSTEM_ACCESSTOKEN|AGENT_PROXYPASSWORD|AGENT_CLIENTCERTPASSWORD)$/i;

/** All secrets that the agent gave a task in its environment: those of its service connections, and the secret variables of the job. */
export function jobSecrets(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(environment).flatMap(([name, value = '']) => {
    const [, parameter] = /^ENDPOINT_AUTH_PARAMETER_(.+)$/i.exec(name) ?? [];
    if (parameter !== undefined) return secretParameter(parameter, value);
    if (/^ENDPOINT_AUTH_(?!SCHEME_)/i.test(name)) return secretsOf(value);
    return secretVariables.test(name) && value !== '' ? [value] : [];
  });
}

/** The authorization of a connection, as `{"scheme": …, "parameters": {…}}`. */
function secretsOf(authorization: string): readonly string[] {
  const value = parsed(authorization);
  // What can't be read may be quoted by the error about it.
  if (!isObject(value)) return authorization === '' ? [] : [authorization];
  const { parameters } = value;
  if (!isObject(parameters)) return [];
  return Object.entries(parameters).flatMap(([name, text]) =>
    typeof text === 'string' ? secretParameter(name, text) : [],
  );
}

function secretParameter(name: string, value: string): readonly string[] {
  return value === '' || /^(true|false)$/i.test(value) || publicParameters.test(name) ? [] : [value];
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined; // The task reports it when it uses the connection.
  }
}
