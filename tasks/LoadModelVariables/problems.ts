import { TaskError } from '../../shared/errors';
import { originText, type Report } from '../../shared/variables/origin';

const mostShown = 50;

/** Everything that is wrong with the variables, to be said at once. */
export class Problems {
  readonly #lines: string[] = [];

  readonly report: Report = (origin, message) => void this.#lines.push(`${originText(origin)}: ${message}`);

  throwIfAny(): void {
    if (this.#lines.length > 0) throw this.error();
  }

  error(): TaskError {
    const lines = [...new Set(this.#lines)];
    const more = lines.length > mostShown ? [`and ${lines.length - mostShown} more.`] : [];
    const list = [...lines.slice(0, mostShown), ...more].map((line) => `\n  - ${line}`);
    return new TaskError(`The model variables need attention:${list.join('')}`);
  }
}
