import { databricksDialect } from '../databricks/dialect';
import { textIn } from '../http/answer/serviceError';
import type { Dialect, ServiceError } from '../http/dialect';

/** How Microsoft Entra ID and the managed identity endpoint of an Azure machine use HTTP. */
export const entraDialect: Dialect = {
  readError: readOAuthError,
  requestIdHeaders: ['x-ms-request-id', 'x-request-id'],
};

/** How the token endpoint of a Databricks workspace uses HTTP: as OAuth says, and as the workspace itself where the call gets no further. */
export const databricksTokenDialect: Dialect = {
  ...databricksDialect,
  readError: (body) => readOAuthError(body) ?? databricksDialect.readError?.(body),
};

/** `{error,error_description}` (RFC 6749 5.2). */
function readOAuthError(body: Readonly<Record<string, unknown>>): ServiceError | undefined {
  const errorCode = textIn(body, 'error');
  return errorCode === undefined ? undefined : { errorCode, message: textIn(body, 'error_description') ?? '' };
}
