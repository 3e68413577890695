import { TaskError } from '../shared/errors';

/** One thing wrong with an option, as the words that follow its name. */
export interface OptionProblem {
  /** Such as `--notebook-path`; empty where it is about the whole command line. */
  readonly option: string;
  readonly problem: string;
}

/** The command line cannot be used; nothing was done. */
export class UsageError extends TaskError {
  override readonly name = 'UsageError';

  constructor(readonly problems: readonly OptionProblem[]) {
    super(problemsText(problems));
  }
}

/** All problems as one message. */
export function problemsText(problems: readonly OptionProblem[]): string {
  const sentences = problems.map(({ option, problem }) => (option === '' ? problem : `${option} ${problem}`));
  if (sentences.length === 1) return sentences.join('');
  return `${sentences.length} options need attention:\n${sentences.map((sentence) => `  - ${sentence}`).join('\n')}`;
}
