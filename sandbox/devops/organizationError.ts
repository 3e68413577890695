import { reportDefect } from '../http/fetchJson';

/** What an error answer has besides its status and its body. */
export interface ErrorFace {
  readonly headers?: Readonly<Record<string, string>>;
  /** The body starts with a byte order mark. */
  readonly hasByteOrderMark?: boolean;
  readonly contentType?: string;
}

/** An error answer of Azure DevOps. */
export class OrganizationError extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
    /** A text is sent as it is, everything else as JSON. */
    readonly body: object | string,
    readonly face: ErrorFace = {},
  ) {
    super(message);
  }
}

/** Assemblies that are not called as the namespace is. */
const assemblies: Readonly<Record<string, string>> = {
  'Microsoft.TeamFoundation.Build.WebApi': 'Microsoft.TeamFoundation.Build2.WebApi',
  'Microsoft.Azure.Boards.Agile.Common.Exceptions': 'Microsoft.Azure.Boards.Agile.Common',
};

/** How Azure DevOps writes an exception of its own; `typeName` is that of the class, with its namespace. */
export function exceptionBody(typeName: string, message: string): object {
  const [, namespace = typeName, typeKey = typeName] = /^(.+)\.(.+)$/.exec(typeName) ?? [];
  return {
    $id: '1',
    innerException: null,
    message,
    typeName: `${typeName}, ${assemblies[namespace] ?? namespace}`,
    typeKey,
    errorCode: 0,
    eventId: 3000,
  };
}

/** An exception of the service, which clients know by `typeKey`: the name of its class without the namespace. */
export function exception(
  status: number,
  typeName: string,
  message: string,
  further: Readonly<Record<string, unknown>> = {},
): OrganizationError {
  return new OrganizationError(status, typeName.split('.').at(-1) ?? typeName, message, {
    ...exceptionBody(typeName, message),
    ...further,
  });
}

/** How the web server beneath it writes what is wrong with a request. */
function plain(status: number, errorCode: string, message: string): OrganizationError {
  return new OrganizationError(status, errorCode, message, { count: 1, value: { Message: message } });
}

const webApi = 'Microsoft.VisualStudio.Services.WebApi';

/** The id is the one that Azure DevOps gives to nobody. */
export const unauthorized = () =>
  exception(
    401,
    'Microsoft.TeamFoundation.Framework.Server.UnauthorizedRequestException',
    "TF400813: The user 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa' is not authorized to access this resource.",
  );

export const versionMissing = (method: string) =>
  exception(
    400,
    `${webApi}.VssVersionNotSpecifiedException`,
    `No api-version was supplied for the "${method}" request. The version must be supplied either as part of the Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").`,
  );

export const versionInvalid = (version: string) =>
  exception(
    400,
    `${webApi}.InvalidApiVersionException`,
    `The api-version '${version}' is not valid. It is a number such as 7.1, or 7.2-preview for what is under preview.`,
  );

export const versionInPreview = (version: string) =>
  exception(
    400,
    `${webApi}.VssInvalidPreviewVersionException`,
    `The requested version "${version}" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: "${version}-preview"`,
  );

export const versionTooHigh = (version: string, latest: string) =>
  exception(
    400,
    `${webApi}.VssVersionOutOfRangeException`,
    `The requested REST API version of ${version} is out of range for this server. The latest REST API version this server supports is ${latest}.`,
  );

export const versionTooLow = (version: string, oldest: string) =>
  exception(
    400,
    `${webApi}.VssVersionOutOfRangeException`,
    `The requested REST API version of ${version} is out of range for this server. The oldest REST API version of this resource is ${oldest}.`,
  );

export const resourceVersionTooHigh = (version: string, latest: number) =>
  exception(
    400,
    `${webApi}.VssInvalidPreviewVersionException`,
    `The requested version "${version}" is not supported. The latest version of this resource is -preview.${latest}.`,
  );

export const bodyInvalid = (reason: string) =>
  exception(400, 'Newtonsoft.Json.JsonReaderException', `The body of the request is not valid JSON: ${reason}`);

export const argumentMissing = (name: string) =>
  exception(400, 'System.ArgumentNullException', `Value cannot be null. (Parameter '${name}')`);

export const argumentInvalid = (name: string, message: string) =>
  exception(400, 'System.ArgumentException', `${message} (Parameter '${name}')`);

export const methodNotAllowed = (method: string) =>
  plain(405, 'MethodNotAllowed', `The requested resource does not support http method '${method}'.`);

export const mediaTypeNotSupported = (mediaType: string | undefined) =>
  plain(
    415,
    'UnsupportedMediaType',
    mediaType === undefined
      ? "The request contains an entity body but no Content-Type header. The inferred media type 'application/octet-stream' is not supported for this resource."
      : `The request entity's media type '${mediaType}' is not supported for this resource.`,
  );

export const notFound = (path: string) =>
  exception(
    404,
    'System.Web.HttpException',
    `The controller for path '${path}' was not found or does not implement IController.`,
  );

export const jobNotFound = (planId: string) =>
  exception(
    404,
    'Microsoft.TeamFoundation.DistributedTask.WebApi.TaskOrchestrationPlanNotFoundException',
    `No plan found for identifier ${planId}, or it has no such job.`,
  );

export const notAGuid = (id: string) =>
  plain(400, 'BadRequest', `The request is invalid: serviceConnectionId '${id}' is not a GUID.`);

export const connectionNotFound = (id: string) =>
  exception(
    404,
    'Microsoft.TeamFoundation.DistributedTask.WebApi.ServiceEndpointNotFoundException',
    `The service connection ${id} does not exist or has been disabled.`,
  );

/** The text and its strange envelope, a list of characters, are from dotnet/docker-tools issue 2012. */
export function connectionNotReferenced(id: string, stage: string, job: string): OrganizationError {
  const message = `There is no explicit reference to service connection ${id} from current stage ${stage}.${job}.__default.`;
  return new OrganizationError(404, 'ConnectionNotReferenced', message, { count: message.length, value: message });
}

/** How the web server answers a path that no resource has: a text, which a header repeats. */
export function controllerNotFound(path: string): OrganizationError {
  const message = `The controller for path '${path}' was not found or does not implement IController.`;
  return new OrganizationError(404, 'HttpException', message, message, {
    contentType: 'text/plain; charset=utf-8',
    headers: { 'x-tfs-serviceerror': encodeURIComponent(message) },
  });
}

/** A token that is expired or revoked, or lacks the scope. */
export const tokenUnusable = (origin: string) =>
  new OrganizationError(401, 'Unauthorized', 'The token is expired, revoked or lacks a scope.', '', {
    contentType: '',
    headers: { 'www-authenticate': `Basic realm="${origin}/"` },
  });

/** A bearer token that is not one of the organisation or of its tenant, or whose identity is in no organisation. */
export function bearerRefused(tenantId: string): OrganizationError {
  const message = 'TF400813: The user is not authorized to access this resource. ';
  const typeName = 'Microsoft.TeamFoundation.Framework.Server.InvalidIdentityException';
  return new OrganizationError(401, 'InvalidIdentityException', message, exceptionBody(typeName, message), {
    hasByteOrderMark: true,
    headers: {
      'www-authenticate': `Bearer authorization_uri=https://login.microsoftonline.com/${tenantId}`,
      'x-tfs-serviceerror': encodeURIComponent(message),
    },
  });
}

/** A defect of the stand-in itself: on its console, and as Azure DevOps would say it. */
export function unexpected(thrown: unknown): OrganizationError {
  reportDefect(thrown);
  const message = `Internal error of the sandbox: ${String(thrown)}`;
  return new OrganizationError(500, 'Exception', message, exceptionBody('System.Exception', message));
}
