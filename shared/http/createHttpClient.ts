import { answerFormat, bytesFormat, fileFormat, jsonFormat, linesFormat, rawFormat } from './answer/formats';
import { callUntilAnswered } from './call';
import type { DetailedHttpClient } from './httpClient';
import { openService, type HttpClientOptions } from './service';

/**
 * A client for one service. One policy for every call: it waits its turn, renews a refused token once, and repeats what
 * may be repeated until its budget is used up. Redirects are never followed, because the token must not travel.
 * Throws a TaskError when the URL, the proxy or the certificates can't be used.
 */
export function createHttpClient(options: HttpClientOptions): DetailedHttpClient {
  const service = openService(options);
  return {
    json: (request, shape) => callUntilAnswered(service, request, jsonFormat(shape)),
    answer: (request, shape) => callUntilAnswered(service, request, answerFormat(shape)),
    raw: (request, isItsOwn = () => false) => callUntilAnswered(service, request, rawFormat(isItsOwn)),
    bytes: (request) => callUntilAnswered(service, request, bytesFormat),
    save: (request, file) => callUntilAnswered(service, request, fileFormat(file)),
    // A line that was handed over once must not come again.
    lines: (request, onLine) => callUntilAnswered(service, { ...request, repeatable: false }, linesFormat(onLine)),
  };
}
