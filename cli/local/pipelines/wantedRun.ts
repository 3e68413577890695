import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { WantedRun } from '../../../local/commands/runOnce';
import { UsageError, type OptionProblem } from '../../usageError';
import { embeddedTasks } from '../embedded';
import type { LocalCall } from '../localCommand';
import { flagOption, pathOption, textOption, textsOption } from '../options';

/** What the options ask for. Throws a UsageError that lists all that is wrong with them. */
export function readWantedRun(call: LocalCall, workingFolder: string): WantedRun {
  const problems: OptionProblem[] = [];
  const pipeline = call.arguments[0] ?? '';
  const repository = pathOption(call, 'repository', workingFolder);
  if (repository !== undefined && !existsSync(repository))
    problems.push({ option: '--repository', problem: `must be a folder: there is no ${repository}.` });
  const variableGroupsFile = pathOption(call, 'variableGroups', workingFolder);
  if (variableGroupsFile !== undefined && !existsSync(variableGroupsFile))
    problems.push({ option: '--variable-groups', problem: `must be a file: there is no ${variableGroupsFile}.` });
  const resources = namedTexts(call, 'resource', problems).map(([name, text]) => {
    const folder = resolve(workingFolder, text);
    if (!existsSync(folder))
      problems.push({ option: '--resource', problem: `must name a folder: there is no ${folder}.` });
    return [name, folder] as const;
  });
  const parameters = namedTexts(call, 'parameter', problems).map(
    ([name, text]) => [name, parameterValue(name, text, problems)] as const,
  );
  const liveOnly = ['connection', 'profile', 'host', 'azure', 'tenant', 'yes'].filter(
    (name) => call.options[name] !== undefined,
  );
  if (!flagOption(call, 'live'))
    for (const name of liveOnly) problems.push({ option: `--${name}`, problem: 'applies only with --live.' });
  else if (flagOption(call, 'fresh')) problems.push({ option: '--fresh', problem: 'does not apply with --live.' });
  if (textOption(call, 'environment') !== undefined && textsOption(call, 'stage').length > 0)
    problems.push({ option: '--environment', problem: 'cannot be combined with --stage.' });
  if (problems.length > 0) throw new UsageError(problems);
  return {
    pipeline,
    repository,
    model: textOption(call, 'model'),
    parameters: Object.fromEntries(parameters),
    workingFolder,
    tasks: embeddedTasks(),
    variableGroupsFile,
    resources: Object.fromEntries(resources),
  };
}

/** The texts `name=value` of an option that can be repeated. */
export function namedTexts(
  call: LocalCall,
  option: string,
  problems: OptionProblem[],
): readonly (readonly [name: string, text: string])[] {
  return textsOption(call, option).flatMap((given) => {
    const split = given.indexOf('=');
    if (split > 0) return [[given.slice(0, split), given.slice(split + 1)] as const];
    problems.push({ option: `--${option}`, problem: `must be name=value, not '${given}'.` });
    return [];
  });
}

/** A map or a list is JSON; else it is the text, which the pipeline reads as the type of its parameter. */
function parameterValue(name: string, text: string, problems: OptionProblem[]): WantedRun['parameters'][string] {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as WantedRun['parameters'][string];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push({ option: '--parameter', problem: `${name} begins like JSON and is not valid JSON: ${reason}.` });
    return text;
  }
}
