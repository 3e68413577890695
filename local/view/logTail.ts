import type { StepReport } from '../../sandbox/agent/report';
import { withoutControls } from './terminalText';

/** Of a failed step's log, in lines. */
const maxLines = 30;

/** The last lines of a step's log. */
export class LogTail {
  readonly #entries: string[] = [];
  #dropped = 0;

  add(text: string): void {
    this.#entries.push(text);
    if (this.#entries.length <= maxLines + 20) return; // room for what is left out below
    this.#entries.shift();
    this.#dropped += 1;
  }

  /** The lines that say more than the report's errors and warnings, and whether there were others before them. */
  render({ issues }: Pick<StepReport, 'issues'>): { readonly lines: readonly string[]; readonly isCut: boolean } {
    const isShown = (text: string): boolean =>
      /^##\[section\](Starting|Finishing): |^(Task {9}|Version {6}): /.test(text) ||
      issues.some(({ type, message }) => text === `##[${type}]${message}`);
    const lines = this.#entries
      .filter((text) => !isShown(text))
      .flatMap((text) => readable(text).split('\n'))
      .map((line) => line.trimEnd());
    return { lines: lines.slice(-maxLines), isCut: this.#dropped > 0 || lines.length > maxLines };
  }
}

/** A line of a log without the agent's markup. */
export function readable(text: string): string {
  return withoutControls(text).replace(/^##\[(?!error|warning)\w+\]/, '');
}
