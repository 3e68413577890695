import { TaskError } from '../errors';
import type { Finding } from '../finding';

/** A document names pipelines, teams or people that are not found, or not only one. Nothing was changed. */
export class UnresolvedError extends TaskError {
  override readonly name = 'UnresolvedError';

  constructor(readonly findings: readonly Finding[]) {
    super(findings.map(({ message }) => message).join('\n'));
  }
}
