import type { CommandRow } from '../commands';
import type { CliTask } from '../manifest';

/** A command as it was called: what its task is, and what was parsed of its options. */
export interface CommandCall {
  readonly row: CommandRow;
  readonly task: CliTask;
  /** As the parser gives them, by the camelCase name of the option. */
  readonly parsed: Readonly<Record<string, unknown>>;
}

/** `jobs run` */
export function commandName({ group, verb }: Pick<CommandRow, 'group' | 'verb'>): string {
  return `${group} ${verb}`;
}
