import https from 'node:https';
import { text } from 'node:stream/consumers';

export interface ApiAnswer {
  readonly status: number;
  /** The body, which the API server gives in JSON but for a few addresses like /readyz. */
  readonly body: string;
}

/** Plain requests to an API server, for tests that trust no client. */
export class KubernetesApi {
  readonly #agent: https.Agent;

  constructor(
    readonly server: string,
    readonly token: string,
    ca: string,
  ) {
    this.#agent = new https.Agent({ ca, keepAlive: true });
  }

  /** Any status is an answer; rejects only where there is none. `contentType` is JSON unless told. */
  async send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<ApiAnswer> {
    return await new Promise((resolve, reject) => {
      const request = https.request(new URL(path, this.server), {
        method,
        agent: this.#agent,
        headers: { authorization: `Bearer ${this.token}`, ...(body !== undefined && { 'content-type': contentType }) },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
      });
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The object at `path`; rejects if there is none. */
  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.send('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${body}`);
    return JSON.parse(body) as T;
  }

  close(): void {
    this.#agent.destroy();
  }
}
