import type { VariablesRecord } from '../../shared/records/runRecord';
import { plainMarkdown } from '../../shared/markdown';
import { originText } from '../../shared/variables/origin';
import { textOf } from '../../shared/variables/tree';
import type { ResolvedVariable } from '../../shared/variables/resolveVariables';

const longestShown = 200;

/** A line of the log for each variable: its value and the origin. */
export function describeVariables(variables: readonly ResolvedVariable[]): string {
  return variables.map((each) => `${nameOf(each)} = ${valueOf(each)}  (${originText(each.origin)})`).join('\n');
}

/** A table of all variables, as Markdown. */
export function variablesTable(variables: readonly ResolvedVariable[], environment: string | undefined): string {
  const rows = variables.map((each) => [
    nameOf(each),
    valueOf(each),
    originText(each.origin),
    each.overridden.map(originText).join(', '),
  ]);
  return [
    ...(environment === undefined ? [] : [`For the environment **${plainMarkdown(environment)}**.`, '']),
    '| Variable | Value | From | Overridden |',
    '| --- | --- | --- | --- |',
    ...rows.map((cells) => `| ${cells.map(plainMarkdown).join(' | ')} |`),
    '',
  ].join('\n');
}

/** The variables as pages that show the run see them. */
export function variablesRecord(
  variables: readonly ResolvedVariable[],
  environment: string | undefined,
  registry: VariablesRecord['registry'],
): VariablesRecord {
  return {
    kind: 'variables',
    environment,
    variables: variables.map((each) => ({
      name: nameOf(each),
      value: each.value === null ? null : textOf(each),
      source: originText(each.origin),
      overridden: each.overridden.map(originText),
    })),
    ...(registry && { registry }),
  };
}

function nameOf({ path }: ResolvedVariable): string {
  return path.join('.');
}

function valueOf(variable: ResolvedVariable): string {
  if (variable.value === null) return '(unset)';
  const text = textOf(variable).replaceAll('\n', ' ↵ ');
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
