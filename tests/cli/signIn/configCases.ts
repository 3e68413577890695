import recorded from './recordedConfig.json';

/** A configuration file of Databricks with the options and the environment of a call. */
export interface ConfigCase {
  readonly title: string;
  /** The content of `~/.databrickscfg`; absent where there is no such file. */
  readonly file?: string;
  /** Another place of the file, relative to the home folder, which `DATABRICKS_CONFIG_FILE` names as `~/…`. */
  readonly place?: string;
  readonly profile?: string;
  readonly host?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a loader reads in a case: the settings, or that it refuses them. */
export type ConfigReading =
  { readonly values: Readonly<Record<string, string>>; readonly profile: string | null } | { readonly refused: string };

const dev = '[dev]\nhost = https://dev.example.com\ntoken = dapi-dev\n';
const basic = `[DEFAULT]\nhost = https://default.example.com\ntoken = dapi-default\n\n${dev}`;
const e = (values: Readonly<Record<string, string>>): Pick<ConfigCase, 'environment'> => ({ environment: values });

export const configCases: readonly ConfigCase[] = [
  { title: 'no file, nothing set' },
  { title: 'no file, a profile named', profile: 'dev' },
  { title: 'no file, the environment alone', ...e({ DATABRICKS_HOST: 'x.example.com', DATABRICKS_TOKEN: 'dapi-env' }) },
  { title: 'an empty file', file: '' },
  { title: 'an empty file, a profile named', file: '', profile: 'dev' },
  { title: 'the section DEFAULT', file: basic },
  { title: 'the section DEFAULT by its name', file: basic, profile: 'DEFAULT' },
  { title: 'a profile by the option', file: basic, profile: 'dev' },
  { title: 'a profile by the environment', file: basic, ...e({ DATABRICKS_CONFIG_PROFILE: 'dev' }) },
  { title: 'the option before the environment', file: basic, profile: 'dev', ...e({ DATABRICKS_CONFIG_PROFILE: 'x' }) },
  { title: 'a profile that is not there', file: basic, profile: 'prod' },
  { title: 'a profile in another case', file: basic, profile: 'DEV' },
  { title: 'a default section in another case', file: '[default]\nhost = https://a.example.com\ntoken = t\n' },
  { title: 'DEFAULT without keys', file: `[DEFAULT]\n${dev}` },
  { title: 'DEFAULT without keys by its name', file: `[DEFAULT]\n${dev}`, profile: 'DEFAULT' },
  {
    title: 'no value of DEFAULT in a profile',
    file: '[DEFAULT]\ntoken = dapi-default\n[dev]\nhost = https://dev.example.com\n',
    profile: 'dev',
  },
  { title: 'the default profile of the settings', file: `[__settings__]\ndefault_profile = dev\n${basic}` },
  {
    title: 'a profile named despite the settings',
    file: `[__settings__]\ndefault_profile = dev\n${basic}`,
    profile: 'DEFAULT',
  },
  { title: 'a default profile that is not there', file: `[__settings__]\ndefault_profile = gone\n${basic}` },
  {
    title: 'the settings as a profile',
    file: `[__settings__]\ndefault_profile = dev\n${basic}`,
    profile: '__settings__',
  },
  { title: 'an empty default profile', file: `[__settings__]\ndefault_profile =\n${basic}` },
  { title: 'a token of the environment', file: basic, ...e({ DATABRICKS_TOKEN: 'dapi-env' }) },
  {
    title: 'a token of the environment over that of a profile',
    file: basic,
    profile: 'dev',
    ...e({ DATABRICKS_TOKEN: 'dapi-env' }),
  },
  {
    title: 'a host of the environment over that of a profile',
    file: basic,
    profile: 'dev',
    ...e({ DATABRICKS_HOST: 'https://env.example.com' }),
  },
  { title: 'an empty variable', file: basic, profile: 'dev', ...e({ DATABRICKS_TOKEN: '' }) },
  { title: 'a host by the option', file: basic, host: 'https://option.example.com' },
  { title: 'a host by the option with a profile', file: basic, host: 'option.example.com', profile: 'dev' },
  { title: 'another place of the file', file: basic, place: 'other/my.cfg', profile: 'dev' },
  { title: 'Windows line ends', file: basic.replaceAll('\n', '\r\n'), profile: 'dev' },
  { title: 'line ends of old Macs', file: basic.replaceAll('\n', '\r'), profile: 'dev' },
  { title: 'no line end at the end', file: basic.trimEnd(), profile: 'dev' },
  { title: 'comments', file: `# one\n; two\n[dev] # three\n  # four\n${dev.slice(6)}; five\n`, profile: 'dev' },
  {
    title: 'a comment behind a value',
    file: '[dev]\nhost = https://a.example.com # mine\ntoken = t ; x\n',
    profile: 'dev',
  },
  { title: 'a number sign in a value', file: '[dev]\nhost = https://a.example.com\ntoken = a#b;c\n', profile: 'dev' },
  { title: 'no spaces', file: '[dev]\nhost=https://a.example.com\ntoken=t\n', profile: 'dev' },
  { title: 'many spaces', file: '[dev]\nhost  \t =  https://a.example.com  \t\ntoken\t=\tt  \n', profile: 'dev' },
  { title: 'colons', file: '[dev]\nhost: https://a.example.com\ntoken : t\n', profile: 'dev' },
  { title: 'equal signs in a value', file: '[dev]\nhost = https://a.example.com\ntoken = a=b==\n', profile: 'dev' },
  { title: 'names in capitals', file: '[dev]\nHOST = https://a.example.com\nToken = t\n', profile: 'dev' },
  { title: 'spaces in a section name', file: '[ dev ]\nhost = https://a.example.com\ntoken = t\n', profile: 'dev' },
  {
    title: 'a section name of several words',
    file: '[my dev]\nhost = https://a.example.com\ntoken = t\n',
    profile: 'my dev',
  },
  { title: 'an indented section', file: '  [dev]\n  host = https://a.example.com\n  token = t\n', profile: 'dev' },
  {
    title: 'a name indented deeper than the one above',
    file: '[dev]\nhost = https://a.example.com\n  token = t\n',
    profile: 'dev',
  },
  { title: 'a value in two lines', file: '[dev]\nhost = https://a.example.com\ntoken =\n  dapi-two\n', profile: 'dev' },
  {
    title: 'an empty line in a value',
    file: '[dev]\ntoken = a\n\n  b\nhost = https://a.example.com\n',
    profile: 'dev',
  },
  { title: 'a name twice', file: '[dev]\nhost = https://a.example.com\ntoken = a\ntoken = b\n', profile: 'dev' },
  {
    title: 'a name twice in different cases',
    file: '[dev]\nhost = https://a.example.com\ntoken = a\nTOKEN = b\n',
    profile: 'dev',
  },
  { title: 'a section twice', file: `${dev}${dev}`, profile: 'dev' },
  { title: 'DEFAULT twice', file: '[DEFAULT]\nhost = https://a.example.com\n[DEFAULT]\ntoken = t\n' },
  { title: 'a name twice in DEFAULT twice', file: '[DEFAULT]\ntoken = a\n[DEFAULT]\ntoken = b\n' },
  { title: 'a line above the first section', file: `host = https://a.example.com\n${dev}`, profile: 'dev' },
  { title: 'a line without a value', file: '[dev]\nhost = https://a.example.com\ntoken\n', profile: 'dev' },
  { title: 'a line without a name', file: '[dev]\nhost = https://a.example.com\n= t\n', profile: 'dev' },
  { title: 'a bad line in another section', file: `[other]\nnonsense\n${dev}`, profile: 'dev' },
  { title: 'a header that is not closed', file: '[dev\nhost = https://a.example.com\n', profile: 'dev' },
  { title: 'an empty token', file: '[dev]\nhost = https://a.example.com\ntoken =\n', profile: 'dev' },
  { title: 'a percent sign', file: '[dev]\nhost = https://a.example.com\ntoken = 100%(x)s\n', profile: 'dev' },
  { title: 'names that nothing here uses', file: `${dev}cluster_id = 1\nsomething = else\n`, profile: 'dev' },
  { title: 'a byte order mark', file: `\uFEFF${dev}`, profile: 'dev' },
  { title: 'quotation marks', file: '[dev]\nhost = "https://a.example.com"\ntoken = \'t\'\n', profile: 'dev' },
  { title: 'a quotation mark on one side', file: '[dev]\nhost = https://a.example.com\ntoken = "t\n', profile: 'dev' },
  {
    title: 'OAuth of a service principal',
    file: '[sp]\nhost = a.example.com\nclient_id = id\nclient_secret = s\n',
    profile: 'sp',
  },
  { title: 'a token and OAuth', file: `${dev}client_id = id\nclient_secret = s\n`, profile: 'dev' },
  { title: 'a token and OAuth, one of them chosen', file: `${dev}client_id = id\nauth_type = pat\n`, profile: 'dev' },
  {
    title: 'a token and OAuth, chosen by the environment',
    file: `${dev}client_id = id\n`,
    profile: 'dev',
    ...e({ DATABRICKS_AUTH_TYPE: 'oauth-m2m' }),
  },
  {
    title: 'a token and the tenant of the environment',
    file: basic,
    profile: 'dev',
    ...e({ ARM_TENANT_ID: 'contoso' }),
  },
  { title: 'the tenant of the environment hides the file', file: basic, ...e({ ARM_TENANT_ID: 'contoso' }) },
  {
    title: 'the Databricks CLI',
    file: '[u]\nhost = https://a.example.com\nauth_type = databricks-cli\n',
    profile: 'u',
  },
  {
    title: 'an Azure workspace by its resource id',
    file: '[az]\nhost = https://adb-1.2.azuredatabricks.net\nazure_workspace_resource_id = /subscriptions/s\nazure_tenant_id = t\n',
    profile: 'az',
  },
  { title: 'a host without a scheme', file: '[dev]\nhost = a.example.com\ntoken = t\n', profile: 'dev' },
  { title: 'a host with a slash', file: '[dev]\nhost = https://a.example.com//\ntoken = t\n', profile: 'dev' },
  {
    title: 'a host with a page',
    file: '[dev]\nhost = https://a.example.com/?o=123#job/1\ntoken = t\n',
    profile: 'dev',
  },
  {
    title: 'a host with its usual port',
    file: '[dev]\nhost = https://a.example.com:443/\ntoken = t\n',
    profile: 'dev',
  },
  { title: 'a host with a port', file: '[dev]\nhost = https://a.example.com:8443/\ntoken = t\n', profile: 'dev' },
  { title: 'a host in capitals', file: '[dev]\nhost = HTTPS://A.Example.com/\ntoken = t\n', profile: 'dev' },
  { title: 'a host with a bad port', file: '[dev]\nhost = https://a.example.com:abc\ntoken = t\n', profile: 'dev' },
];

/** Why this product reads a case differently from the SDK for Python, and what it reads. */
export const differences: Readonly<Record<string, { readonly why: string; readonly reading: ConfigReading }>> = {
  'a byte order mark': {
    why: 'The Databricks CLI reads such a file, which editors of Windows write; the SDK for Python refuses it.',
    reading: { values: { host: 'https://dev.example.com', token: 'dapi-dev' }, profile: 'dev' },
  },
  'a name indented deeper than the one above': {
    why: 'The SDK for Python joins the lines to one host, which would be asked for its address.',
    reading: { refused: 'several lines' },
  },
  'quotation marks': {
    why: 'The Databricks CLI removes them; the SDK for Python keeps them in the URL, which then is not one.',
    reading: { values: { host: 'https://a.example.com', token: 't' }, profile: 'dev' },
  },
};

/** What databricks-sdk 0.162.0 for Python read, by the titles of the cases; tests/optional compares it with the SDK itself. */
export const recordedReadings: Readonly<Record<string, ConfigReading>> = recorded;
