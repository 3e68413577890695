import type { Fault } from '../http/faults';
import { exceptionBody } from './organizationError';

type Effect = Omit<Fault, 'method' | 'path' | 'from' | 'times'>;

/** The organisation was stopped because nobody used it. */
export function organizationStopped(name: string): Effect {
  const message = `TF24668: The following team project collection is stopped: ${name}. Start the collection and then try again. Administrator Reason: This Azure DevOps organization has been deactivated due to inactivity. For more information please visit aka.ms/adofootprintreduction`;
  const body = exceptionBody('Microsoft.VisualStudio.Services.Common.VssServiceException', message);
  return {
    effect: 'status',
    status: 503,
    errorCode: 'VssServiceException',
    body: `\uFEFF${JSON.stringify(body)}`,
    headers: { 'content-type': 'application/json', 'x-tfs-serviceerror': encodeURIComponent(message) },
  };
}

/** The page to sign in, with the status that the service gives to clients that are not browsers. */
export const signInPageInstead: Effect = {
  effect: 'html',
  status: 203,
  body: '<!DOCTYPE html><html><title>Azure DevOps Services | Sign In</title><form>Sign in</form></html>\r\n',
};

/** https://learn.microsoft.com/azure/devops/integrate/concepts/rate-limits#api-client-experience */
const rateHeaders = (seconds: number, remaining: number) => ({
  'x-ratelimit-resource': 'Core',
  'x-ratelimit-delay': seconds.toFixed(3),
  'x-ratelimit-limit': '200',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000 + seconds)),
});

/** The request is refused, and may be repeated after a time. */
export function rateLimited(seconds: number): Effect {
  const message =
    "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'Concurrency' in namespace 'User'.";
  const typeName = 'Microsoft.TeamFoundation.Framework.Server.RequestBlockedException';
  return {
    effect: 'status',
    status: 429,
    errorCode: 'RequestBlockedException',
    body: JSON.stringify(exceptionBody(typeName, message)),
    retryAfter: seconds,
    headers: rateHeaders(seconds, 0),
  };
}

/** The request succeeds; its answer asks the client to wait before the next one. */
export const rateDelayed = (seconds: number): Effect => ({
  headers: { ...rateHeaders(seconds, 20), 'retry-after': String(seconds) },
});

/** The request has its effect, but the client never learns of it. */
export const answerLost: Effect = { effect: 'reset', when: 'after' };
