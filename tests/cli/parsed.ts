import type { CliManifest } from '../../cli/manifest';
import { createProgram } from '../../cli/program';
import type { CommandCall } from '../../cli/run/commandCall';

/** What the command line understands of arguments, as the call of a task that it would make. */
export function parsed(manifest: CliManifest, args: readonly string[]): CommandCall | undefined {
  const call = createProgram({
    readManifest: () => manifest,
    args,
    output: { helpWidth: 80, print: () => undefined },
  }).parse(args);
  return call && 'task' in call ? call : undefined;
}
