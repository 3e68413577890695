import type { HttpClient, HttpRequest } from './httpClient';

/** The same client for work that may be given up: its calls end as soon as this signal aborts. */
export function withSignal(http: HttpClient, signal: AbortSignal): HttpClient {
  const ended = (request: HttpRequest): HttpRequest => ({
    ...request,
    signal: request.signal ? AbortSignal.any([signal, request.signal]) : signal,
  });
  return {
    json: (request, shape) => http.json(ended(request), shape),
    bytes: (request) => http.bytes(ended(request)),
    save: (request, file) => http.save(ended(request), file),
  };
}
