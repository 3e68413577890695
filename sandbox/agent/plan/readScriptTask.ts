import { readBoolean } from '../templates/bindParameters';
import type { ScriptStepPlan, Shell, StepCommon, TaskInputPlan } from './plan';

/** The tasks that `script`, `bash`, `pwsh` and `powershell` are short for; they need nothing but a shell. */
const scriptTasks: Readonly<Record<string, Shell>> = {
  'cmdline@2': 'script',
  'bash@3': 'bash',
  'powershell@2': 'powershell',
};

/** Their inputs. What is not among them means nothing to an inline script, or to one from a file. */
const known = ['targettype', 'filepath', 'arguments', 'script', 'workingdirectory', 'failonstderr', 'pwsh'];
const knownOfPowerShell = ['erroractionpreference', 'ignorelastexitcode'];

/**
 * The script step that a task step means; undefined for other tasks, and for inputs of these that a script step has no
 * words for: https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/bash-v3, cmd-line-v2 and powershell-v2
 */
export function readScriptTask(
  task: string,
  majorVersion: number,
  inputs: readonly TaskInputPlan[],
  common: StepCommon,
): ScriptStepPlan | undefined {
  const named = scriptTasks[`${task.toLowerCase()}@${majorVersion}`];
  if (named === undefined) return undefined;
  const values = new Map(inputs.map(({ name, value }) => [name.toLowerCase(), value]));
  const names = named === 'powershell' ? [...known, ...knownOfPowerShell] : known;
  if ([...values.keys()].some((name) => !names.includes(name))) return undefined;
  const flag = (name: string): boolean => readBoolean(values.get(name) ?? 'false') ?? false;
  const shell = named === 'powershell' && flag('pwsh') ? 'pwsh' : named;
  const inline = named === 'script' || isInline(values) ? (values.get('script') ?? '') : undefined;
  const script = inline ?? fileScript(shell, values);
  if (script === undefined) return undefined;
  // Without a display name, it is called as the script step would be.
  const firstLine = inline?.trim().split('\n')[0] ?? '';
  const hasName = common.displayName !== task || firstLine === '';
  return {
    ...common,
    displayName: hasName ? common.displayName : firstLine,
    kind: 'script',
    shell,
    script,
    workingDirectory: values.get('workingdirectory') || undefined,
    failOnStderr: flag('failonstderr'),
    errorActionPreference: values.get('erroractionpreference')?.toLowerCase() ?? 'stop',
    ignoreLastExitCode: flag('ignorelastexitcode'),
  };
}

function isInline(values: ReadonlyMap<string, string>): boolean {
  return values.get('targettype')?.toLowerCase() === 'inline';
}

/** Runs the file as the task does; its path starts from the default working directory. */
function fileScript(shell: Shell, values: ReadonlyMap<string, string>): string | undefined {
  const file = values.get('filepath');
  if (file === undefined || file === '') return undefined;
  const isAbsolute = /^(\/|\\|[A-Za-z]:|\$\()/.test(file);
  const full = isAbsolute ? file : `$(System.DefaultWorkingDirectory)/${file}`;
  const quoted = `'${full.replaceAll("'", shell === 'bash' ? "'\\''" : "''")}'`;
  return [shell === 'bash' ? `exec bash ${quoted}` : `. ${quoted}`, values.get('arguments') ?? ''].join(' ').trim();
}
