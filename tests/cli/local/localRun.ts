import { Readable } from 'node:stream';
import type { LocalCall, LocalEnd, LocalRun } from '../../../cli/local/localCommand';
import { silentTerminal } from '../silentTerminal';

export interface LocalRunEnd extends LocalEnd {
  /** What people were shown. */
  readonly said: readonly string[];
}

/** Runs a command that is not a task in a folder, as the program does after parsing. */
export async function localRun(
  run: LocalRun,
  workingFolder: string,
  names: readonly string[],
  options: LocalCall['options'] = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<LocalRunEnd> {
  const said: string[] = [];
  const end = await run(
    { arguments: names, options },
    {
      environment,
      workingFolder,
      signal: new AbortController().signal,
      terminal: silentTerminal(),
      stdin: Readable.from([]),
      isQuiet: false,
      hasColor: false,
      say: (text) => void said.push(text),
      setSecret: () => undefined,
    },
  );
  return { ...end, said };
}
