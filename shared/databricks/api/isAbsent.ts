import { HttpError } from '../../http/errors';

/**
 * Whether a call was refused because what it names is not there (any more). Databricks answers 404 with many codes, or
 * with no body at all, and 400 RESOURCE_DOES_NOT_EXIST. A route that is not there is a different problem.
 */
export function isAbsent(error: unknown): error is HttpError {
  if (!(error instanceof HttpError) || error.status < 400 || error.errorCode === 'ENDPOINT_NOT_FOUND') return false;
  return error.status === 404 || error.errorCode === 'RESOURCE_DOES_NOT_EXIST';
}
