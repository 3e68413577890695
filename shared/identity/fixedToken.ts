import type { TaskAgent } from '../agent/agent';
import type { TokenSource } from '../http/tokenSource';

/** A token that can't be renewed, such as a personal access token. */
export class FixedToken implements TokenSource {
  readonly #token: string;

  constructor(
    readonly identity: string,
    token: string,
    agent: Pick<TaskAgent, 'setSecret'>,
  ) {
    agent.setSecret(token);
    this.#token = token;
  }

  token(): Promise<string> {
    return Promise.resolve(this.#token);
  }

  refused(): boolean {
    return false;
  }
}
