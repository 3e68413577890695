/** A refusal of Azure Storage: XML, with the code in a header as well. */
export class BlobError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export function blobErrorBody(code: string, message: string): string {
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${text}</Message></Error>`;
}

export const authenticationFailed = (reason: string): BlobError =>
  new BlobError(
    403,
    'AuthenticationFailed',
    `Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature. ${reason}`,
  );

export const noAuthentication = (): BlobError =>
  new BlobError(
    401,
    'NoAuthenticationInformation',
    'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
    {
      'www-authenticate':
        'Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize resource_id=https://storage.azure.com',
    },
  );

export const notPermitted = (): BlobError =>
  new BlobError(
    403,
    'AuthorizationPermissionMismatch',
    'This request is not authorized to perform this operation using this permission.',
  );

export const firewalled = (): BlobError =>
  new BlobError(403, 'AuthorizationFailure', 'This request is not authorized to perform this operation.');

export const keysNotPermitted = (): BlobError =>
  new BlobError(
    403,
    'KeyBasedAuthenticationNotPermitted',
    'Key based authentication is not permitted on this storage account.',
  );

export const serverBusy = (): BlobError => new BlobError(503, 'ServerBusy', 'The server is busy.');

export const containerNotFound = (): BlobError =>
  new BlobError(404, 'ContainerNotFound', 'The specified container does not exist.');

export const blobNotFound = (): BlobError => new BlobError(404, 'BlobNotFound', 'The specified blob does not exist.');

export const blobExists = (): BlobError =>
  new BlobError(409, 'BlobAlreadyExists', 'The specified blob already exists.');

export const blockListInvalid = (): BlobError =>
  new BlobError(400, 'InvalidBlockList', 'The specified block list is invalid.');

export const headerMissing = (name: string): BlobError =>
  new BlobError(
    400,
    'MissingRequiredHeader',
    `An HTTP header that's mandatory for this request is not specified. ${name}`,
  );

export const requestUnsupported = (): BlobError =>
  new BlobError(400, 'UnsupportedHttpVerb', 'The resource does not support the specified HTTP verb.');
