import { textIn } from '../http/answer/serviceError';
import type { Dialect, ServiceError } from '../http/dialect';
import { isObject } from '../json';
import { joined } from '../sentences';

/** How Azure DevOps uses HTTP, for callers with a token of Microsoft Entra ID or of the job. */
export const devopsDialect: Dialect = {
  readError,
  /** An unknown or malformed token gets the sign-in page, with 203, or a redirect to it; an expired one gets 401. */
  refusesToken: ({ status }) => status === 203 || status === 302,
  requestIdHeaders: ['x-vss-e2eid', 'activityid'],
  /** A second POST would create a second policy or import: what creates something looks for it first (`createOnce`). */
  unavailableMayBeDone: true,
  /**
   * A successful answer, too, may ask to slow down. `X-RateLimit-Delay` is how long the request itself was delayed: the
   * same pause keeps the next one from it (https://learn.microsoft.com/azure/devops/integrate/concepts/rate-limits).
   */
  delayHeaders: ['retry-after', 'x-ratelimit-delay'],
};

/** The same for callers with a personal access token: it is the password, and the user name is empty. */
export function devopsPatDialect(): Dialect {
  return { ...devopsDialect, authorization: (token) => `Basic ${Buffer.from(`:${token}`).toString('base64')}` };
}

/**
 * `{message,typeKey}`: `typeKey` names the exception, `errorCode` is 0 for nearly all. Or, in the form of a list, `{value}`
 * with the text or `{Message}`. The reasons why a run cannot be queued are beside the message.
 */
function readError(body: Readonly<Record<string, unknown>>): ServiceError | undefined {
  const inner = isObject(body['value']) ? body['value'] : body;
  const message = textIn(inner, 'message', 'Message', 'value');
  if (message === undefined) return undefined;
  return { errorCode: textIn(body, 'typeKey'), message: joined(message, ...validationMessages(body)) };
}

/** `customProperties.ValidationResults[{result,message}]` (https://github.com/Azure/azure-devops-cli-extension/issues/1032). */
function validationMessages({ customProperties }: Readonly<Record<string, unknown>>): readonly string[] {
  const results = isObject(customProperties) ? customProperties['ValidationResults'] : undefined;
  if (!Array.isArray(results)) return [];
  return results.filter(isObject).flatMap((result) => textIn(result, 'message') ?? []);
}
