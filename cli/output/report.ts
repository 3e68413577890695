import type { TaskResult } from '../../shared/agent/agent';
import type { DetailsMap } from '../local/localCommand';
import type { OptionProblem } from '../usageError';
import { markdownText } from './markdownText';
import type { Terminal } from './terminal';

export type OutputFormat = 'text' | 'json';

/** How a command ended: what is printed, in either format. The keys are a contract: none is removed. */
export interface CommandEnd {
  /** `jobs run`; empty where no command was found. */
  readonly command: string;
  readonly result: TaskResult;
  readonly message: string;
  readonly problems: readonly OptionProblem[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown. */
  readonly summary: string;
  readonly durationSeconds: number;
  /** Further data of commands that do not run a task. */
  readonly details?: DetailsMap;
}

/** The one JSON object of a command. */
export function endAsJson(end: CommandEnd, terminal: Terminal): string {
  const safe = (text: string): string => terminal.redactor.redact(text);
  const { command, result, message, problems, outputs, summary, durationSeconds, details } = end;
  const object = {
    command,
    result,
    message: safe(message),
    problems: problems.map(({ option, problem }) => ({ option, problem: safe(problem) })),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, safe(value)])),
    summary: safe(summary),
    durationSeconds,
    ...(details && { details }),
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}

const styles = { Succeeded: 'green', SucceededWithIssues: 'yellow', Failed: 'red', Canceled: 'yellow' } as const;

const titles: Readonly<Record<TaskResult, string>> = {
  Succeeded: 'Succeeded',
  SucceededWithIssues: 'Succeeded with issues',
  Failed: 'Failed',
  Canceled: 'Canceled',
};

/** Shows people how the command ended; the data is printed by `outputLines`. */
export function showEnd(end: CommandEnd, terminal: Terminal, format: OutputFormat): void {
  if (format === 'text' && end.summary !== '') terminal.say(`\n${markdownText(end.summary)}\n`);
  terminal.conclude(`${titles[end.result]}: ${end.message}`, styles[end.result]);
}

/** The outputs as lines of `name=value`. A value of several lines, or one that begins with a quote, is a JSON string. */
export function outputLines({ outputs }: CommandEnd, terminal: Terminal): string {
  return Object.entries(outputs)
    .map(([name, value]) => {
      const hidden = terminal.redactor.redact(value);
      return `${name}=${/[\r\n]|^"/.test(hidden) ? JSON.stringify(hidden) : terminal.safe(hidden)}\n`;
    })
    .join('');
}
