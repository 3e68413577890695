import { CancelledError, TaskError } from '../errors';
import type { CallerData } from './api/identities';

/** Who makes the calls, as Azure DevOps shows them: the identity that a permission must be granted to. */
export class CallerNames {
  readonly #read: () => Promise<CallerData>;
  #description: Promise<string> | undefined;

  constructor(read: () => Promise<CallerData>) {
    this.#read = read;
  }

  /** A sentence, or nothing when the look-up is refused, too. Looked up once, however many calls are refused. */
  describe(): Promise<string> {
    return (this.#description ??= this.#lookUp());
  }

  async #lookUp(): Promise<string> {
    try {
      return `Azure DevOps shows this identity as ${nameOf(await this.#read())}.`;
    } catch (error) {
      if (!(error instanceof TaskError) || error instanceof CancelledError) throw error;
      return '';
    }
  }
}

/** The name that the pages of Azure DevOps show, with the account that tells it from others of the same name. */
export function nameOf({ displayName, account }: CallerData): string {
  return account === undefined || account === displayName ? `'${displayName}'` : `'${displayName}' (${account})`;
}
