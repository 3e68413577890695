import { between, plainText, textIn, withoutTags, isHtml } from '../http/answer/serviceError';
import type { Dialect, ServiceError } from '../http/dialect';

/** How Databricks uses HTTP. */
export const databricksDialect: Dialect = {
  readError,
  readErrorText,
  /** An overload may come with another status, such as 500 REQUEST_LIMIT_EXCEEDED from SCIM. */
  statusByErrorCode: new Map([
    ['RESOURCE_EXHAUSTED', 429],
    ['REQUEST_LIMIT_EXCEEDED', 429],
    ['TEMPORARILY_UNAVAILABLE', 503],
  ]),
  refusesToken: ({ status, serviceMessage }) => [400, 403].includes(status) && tokenRefusal.test(serviceMessage),
  /**
   * No endpoint is documented to accept more (jobs/runs/get, 100/s per workspace;
   * https://learn.microsoft.com/azure/databricks/resources/limits): a higher rate could only be refused.
   */
  requestsPerSecond: 100,
};

/**
 * 403 for a token that is wrong or has expired: `Invalid access token.`, `Invalid Token`, `Token is expiring within 30
 * seconds.`, `JWT has expired`; 400 for a token of another tenant or for another service: `Expected iss claim to be …`.
 */
const tokenRefusal = /\binvalid (?:access )?token\b|\b(?:token|jwt)\b.*\bexpir|\bexpected (?:iss|aud) claim\b/is;

/** REST API 2: `{error_code,message}`; API 1.2: `{error}`; SCIM: `{detail,scimType}`. */
function readError(body: Readonly<Record<string, unknown>>): ServiceError | undefined {
  const errorCode = textIn(body, 'error_code', 'scimType');
  const message = textIn(body, 'message', 'detail', 'error');
  return (errorCode ?? message) === undefined ? undefined : { errorCode, message: message ?? '' };
}

/** `CODE: text`, and web pages with the reason in `<pre>`, which come from the front of a workspace. */
function readErrorText(text: string): ServiceError | undefined {
  if (isHtml(text)) {
    const reason = between(text, /<pre\b/i, /<\/pre>/i);
    return reason === undefined ? undefined : { errorCode: undefined, message: withoutTags(reason) };
  }
  const [, errorCode, message] = /^([A-Z][A-Z_]{3,}): (.*)/s.exec(text) ?? [];
  return message === undefined ? plainText(text) : { errorCode, message };
}
