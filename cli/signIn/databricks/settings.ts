import { isAbsolute, resolve } from 'node:path';
import { TaskError } from '../../../shared/errors';
import { FileError } from '../../../shared/files/fileError';
import { readFileOfMachine } from '../../../shared/files/sourceFile';
import type { SignInContext } from '../request';
import { readIni, type IniSections } from './iniFile';

/** The settings that matter here, with the environment variable and the authentication method that each belongs to. */
const fields = {
  host: { variable: 'DATABRICKS_HOST' },
  token: { variable: 'DATABRICKS_TOKEN', method: 'pat' },
  client_id: { variable: 'DATABRICKS_CLIENT_ID', method: 'oauth' },
  client_secret: { variable: 'DATABRICKS_CLIENT_SECRET', method: 'oauth' },
  auth_type: { variable: 'DATABRICKS_AUTH_TYPE' },
  azure_workspace_resource_id: { variable: 'DATABRICKS_AZURE_RESOURCE_ID', method: 'azure' },
  azure_tenant_id: { variable: 'ARM_TENANT_ID', method: 'azure' },
  azure_environment: { variable: 'ARM_ENVIRONMENT' },
  databricks_cli_path: { variable: 'DATABRICKS_CLI_PATH' },
  // Methods that are not supported are known, so that they are not overlooked.
  username: { variable: 'DATABRICKS_USERNAME', method: 'basic' },
  password: { variable: 'DATABRICKS_PASSWORD', method: 'basic' },
  azure_client_id: { variable: 'ARM_CLIENT_ID', method: 'azure' },
  azure_client_secret: { variable: 'ARM_CLIENT_SECRET', method: 'azure' },
  azure_use_msi: { variable: 'ARM_USE_MSI', method: 'azure' },
  google_service_account: { variable: 'DATABRICKS_GOOGLE_SERVICE_ACCOUNT', method: 'google' },
  google_credentials: { variable: 'GOOGLE_CREDENTIALS', method: 'google' },
  metadata_service_url: { variable: 'DATABRICKS_METADATA_SERVICE_URL', method: 'metadata-service' },
  oidc_token_env: { variable: 'DATABRICKS_OIDC_TOKEN_ENV', method: 'env-oidc' },
  oidc_token_filepath: { variable: 'DATABRICKS_OIDC_TOKEN_FILEPATH', method: 'file-oidc' },
} as const satisfies Readonly<Record<string, { readonly variable: string; readonly method?: string }>>;

export type SettingName = keyof typeof fields;
type Values = Partial<Record<SettingName, string>>;

const secretNames: readonly SettingName[] = [
  ...(['token', 'client_secret', 'password', 'azure_client_secret'] as const),
  ...(['google_credentials', 'metadata_service_url'] as const),
];

/** How to reach a workspace, as the user has configured it for the tools of Databricks. */
export interface DatabricksSettings {
  readonly values: Readonly<Values>;
  /** The profile that values were read from. */
  readonly profile?: string;
  /** Whether that profile was named, not only there. */
  readonly isProfileNamed: boolean;
  readonly file: string;
  readonly isFileMissing: boolean;
  /** The environment variables whose values replace those of a profile that was named. */
  readonly overriding: readonly string[];
}

type Place = Pick<SignInContext, 'options' | 'environment' | 'homeFolder' | 'workingFolder' | 'setSecret'>;

/**
 * Reads the settings: of the options, else the environment, else a profile of `~/.databrickscfg`, each by itself
 * (`Config` of databricks-sdk-py 0.162, `_load_from_env` and `_known_file_config_loader`). The file is not read where
 * the environment names a workspace or credentials and nobody names a profile. The section DEFAULT gives no values to other
 * profiles. Throws a TaskError for a file or settings that cannot be used.
 */
export function databricksSettings(place: Place): DatabricksSettings {
  const { options, environment } = place;
  const values: Values = {};
  const variables: string[] = [];
  if (options.host !== undefined) values.host = options.host;
  for (const [name, { variable }] of entriesOf(fields)) {
    const value = environment[variable] || (name === 'oidc_token_filepath' && environment.DATABRICKS_OIDC_TOKEN_FILE);
    if (!value || values[name] !== undefined) continue;
    values[name] = value;
    variables.push(variable);
  }
  const named = options.profile ?? (environment.DATABRICKS_CONFIG_PROFILE || undefined);
  const file = fileOf(place);
  const isConfigured = entriesOf(fields).some(([name, field]) => 'method' in field && values[name]);
  const usesFile = named !== undefined || !(isConfigured || values.host || values.azure_workspace_resource_id);
  const sections = usesFile ? sectionsOf(file) : undefined;
  const found = sections && profileIn(sections, named, file);
  const overriding: string[] = [];
  for (const [name, value] of found?.settings ?? []) {
    if (!isSettingName(name)) continue;
    if (values[name] === undefined) values[name] = value;
    else if (values[name] !== value) overriding.push(variableOf(name, variables) ?? '--host');
  }
  for (const name of secretNames) if (values[name]) place.setSecret(values[name]);
  if (values.host) values.host = normalHost(values.host);
  checkMethods(values);
  const profile = found?.profile ?? named;
  return {
    values,
    ...(profile !== undefined && { profile }),
    isProfileNamed: named !== undefined || found?.isDefault === false,
    file,
    isFileMissing: usesFile && !sections,
    overriding,
  };
}

function fileOf({ environment, homeFolder, workingFolder }: Place): string {
  const given = environment.DATABRICKS_CONFIG_FILE || '~/.databrickscfg';
  const path = given.replace(/^~(?=$|[/\\])/, () => homeFolder);
  return isAbsolute(path) ? path : resolve(workingFolder, path);
}

const mostBytes = 1024 * 1024;

/** Undefined where there is no file. */
function sectionsOf(file: string): IniSections | undefined {
  let text: string;
  try {
    text = readFileOfMachine(file, mostBytes);
  } catch (error) {
    if (error instanceof FileError && error.isMissing) return undefined;
    throw error;
  }
  return readIni(text, file);
}

interface Profile {
  readonly profile: string;
  readonly settings: ReadonlyMap<string, string>;
  /** Whether it is taken because nobody names another. */
  readonly isDefault: boolean;
}

/** The section for settings of the tools themselves: which profile is used where none is named. */
const ownSettings = '__settings__';

function profileIn(sections: IniSections, given: string | undefined, file: string): Profile | undefined {
  const named = given ?? (sections.get(ownSettings)?.get('default_profile')?.trim() || undefined);
  if (named === ownSettings) throw new TaskError(`'${ownSettings}' is a reserved section of '${file}', not a profile.`);
  const profile = named ?? 'DEFAULT';
  const settings = sections.get(profile);
  const isThere = settings !== undefined && (profile !== 'DEFAULT' || settings.size > 0);
  if (isThere) return { profile, settings, isDefault: named === undefined };
  if (named === undefined) return undefined;
  const others = [...sections.keys()].filter((name) => name !== ownSettings);
  throw new TaskError(
    `'${file}' has no profile '${named}'. ` + (others.length > 0 ? `It has ${others.join(', ')}.` : 'It has none.'),
  );
}

/** With a scheme, and without a slash at its end and the port that https has by itself (`_fix_host_if_needed`). */
function normalHost(given: string): string {
  if (/[\r\n]/.test(given))
    throw new TaskError(
      'The URL of the Databricks workspace has several lines. In the configuration file, a line that is indented deeper than the one above continues its value: remove the spaces in front of it.',
    );
  const full = given.includes('://') ? given : `https://${given}`;
  const [, scheme = '', authority = '', path = '', rest = ''] =
    /^([^:]*):\/\/([^/?#]*)([^?#]*)([^]*)$/.exec(full) ?? [];
  const port = /:(.*)$/.exec(authority.replace(/^.*@/, ''))?.[1];
  if (port && (!/^\d+$/.test(port) || Number(port) > 65_535))
    throw new TaskError('The URL of the Databricks workspace has a port that is not a number of a port.');
  const netloc = port === '443' ? authority.replace(/:443$/, '') : authority;
  return `${scheme.toLowerCase()}://${netloc}${path.replace(/\/+$/, '')}${rest}`;
}

/** The methods for which there are values: the tools of Databricks do not choose between several. */
function checkMethods(values: Values): void {
  if (values.auth_type) return;
  const methods = entriesOf(fields).flatMap(([name, field]) =>
    'method' in field && values[name] !== undefined ? [field.method] : [],
  );
  const different = [...new Set(methods)].sort();
  if (different.length > 1)
    throw new TaskError(
      `More than one way to sign in to Databricks is configured: ${different.join(' and ')}. Remove the settings of all but one, or name it with auth_type (DATABRICKS_AUTH_TYPE).`,
    );
}

function variableOf(name: SettingName, variables: readonly string[]): string | undefined {
  return variables.find((variable) => variable === fields[name].variable);
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(fields, name);
}

function entriesOf<Name extends string, Value>(
  map: Readonly<Record<Name, Value>>,
): readonly (readonly [Name, Value])[] {
  return Object.entries(map) as [Name, Value][];
}
