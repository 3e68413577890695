import { Terminal, type TerminalStream } from '../../cli/output/terminal';

/** A stream in memory. */
export class MemoryStream implements TerminalStream {
  text = '';
  readonly fd = -1;

  constructor(
    readonly isTTY = false,
    readonly columns?: number,
  ) {}

  write(text: string, done: (error?: Error | null) => void): boolean {
    this.text += text;
    done();
    return true;
  }

  on(): void {
    // It never breaks.
  }
}

export function silentTerminal(): Terminal {
  return new Terminal({ stdout: new MemoryStream(), stderr: new MemoryStream(), environment: {} });
}
