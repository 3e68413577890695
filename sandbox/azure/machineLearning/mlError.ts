import { randomBytes } from 'node:crypto';
import { ArmError } from '../armError';

interface Detail {
  readonly code: string;
  readonly message: string;
}

/** What every error of the service has besides its code and message. */
export function additionalInfo(location: string): readonly object[] {
  const [operation, request] = [randomBytes(16), randomBytes(8)].map((bytes) => bytes.toString('hex'));
  return [
    { type: 'ComponentName', info: { value: 'managementfrontend' } },
    { type: 'Correlation', info: { value: { operation, request } } },
    { type: 'Environment', info: { value: location } },
    { type: 'Location', info: { value: location } },
    { type: 'Time', info: { value: new Date().toISOString() } },
  ];
}

/** A refusal as the front of the service writes it: what is wrong stands in the details. */
export function refusal(
  status: number,
  { code, message, details, location }: Detail & { readonly details: readonly Detail[]; readonly location: string },
): ArmError {
  const error = {
    code,
    message,
    details: details.map((detail) => ({ ...detail, details: [] })),
    additionalInfo: additionalInfo(location),
  };
  return new ArmError(status, code, message, { body: JSON.stringify({ error }) });
}

/** What the service for inference refuses reaches callers as JSON within the message of a detail. */
export function inferencingRefusal(
  location: string,
  errors: Readonly<Record<string, readonly string[]>>,
  { status = 400, code = 'InferencingClientCallFailed' } = {},
): ArmError {
  const problem = {
    errors,
    type: 'https://tools.ietf.org/html/rfc9110#section-15.5.1',
    title: 'One or more validation errors occurred.',
    status,
    traceId: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
  };
  return refusal(status, {
    code: status === 409 ? 'Conflict' : 'BadRequest',
    message: 'The request is invalid.',
    details: [{ code, message: `InferencingClient HttpRequest error, error detail: ${JSON.stringify(problem)}` }],
    location,
  });
}

/** The caller's mistake about an asset or a body. */
export function userError(status: number, location: string, message: string, ...details: readonly Detail[]): ArmError {
  return refusal(status, { code: 'UserError', message, details, location });
}

export function assetNotFound(location: string, code: string, message: string): ArmError {
  return userError(404, location, 'The specified resource was not found.', { code, message });
}

/** A body that lacks something, or has something that nobody can read. */
export function requestInvalid(location: string, message: string): ArmError {
  return refusal(400, {
    code: 'BadRequest',
    message: 'The request is invalid.',
    details: [{ code: 'RequestInvalid', message }],
    location,
  });
}
