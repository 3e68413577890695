import { fail, type Position } from '../pipelineError';
import { expandMacros } from './expandMacros';
import { formatDotnetDate } from './dotnetDate';

/** The format of a build number: the `name` of a pipeline, and where it stands. */
export interface BuildNumberFormat {
  readonly text: string;
  readonly at: Position;
}

const defaultFormat = '$(Date:yyyyMMdd).$(Rev:r)';
const maxLength = 255;
const notAllowed = /["/\\:<>'|?@*]/g;

/** Names that only build numbers know, and the variables that they stand for. */
const variableTokens: Readonly<Record<string, string>> = {
  buildid: 'Build.BuildId',
  builddefinitionname: 'Build.DefinitionName',
  sourcebranchname: 'Build.SourceBranchName',
  teamproject: 'System.TeamProject',
};

/** Numbers of the date without leading zeros, in UTC. */
const dateTokens: Readonly<Record<string, (date: Date) => number>> = {
  month: (date) => date.getUTCMonth() + 1,
  dayofmonth: (date) => date.getUTCDate(),
  dayofyear: (date) =>
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 0)) /
    86_400_000,
  hours: (date) => date.getUTCHours(),
  minutes: (date) => date.getUTCMinutes(),
  seconds: (date) => date.getUTCSeconds(),
};

/**
 * The build number by the pipeline's `name`, with the tokens of
 * https://learn.microsoft.com/azure/devops/pipelines/process/run-number; `$(Rev:r)` is 1, since a local run has no
 * earlier ones. A `PipelineError` when the result can't be a build number.
 */
export function makeBuildNumber(
  format: BuildNumberFormat | undefined,
  startTime: Date,
  lookUp: (name: string) => string | undefined,
): string {
  const number = expandMacros(format?.text ?? defaultFormat, (name) => token(name, startTime, lookUp, format?.at));
  const rules = violatedRules(number);
  if (rules !== undefined)
    fail(
      `The build number format string ${format?.text} generated a build number ${number} which ${rules}`,
      format?.at,
    );
  return number;
}

/** What is wrong with a build number, as the service reports it; undefined when nothing is. */
export function violatedRules(number: string): string | undefined {
  const isValid = number.search(notAllowed) < 0 && number.length <= maxLength && !number.endsWith('.');
  return isValid
    ? undefined
    : `contains invalid character(s), is too long, or ends with '.'. The maximum length of a build number is ${maxLength} characters. Characters which are not allowed include '"', '/', ':', '<', '>', '\\', ''', '|', '?', '@', and '*'.`;
}

function token(
  name: string,
  startTime: Date,
  lookUp: (name: string) => string | undefined,
  at: Position | undefined,
): string | undefined {
  const [, kind = '', argument = ''] = /^(Date|Year|Rev):(.*)$/is.exec(name) ?? [];
  switch (kind.toLowerCase()) {
    case 'date':
      return formatDotnetDate(startTime, argument) ?? fail(`'${argument}' is not a date format of .NET`, at);
    case 'year':
      return /^y{2,}$/i.test(argument) ? formatDotnetDate(startTime, argument.toLowerCase()) : undefined;
    case 'rev': {
      const [, dot = '', digits] = /^(\.?)(r+)$/i.exec(argument) ?? [];
      return digits === undefined ? undefined : `${dot}${'1'.padStart(digits.length, '0')}`;
    }
    default: {
      const key = name.toLowerCase();
      return lookUp(name) ?? lookUp(variableTokens[key] ?? '') ?? dateTokens[key]?.(startTime).toString();
    }
  }
}
