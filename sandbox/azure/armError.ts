export interface ArmErrorOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, where a resource provider has one of its own. */
  readonly body?: string;
}

/** An error answer of Azure Resource Manager: `{"error":{"code","message"}}` with an HTTP status. */
export class ArmError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly options: ArmErrorOptions = {},
  ) {
    super(message);
  }
}

/** How Resource Manager writes an error. */
export const errorBody = (code: string, message: string) => JSON.stringify({ error: { code, message } });

export const contentInvalid = (reason: string) =>
  new ArmError(
    400,
    'InvalidRequestContent',
    `The request content was invalid and could not be deserialized: '${reason}'.`,
  );

export const apiVersionMissing = () =>
  new ArmError(
    400,
    'MissingApiVersionParameter',
    'The api-version query parameter (?api-version=) is required for all requests.',
  );

export const typeNotFound = (type: string, apiVersion: string, supported: readonly string[]) => {
  const [namespace = '', ...names] = type.split('/');
  const known = supported.length > 0 ? ` The supported api-versions are '${supported.join(',')}'.` : '';
  return new ArmError(
    404,
    'InvalidResourceType',
    `The resource type '${names.join('/')}' could not be found in the namespace '${namespace}' for api version '${apiVersion}'.${known}`,
  );
};

export const tokenMissing = () =>
  new ArmError(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");

export const tokenInvalid = () => new ArmError(401, 'InvalidAuthenticationToken', 'The access token is invalid.');

/** Times are epoch seconds. */
export const tokenExpired = (expiry: number, now: number) =>
  new ArmError(
    401,
    'ExpiredAuthenticationToken',
    `The access token expiry UTC time '${instant(expiry)}' is earlier than current UTC time '${instant(now)}'.`,
  );

export const tokenOfOtherTenant = (issuer: string, expected: string) =>
  new ArmError(
    401,
    'InvalidAuthenticationTokenTenant',
    `The access token is from the wrong issuer '${issuer}'. It must match the tenant '${expected}' associated with this subscription.`,
  );

export const tokenForOther = (audience: string, allowed: readonly string[]) =>
  new ArmError(
    401,
    'InvalidAuthenticationTokenAudience',
    `The access token has been obtained for wrong audience or resource '${audience}'. It should exactly match with one of the allowed audiences ${allowed.map((each) => `'${each}'`).join(',')}.`,
  );

export const notAllowed = (
  caller: { readonly appId: string; readonly objectId: string },
  action: string,
  scope: string,
) =>
  new ArmError(
    403,
    'AuthorizationFailed',
    `The client '${caller.appId}' with object id '${caller.objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );

export const subscriptionInvalid = (id: string) =>
  new ArmError(400, 'InvalidSubscriptionId', `The provided subscription identifier '${id}' is malformed or invalid.`);

export const subscriptionNotFound = (id: string) =>
  new ArmError(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`);

export const resourceGroupNotFound = (name: string) =>
  new ArmError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);

export const resourceNotFound = (type: string, name: string, resourceGroup: string) =>
  new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );

export const skipTokenInvalid = (token: string) =>
  new ArmError(400, 'InvalidSkipToken', `The skip token '${token}' is invalid.`);

const dateFormat = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
});

/** As .NET writes it in English: `8/21/2018 3:22:00 PM`. */
function instant(seconds: number): string {
  return dateFormat
    .format(seconds * 1000)
    .replace(', ', ' ')
    .replace('\u202f', ' ');
}
