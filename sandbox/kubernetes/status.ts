import type { JsonObject } from './json';

/** What names a kind in messages: `deployments.apps`, `Deployment.apps`. */
export interface Named {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

export type Cause = { reason: string; message: string; field?: string };

type Details = { name?: string; group?: string; kind?: string; causes?: Cause[]; retryAfterSeconds?: number };

/** An error answer of the API server: a `Status` object with an HTTP status. */
export class StatusError extends Error {
  constructor(
    readonly code: number,
    /** Machine readable; empty where the server gives none. */
    readonly reason: string,
    message: string,
    readonly details: Details = {},
  ) {
    super(message);
  }

  toJson(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason && { reason: this.reason }),
      ...(Object.keys(this.details).length > 0 && { details: this.details }),
      code: this.code,
    };
  }
}

const withGroup = (name: string, group: string) => (group ? `${name}.${group}` : name);
const detailsOf = ({ group, plural }: Named, name: string): Details => ({
  ...(name && { name }),
  ...(group && { group }),
  kind: plural,
});
const titled = (type: Named, name: string) => `${withGroup(type.plural, type.group)}${name && ` "${name}"`}`;

export const notFound = (type: Named, name: string) =>
  new StatusError(404, 'NotFound', `${titled(type, name)} not found`, detailsOf(type, name));

export const unknownPath = () => new StatusError(404, 'NotFound', 'the server could not find the requested resource');

export const alreadyExists = (type: Named, name: string) =>
  new StatusError(409, 'AlreadyExists', `${titled(type, name)} already exists`, detailsOf(type, name));

const modified = 'the object has been modified; please apply your changes to the latest version and try again';

export const conflict = (type: Named, name: string, why = modified) =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${titled(type, name)}: ${why}`,
    detailsOf(type, name),
  );

export const badRequest = (message: string) => new StatusError(400, 'BadRequest', message);

export const forbidden = (type: Named, name: string, why: string) =>
  new StatusError(403, 'Forbidden', `${titled(type, name)} is forbidden: ${why}`, detailsOf(type, name));

export const unauthorized = () => new StatusError(401, 'Unauthorized', 'Unauthorized');

export const methodNotAllowed = () =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');

export const unsupportedMediaType = (accepted: readonly string[]) =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

/** The version is older than what is kept. */
export const expired = (message: string) => new StatusError(410, 'Expired', message);

export const tooManyRequests = (message: string, retryAfterSeconds: number) =>
  new StatusError(429, 'TooManyRequests', message, { retryAfterSeconds });

export const serviceUnavailable = (message: string) => new StatusError(503, 'ServiceUnavailable', message);

export const gatewayTimeout = (message: string, causes: Cause[]) =>
  new StatusError(504, 'Timeout', message, { causes, retryAfterSeconds: 1 });

export const internalError = (message: string) =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ reason: 'InternalError', message }],
  });

/** What is wrong with one field, as the API server reports it. */
export type FieldError = Required<Cause>;

export const invalidValue = (field: string, value: unknown, why: string): FieldError => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${typeof value === 'number' ? String(value) : JSON.stringify(value)}: ${why}`,
  field,
});
export const requiredValue = (field: string, why = ''): FieldError => ({
  reason: 'FieldValueRequired',
  message: `Required value${why && `: ${why}`}`,
  field,
});
export const unsupportedValue = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((one) => `"${one}"`).join(', ')}`,
  field,
});
export const duplicateValue = (field: string, value: unknown): FieldError => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${JSON.stringify(value)}`,
  field,
});
export const forbiddenValue = (field: string, why: string): FieldError => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});

export function invalid({ group, kind }: Named, name: string, errors: readonly FieldError[]): StatusError {
  const texts = errors.map(({ field, message }) => `${field}: ${message}`);
  const [first = ''] = texts;
  return new StatusError(
    422,
    'Invalid',
    `${withGroup(kind, group)} "${name}" is invalid: ${texts.length === 1 ? first : `[${texts.join(', ')}]`}`,
    { name, ...(group && { group }), kind, causes: [...errors] },
  );
}
