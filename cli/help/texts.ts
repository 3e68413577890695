import type { CommandRow } from '../commands';

/** The examples of a command, which its help begins with. */
export function exampleText({ examples }: Pick<CommandRow, 'examples'>): string {
  const title = examples.length === 1 ? 'Example' : 'Examples';
  return `${title}:\n${examples.map((example) => `  mloccli ${example}\n`).join('')}`;
}

export const exitCodeText = `
Help of a command: mloccli jobs run --help

Exit codes: 0 succeeded, 1 failed, 2 the options cannot be used, or --fail-on-drift found differences,
4 sign-in refused, 5 the run of a job failed, 6 succeeded with issues (with --strict), 130 interrupted.`;
