import type { StoreErrorKind } from './documentStore';

/** What a failed request to the extension data says, over REST or through the frame that the page is in. */
export interface DocumentFailure {
  readonly status: number | undefined;
  readonly typeKey: string | undefined;
  readonly message: string;
}

/** `absent`: there is no such document, or its collection has never been written. */
export type FailureKind = StoreErrorKind | 'absent';

/**
 * By the `typeKey` of the service's errors. Sources: errors in public issues, such as azure-boards-estimate#68 and
 * azure-devops-node-api#162. ExtensionNotInstalledException, UnauthorizedRequestException and AccessCheckException are
 * exceptions of Azure DevOps Server; no answer of the extension data with one of them is known.
 */
const kinds: Readonly<Record<string, FailureKind>> = {
  DocumentCollectionDoesNotExistException: 'absent',
  DocumentDoesNotExistException: 'absent',
  DocumentExistsException: 'exists',
  InvalidDocumentVersionException: 'stale',
  MaximumDocumentSizeException: 'tooLarge',
  InstalledExtensionNotFoundException: 'notInstalled',
  ExtensionNotInstalledException: 'notInstalled',
  UnauthorizedRequestException: 'refused',
  AccessCheckException: 'refused',
};

/**
 * By the number that the message begins with, as in `%error="1660002";%:`, where there is no known `typeKey`. Sources: the
 * issues above for 1660002 and 1660004; the others are the numbers of database errors that Azure DevOps Server maps to the
 * exceptions above, in the class ExtensionDataComponent. None was seen in an answer of the live service by this project.
 */
const numbers: Readonly<Record<string, FailureKind>> = {
  '1660000': 'exists',
  '1660001': 'absent',
  '1660002': 'absent',
  '1660003': 'stale',
  '1660004': 'notInstalled',
};

/** By the status, where nothing else is known. A 404 without a `typeKey` is not an absent document: the route is wrong. */
const statuses: Readonly<Record<number, FailureKind>> = {
  401: 'refused',
  403: 'refused',
  408: 'unreachable',
  409: 'exists',
  412: 'stale',
  413: 'tooLarge',
  429: 'unreachable',
};

/**
 * What is known of a value that a request was rejected with: the JSON of an answer, an Error of an HTTP client, or the
 * plain object that the frame's protocol makes of an error, with the service's own error in `serverError`.
 */
export function readFailure(rejected: unknown): DocumentFailure {
  const own = fieldsOf(rejected);
  const server = fieldsOf(own['serverError']);
  const text = (name: string): string | undefined =>
    [server[name], own[name]].find((value) => typeof value === 'string');
  const status = [own['status'], own['statusCode'], server['status']].find((value) => typeof value === 'number');
  return {
    status,
    typeKey: text('typeKey'),
    message: text('message') || (typeof rejected === 'string' && rejected) || 'Azure DevOps gave no reason.',
  };
}

/** What a failure means: the name of the exception decides before the number, and both before the status. */
export function failureKind({ status, typeKey, message }: DocumentFailure): FailureKind {
  if (typeKey !== undefined && Object.hasOwn(kinds, typeKey)) return kinds[typeKey] ?? 'unknown';
  const number = /%error="(\d+)"/.exec(message)?.[1];
  if (number !== undefined && Object.hasOwn(numbers, number)) return numbers[number] ?? 'unknown';
  // A request that got no answer has the status 0 in a browser.
  if (status === undefined || status === 0) return typeKey === undefined ? 'unreachable' : 'unknown';
  return statuses[status] ?? (status >= 500 ? 'unreachable' : 'unknown');
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return {};
  // The message of an Error is not one of its own enumerable properties.
  const message = value instanceof Error ? { message: value.message } : {};
  return { ...Object.fromEntries(Object.entries(value)), ...message };
}
