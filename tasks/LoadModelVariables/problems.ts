import { TaskError } from '../../shared/errors';
import { originText, type Report } from '../../shared/variables/origin';

const mostShown = 50;

/** Collects all problems of the variables, to report them in one error. */
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
    return new TaskError(`The model variables are not valid:${list.join('')}`);
  }
}
