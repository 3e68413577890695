import { InputError, messageOf } from '../../shared/errors';
import { inTerminalWords } from '../agent/terminalWords';
import type { CliInput } from '../manifest';
import { optionName, withOptionNames } from '../options/optionName';
import { problemsText, UsageError, type OptionProblem } from '../usageError';

/** How connections are named: by the option that chooses them. */
const signInOption: Readonly<Record<string, string>> = {
  connection: '--profile',
  connectionType: '--azure',
  azureConnection: '--subscription',
  devopsConnection: '--organization',
  kubernetesConnection: '--kube-context',
  importConnection: '--import-connection',
};

/** What is wrong with the options; empty where the error is about something else. */
export function optionProblems(error: unknown, inputs: readonly CliInput[]): readonly OptionProblem[] {
  if (error instanceof UsageError) return error.problems;
  if (!(error instanceof InputError)) return [];
  return error.problems.map(({ input, problem }) => ({
    option: signInOption[input] ?? optionName(input),
    problem: problemText(problem, inputs),
  }));
}

/** The message of an error as it is shown in a terminal: options instead of inputs. */
export function terminalMessage(message: string, error: unknown, inputs: readonly CliInput[]): string {
  const problems = optionProblems(error, inputs);
  if (problems.length > 0) return problemsText(problems);
  return inTerminalWords(namedInCamelCase(message, inputs));
}

/** The message of any error, in one line where it has one. */
export function plainMessage(error: unknown): string {
  return inTerminalWords(messageOf(error));
}

function problemText(problem: string, inputs: readonly CliInput[]): string {
  return inTerminalWords(
    withOptionNames(problem, inputs)
      .replace(
        /^applies only when (--[\w -]+)\. Change that, or leave this empty\.$/,
        'applies only with $1. Change that, or leave this option out.',
      )
      .replace(/^(applies only with --[\w-]+) is /, '$1 ')
      .replace(/'connectionType' is '(\w+)'/g, (_text, type: string) =>
        type === 'kubernetes' ? 'a kubeconfig' : '--azure',
      ),
  );
}

/** In other messages a word in quotes can be anything; a name with a capital inside is that of an input. */
function namedInCamelCase(message: string, inputs: readonly CliInput[]): string {
  const names = new Set(inputs.map(({ name }) => name).filter((name) => /[A-Z]/.test(name)));
  return message.replaceAll(/'(\w+)'/g, (text, name: string) => (names.has(name) ? optionName(name) : text));
}
