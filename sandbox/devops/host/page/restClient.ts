/** What the service says of an error, as an answer has it. */
interface ServerError {
  readonly message?: string;
  readonly typeKey?: string;
  readonly typeName?: string;
  readonly errorCode?: number;
}

/** A refused request, as the clients of the page throw it: an extension gets its properties, not an Error. */
export class RestError extends Error {
  override readonly name = 'TFS.WebApi.Exception';
  constructor(
    message: string,
    readonly status: number,
    readonly serverError: ServerError | undefined,
    readonly responseText: string,
  ) {
    super(message);
  }
}

export interface RestRequest {
  readonly method?: string;
  readonly body?: unknown;
  /** Of the Accept header, such as `7.1-preview.1`. */
  readonly version: string;
  readonly token: string;
}

/** The JSON that a request answers; undefined without one. @throws RestError */
export async function askRest(url: string, { method = 'GET', body, version, token }: RestRequest): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: {
      accept: `application/json;api-version=${version};excludeUrls=true`,
      authorization: `Bearer ${token}`,
      'x-tfs-fedauthredirect': 'Suppress',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = readJson(text, response.headers.get('content-type'));
  if (response.ok && (json !== undefined || text === '')) return json;
  const error = typeof json === 'object' && json !== null ? (json as ServerError) : undefined;
  throw new RestError(error?.message ?? `${response.status}: ${response.statusText}`, response.status, error, text);
}

function readJson(text: string, contentType: string | null): unknown {
  if (!/\bjson\b/.test(contentType ?? '')) return undefined;
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    // What breaks off is not an answer: the caller refuses it.
    return undefined;
  }
}
