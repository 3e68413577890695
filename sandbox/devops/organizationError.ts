/** An error answer of Azure DevOps. */
export class OrganizationError extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
    readonly body: object,
  ) {
    super(message);
  }
}

/** How Azure DevOps writes an exception of its own; `typeName` is that of the class, with its namespace. */
export function exceptionBody(typeName: string, message: string): object {
  const [, namespace = typeName, typeKey = typeName] = /^(.+)\.(.+)$/.exec(typeName) ?? [];
  return {
    $id: '1',
    innerException: null,
    message,
    typeName: `${typeName}, ${namespace}`,
    typeKey,
    errorCode: 0,
    eventId: 3000,
  };
}

function exception(status: number, typeName: string, message: string): OrganizationError {
  return new OrganizationError(
    status,
    typeName.split('.').at(-1) ?? typeName,
    message,
    exceptionBody(typeName, message),
  );
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

export const versionMissing = () =>
  exception(
    400,
    `${webApi}.VssVersionNotSpecifiedException`,
    'No api-version was supplied for the "POST" request. The version must be supplied either as part of the Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").',
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
