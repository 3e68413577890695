import picomatch from 'picomatch';
import type { Command } from './parseCommand';
import { CommandError, type CommandContext } from './commandContext';

/** `task.setsecret`: the value is masked from here on. */
export function setSecret({ data }: Command, { job }: CommandContext): void {
  checkOneLine(data.trim(), job);
  job.run.masker.add(data);
}

/**
 * `task.setvariable`. Once secret, a variable stays secret. An output is known as `step.variable`, in this job and to those that depend on it; any other
 * variable is known by its name to the later steps of the job.
 */
export function setVariable({ properties, data }: Command, context: CommandContext): void {
  const { job, record } = context;
  const name = properties.get('variable')?.trim() ?? '';
  if (name === '') throw new CommandError("'variable' is missing");
  if (!isSettable(name, context)) {
    record.warning(`The variable '${name}' is not a variable that this step may set; it is unchanged.`);
    return;
  }
  const isSecret = isTrue(properties.get('issecret'));
  if (isSecret) {
    checkOneLine(data, job);
    job.run.masker.add(data);
  }
  const isOutput =
    isTrue(properties.get('isoutput')) ||
    context.declaredOutputs.some((each) => each.toLowerCase() === name.toLowerCase());
  const fullName = isOutput ? `${context.stepName}.${name}` : name;
  if (job.variables.isReadonly(fullName)) throw new CommandError(`the variable '${name}' is read-only`);
  const isNowSecret = job.variables.set(fullName, {
    value: data,
    isSecret,
    isReadonly: isTrue(properties.get('isreadonly')),
  });
  if (!isOutput) return;
  job.outputs.set(fullName, { value: data, isSecret: isNowSecret });
  record.outputs.set(name, data);
}

/** `task.settaskvariable` is for the parts of a task around a job, which the local agent doesn't run; but a secret is one. */
export function setTaskVariable(command: Command, context: CommandContext): void {
  if ((command.properties.get('variable') ?? '') === '') throw new CommandError("'variable' is missing");
  if (isTrue(command.properties.get('issecret'))) setSecret(command, context);
}

function isSettable(name: string, { restrictions }: CommandContext): boolean {
  return restrictions.every(
    ({ settableVariables }) =>
      settableVariables?.some((glob) => picomatch.isMatch(name, glob, { nocase: true })) ?? true,
  );
}

/** Output is masked line by line, so a secret of several lines would show. */
function checkOneLine(secret: string, job: CommandContext['job']): void {
  const isAllowed = isTrue(job.variables.get('System.UnsafeAllowMultilineSecret'));
  if (/[\r\n]/.test(secret) && !isAllowed) throw new CommandError('a secret must be a single line');
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
}
