import type { LoggedRequest } from '../../sandbox/http/requestLog';
import { startAgent } from '../../local/organization/organizationClient';

/** These read although they are a POST; the token of a job is not a thing of the organization. */
const readsByPost =
  /\/(permissionevaluationbatch|oidctoken|preview|identitybatch|subjectlookup|pushesbatch|itemsbatch|git-upload-pack)$/i;

/** The requests that change something in the organization, without those of `npm start` itself. */
export function changingRequests(
  requests: readonly Pick<LoggedRequest, 'method' | 'path' | 'userAgent'>[],
): readonly string[] {
  return requests
    .filter(({ method, path, userAgent }) => {
      const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(method) || (method === 'POST' && readsByPost.test(path));
      return !isRead && userAgent !== startAgent;
    })
    .map(({ method, path }) => `${method} ${path}`);
}
