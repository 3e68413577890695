import { createHash } from 'node:crypto';

/** A service connection that stands in for one of the project's. */
export interface ConnectionOptions {
  readonly name: string;
  /** A GUID; made from the name when absent. */
  readonly id?: string;
  /** Such as `azurerm`; when given, it must be the one that a task's input asks for. */
  readonly type?: string;
  readonly url: string;
  /** The authentication scheme, such as `Token`. */
  readonly scheme: string;
  /** Authorization parameters: secret, but for those that the platform knows to be public. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Fields that are not secret. */
  readonly data?: Readonly<Record<string, string>>;
}

/** A service connection as tasks are given it; `task.setendpoint` may change it. */
export interface Connection {
  readonly id: string;
  readonly name: string;
  readonly type: string | undefined;
  url: string;
  readonly scheme: string;
  readonly parameters: Map<string, string>;
  readonly data: Map<string, string>;
}

/** The id under which every task finds the connection to Azure DevOps itself. */
export const systemConnectionId = 'SYSTEMVSSCONNECTION';

/** Authorization parameters that the agent doesn't mask: those of its `MaskingUtil`. */
const publicParameters = [
  'idtoken',
  'role',
  'scope',
  'tenantid',
  'issuedat',
  'expiresat',
  'audience',
  'authenticationtype',
  'authorizationtype',
  'accesstokentype',
  'accesstokenfetchingmethod',
  'usewindowssecurity',
  'unsecured',
  'oauthaccesstokenissupplied',
  'completecallbackpayload',
  'acceptuntrustedcertificates',
];

/** The id of a connection that may have none of its own. */
export function connectionIdOf({ name, id }: Pick<ConnectionOptions, 'name' | 'id'>): string {
  return id ?? guidOf(name);
}

export function makeConnection(options: ConnectionOptions): Connection {
  const { name, type, url, scheme, parameters, data } = options;
  return {
    id: connectionIdOf(options),
    name,
    type,
    url,
    scheme,
    parameters: new Map(Object.entries(parameters ?? {})),
    data: new Map(Object.entries(data ?? {})),
  };
}

/** By name or by id, as a pipeline may name it. */
export function findConnection(connections: readonly Connection[], reference: string): Connection | undefined {
  const wanted = reference.toLowerCase();
  return connections.find(({ id, name }) => id.toLowerCase() === wanted || name.toLowerCase() === wanted);
}

export function secretsOf({ parameters }: Connection): string[] {
  return [...parameters].filter(([key]) => !publicParameters.includes(key.toLowerCase())).map(([, value]) => value);
}

/** The environment variables through which a task is given a connection. */
export function connectionEnvironment({ id, url, scheme, parameters, data }: Connection): Record<string, string> {
  const environment: Record<string, string> = {
    [`ENDPOINT_URL_${id}`]: url,
    [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ parameters: Object.fromEntries(parameters), scheme }),
    [`ENDPOINT_AUTH_SCHEME_${id}`]: scheme,
    [`ENDPOINT_DATA_${id}`]: JSON.stringify(Object.fromEntries(data)),
  };
  for (const [key, value] of parameters) environment[`ENDPOINT_AUTH_PARAMETER_${id}_${keyPart(key)}`] = value;
  for (const [key, value] of data) environment[`ENDPOINT_DATA_${id}_${keyPart(key)}`] = value;
  return environment;
}

/** A GUID that is always the same for the same text. */
export function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

function keyPart(key: string): string {
  return key.replaceAll(/[. ]/g, '_').toUpperCase();
}
