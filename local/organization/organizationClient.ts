/** What the requests of `npm start` are told by in the log of the organization. */
export const startAgent = 'npm-start';

/** Sends requests of the REST API to a project of an organization. */
export class OrganizationClient {
  readonly #authorization: string;

  /** @param url of the organization; ends with a slash */
  constructor(
    readonly url: string,
    readonly project: string,
    token: string,
  ) {
    this.#authorization = `Basic ${Buffer.from(`:${token}`).toString('base64')}`;
  }

  /**
   * @param path below the project
   * @throws Error with the answer, when the request is refused
   */
  async send<T = unknown>(method: string, path: string, body?: unknown, version = '7.1'): Promise<T> {
    const response = await fetch(`${this.url}${this.project}/${path}`, {
      method,
      headers: {
        authorization: this.#authorization,
        accept: `application/json;api-version=${version}`,
        'user-agent': startAgent,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }
}
