import type { Agent } from '../agent/agent';
import type { TokenSource } from '../http/tokenSource';

/** A token that somebody made by hand and that can't be renewed. */
export class PersonalAccessToken implements TokenSource {
  readonly identity = 'the personal access token of the service connection';
  readonly #token: string;

  constructor(token: string, agent: Pick<Agent, 'setSecret'>) {
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
