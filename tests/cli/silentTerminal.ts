import { Terminal, type TerminalStream } from '../../cli/output/terminal';

/** A stream in memory. */
export class MemoryStream implements TerminalStream {
  text = '';

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
  return memoryTerminal({ stdout: new MemoryStream(), stderr: new MemoryStream(), environment: {} });
}

/** A terminal of two streams. */
export function memoryTerminal(parts: {
  readonly stdout: MemoryStream;
  readonly stderr: MemoryStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Terminal {
  const { stdout, stderr, environment } = parts;
  return new Terminal({
    openStdout: () => stdout,
    openStderr: () => stderr,
    columns: () => stdout.columns,
    writeAtOnce: (bytes) => {
      stdout.text += Buffer.from(bytes).toString();
      return bytes.length;
    },
    environment,
  });
}
