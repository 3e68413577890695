import type { ServiceConnection, TokenIssuer } from '../../../shared/agent/agent';
import { azureCliTokens, databricksCliTokens, firstOf } from '../programs/tokenPrograms';
import type { SignInContext } from '../request';
import { noDatabricksCredentials, SignInRequired } from '../signInRequired';
import { databricksSettings, type DatabricksSettings } from './settings';

/** The application of Azure Databricks in Microsoft Entra ID, the same in all clouds. */
const azureDatabricks = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d';

/** A workspace and the credentials for it, as a connection of the type `databricksworkspace` has them. */
export type DatabricksCredentials = Omit<ServiceConnection, 'id'> & {
  /** Where they come from, for people: `profile dev, personal access token`. */
  readonly source: string;
};

/**
 * Finds the credentials of a workspace. Runs no program: that is left to the first token. Throws a SignInRequired when there
 * are none, or none that are supported.
 */
export function databricksCredentials(context: SignInContext): DatabricksCredentials {
  const settings = settingsOf(context);
  const { host, auth_type: authType } = settings.values;
  const choice = chosen(settings, context);
  if (choice === undefined) throw noDatabricksCredentials(missing(settings));
  if (!host)
    throw noDatabricksCredentials(`There are credentials for Databricks, but no workspace. ${missing(settings)}`);
  const source = [placeOf(settings), choice.means].filter(Boolean).join(', ');
  const replaced = settings.isProfileNamed ? settings.overriding : [];
  context.note(`Databricks: ${source}, ${host}`);
  if (replaced.length > 0)
    context.note(`${replaced.join(' and ')} replaced values of profile ${settings.profile ?? 'DEFAULT'}.`);
  const { scheme, parameters = {}, issuer } = choice;
  return {
    url: host,
    scheme,
    source,
    authorization: (name) => parameters[name],
    data: (name) => (name === 'clientId' ? parameters.clientId : undefined),
    ...(issuer && { issuer }),
  };

  function settingsOf(place: SignInContext): DatabricksSettings {
    try {
      return databricksSettings(place);
    } catch (error) {
      // What is wrong with the settings is the reason why nobody can sign in.
      if (error instanceof Error && error.name.endsWith('Error'))
        throw new SignInRequired(error.message, { cause: error });
      throw error;
    }
  }

  function missing({ isFileMissing, file, profile, isProfileNamed, values }: DatabricksSettings): string {
    if (isFileMissing && isProfileNamed)
      return `Profile '${profile ?? ''}' is not configured: '${file}' does not exist.`;
    if (values.host) return `No credentials are configured for ${values.host}${authType ? ` and ${authType}` : ''}.`;
    return isFileMissing
      ? `No Databricks workspace is configured: DATABRICKS_HOST is not set, and '${file}' does not exist.`
      : `No Databricks workspace is configured in ${profile === undefined ? 'the environment' : `profile ${profile}`}.`;
  }
}

interface Choice {
  /** `personal access token` */
  readonly means: string;
  readonly scheme: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly issuer?: TokenIssuer;
}

/** In the order of the SDKs of Databricks, or as `auth_type` says. */
function chosen(settings: DatabricksSettings, context: SignInContext): Choice | undefined {
  const { host, token, client_id: clientId, client_secret: secret, auth_type: type } = settings.values;
  if (context.options.azure && host) return azureCli(settings, context);
  const isChosen = (name: string): boolean => !type || type.toLowerCase() === name;
  refuseUnsupported(settings);
  if (isChosen('pat') && token)
    return { means: 'personal access token', scheme: 'Token', parameters: { apitoken: token } };
  if (isChosen('oauth-m2m') && clientId && secret) {
    const parameters = { clientId, username: clientId, password: secret };
    return { means: `OAuth of service principal ${clientId}`, scheme: 'UsernamePassword', parameters };
  }
  if (!host) return undefined;
  if (type?.toLowerCase() === 'azure-cli') return azureCli(settings, context);
  if (type?.toLowerCase() === 'databricks-cli') return databricksCli(settings, context);
  if (type || clientId || secret) return undefined;
  return isAzure(settings) ? eitherCli(settings, context) : databricksCli(settings, context);
}

const supported = 'pat, oauth-m2m, databricks-cli and azure-cli';

function refuseUnsupported({ values }: DatabricksSettings): void {
  const { auth_type: type, username, password, azure_client_secret: azureSecret } = values;
  if (type && !supported.split(/, | and /).includes(type.toLowerCase()))
    throw noDatabricksCredentials(
      `The authentication type '${type}' (auth_type or DATABRICKS_AUTH_TYPE) is not supported here: ${supported} are.`,
    );
  if (type) return;
  if (username || password)
    throw noDatabricksCredentials('Databricks no longer accepts user names and passwords (DATABRICKS_USERNAME).');
  if (azureSecret || values.azure_client_id || values.azure_use_msi)
    throw noDatabricksCredentials(
      'A service principal of Microsoft Entra ID or a managed identity signs in through the Azure CLI: run az login --service-principal or az login --identity, and set DATABRICKS_AUTH_TYPE to azure-cli.',
    );
  const others = ['google_credentials', 'google_service_account', 'metadata_service_url'] as const;
  const other = [...others, 'oidc_token_env', 'oidc_token_filepath'] as const;
  const found = other.find((name) => values[name]);
  if (found) throw noDatabricksCredentials(`The setting ${found} of Databricks is not supported here.`);
}

/** The endings of the hosts of Azure Databricks in each cloud (`environments.py` of databricks-sdk-py). */
const azureHost = /\.(?:azuredatabricks\.net|databricks\.azure\.(?:us|cn))(?::\d+)?(?:[/?#]|$)/i;

function isAzure({ values }: DatabricksSettings): boolean {
  return values.azure_workspace_resource_id !== undefined || azureHost.test(values.host ?? '');
}

function azureCli(settings: DatabricksSettings, context: SignInContext): Choice {
  return { means: 'Azure CLI', scheme: 'AzureCli', issuer: azureIssuer(settings, context) };
}

function azureIssuer({ values }: DatabricksSettings, context: SignInContext): TokenIssuer {
  const { tenant = values.azure_tenant_id, subscription } = context.options;
  const tokens = azureCliTokens({ tenant, subscription }, context);
  return {
    get identity() {
      return tokens.identity;
    },
    issue: (_workspace, signal) => tokens.issue(azureDatabricks, signal),
  };
}

function databricksCli(settings: DatabricksSettings, context: SignInContext): Choice {
  return { means: 'Databricks CLI', scheme: 'DatabricksCli', issuer: databricksIssuer(settings, context) };
}

function databricksIssuer({ values, profile, overriding }: DatabricksSettings, context: SignInContext): TokenIssuer {
  const { host = '', databricks_cli_path: program } = values;
  // The profile of the file is for its own host.
  const isOfProfile = profile !== undefined && overriding.length === 0;
  return databricksCliTokens(isOfProfile ? { profile } : { host }, program, context);
}

/** For a workspace of Azure without a choice: the Azure CLI first. */
function eitherCli(settings: DatabricksSettings, context: SignInContext): Choice {
  const issuers = [azureIssuer(settings, context), databricksIssuer(settings, context)];
  const issuer = firstOf(issuers, (problem) =>
    noDatabricksCredentials(`Nobody is signed in to ${settings.values.host ?? 'Databricks'}.\n${problem}`),
  );
  return { means: 'Azure CLI or Databricks CLI', scheme: 'AzureCli', issuer };
}

function placeOf({ profile, values }: DatabricksSettings): string {
  if (profile !== undefined) return `profile ${profile}`;
  return values.token || values.client_id ? 'the environment' : '';
}
