import type { TextStream } from '../../../local/view/output';
import { widthOf } from '../../../local/view/terminalText';

/** A terminal that keeps what stands on its screen, as far as the view moves the cursor. Colors leave no trace. */
export class FakeTerminal implements TextStream {
  readonly isTTY = true;
  isCursorVisible = true;
  /** Every text as it was written. */
  readonly writes: string[] = [];
  #lines: string[] = [''];
  /** Of the cursor, in columns; its line is the last one. */
  #column = 0;

  constructor(public columns: number) {}

  write(text: string): void {
    this.writes.push(text);
    // eslint-disable-next-line no-control-regex -- terminals are told what to do by control characters
    for (const [token] of text.matchAll(/\u001B\[[?\d;]*[a-zA-Z]|[^]/gu)) this.#take(token);
  }

  /** The lines of the screen, without the blanks at their ends. */
  get screen(): readonly string[] {
    return this.#lines.map((line) => line.trimEnd());
  }

  get text(): string {
    return this.screen.join('\n');
  }

  #take(token: string): void {
    const last = this.#lines.length - 1;
    const line = this.#lines[last] ?? '';
    if (token === '\r') this.#column = 0;
    else if (token === '\n') {
      this.#lines.push('');
      this.#column = 0;
    } else if (token === '\u001B[K' || token === '\u001B[J') this.#lines[last] = line.slice(0, this.#column);
    else if (token === '\u001B[?25l') this.isCursorVisible = false;
    else if (token === '\u001B[?25h') this.isCursorVisible = true;
    else if (!token.startsWith('\u001B')) this.#put(token, line, last);
  }

  #put(character: string, line: string, last: number): void {
    if (this.#column + widthOf(character) > this.columns) {
      this.#lines.push(character);
      this.#column = character.length;
      return;
    }
    this.#lines[last] = line.slice(0, this.#column) + character + line.slice(this.#column + character.length);
    this.#column += character.length;
  }
}
