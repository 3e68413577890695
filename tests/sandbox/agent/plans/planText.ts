import type { Expression } from '../../../../sandbox/agent/expressions/parseExpression';
import { toText } from '../../../../sandbox/agent/expressions/value';
import type {
  JobPlan,
  LegPlan,
  PipelinePlan,
  StagePlan,
  StepPlan,
  VariablePlan,
} from '../../../../sandbox/agent/plan/plan';
import { implicitStage } from '../../../../sandbox/agent/report';

/**
 * A plan as text, a line for each variable, stage, job, leg, hook and step. What has its default is left out: display names
 * that are the name, `succeeded()`, and the stage of a pipeline that names none.
 */
export function planText(plan: PipelinePlan): string[] {
  return [
    ...(plan.name === undefined ? [] : [`name ${plan.name.text}`]),
    ...plan.variables.map(variableLine),
    ...plan.stages.flatMap((stage) => stageLines(stage)),
  ];
}

function stageLines(stage: StagePlan): string[] {
  const content = [...stage.variables.map(variableLine), ...stage.jobs.flatMap(jobLines)];
  if (stage.name === implicitStage) return content;
  return [line(`stage ${stage.name}`, unitParts(stage), stage.isManual && 'manual'), ...indent(content)];
}

function jobLines(job: JobPlan): string[] {
  const { environment, environmentResource, timeoutMinutes, cancelTimeoutMinutes, needsContainers, legs } = job;
  const target = [environment, environmentResource].filter((each) => each !== undefined).join('.');
  const head = line(
    environment === undefined ? `job ${job.name}` : `deployment ${job.name} to ${target}`,
    unitParts(job),
    job.continueOnError && 'continueOnError',
    timeoutMinutes !== 60 && `timeout ${timeoutMinutes}`,
    cancelTimeoutMinutes !== 5 && `cancelTimeout ${cancelTimeoutMinutes}`,
    needsContainers,
    job.runtimeMatrix && `matrix $[ ${expressionText(job.runtimeMatrix)} ]`,
  );
  return [head, ...indent([...job.variables.map(variableLine), ...legs.flatMap((leg) => legLines(leg, job))])];
}

/** The steps stand under each hook of a deployment, and once after all legs that share them. */
function legLines(leg: LegPlan, { legs }: JobPlan): string[] {
  const steps = leg.steps.map(stepLine);
  if (leg.name === undefined) return steps;
  const values = leg.variables.map(({ name, value }) => `${name}=${textOfValue(value)}`).join(', ');
  const isShared = legs.every((each) => each.steps === leg.steps);
  const head = `${isShared ? 'leg' : 'hook'} ${leg.name}${values === '' ? '' : ` (${values})`}`;
  if (!isShared) return [head, ...indent(steps)];
  return leg === legs.at(-1) ? [head, ...steps] : [head];
}

function unitParts({ name, displayName, dependsOn, condition }: StagePlan | JobPlan): string {
  return line(
    '',
    displayName !== name && `"${displayName}"`,
    dependsOn.length > 0 && `after ${dependsOn.join(', ')}`,
    ifText(condition),
  ).trim();
}

function stepLine(step: StepPlan): string {
  const { what, title, details } = stepParts(step);
  const environment = step.environment.map(([name, value]) => `${name}=${value}`).join(', ');
  return line(
    what,
    details,
    step.displayName !== title && `"${step.displayName}"`,
    step.name !== undefined && `#${step.name}`,
    ifText(step.condition),
    environment !== '' && `env(${environment})`,
    step.continueOnError && 'continueOnError',
    !step.isEnabled && 'disabled',
    step.timeoutMinutes > 0 && `timeout ${step.timeoutMinutes}`,
    step.retryCount > 0 && `retries ${step.retryCount}`,
    step.container !== undefined && `in ${step.container}`,
    step.restrictions.areCommandsRestricted && 'restricted',
    step.restrictions.settableVariables && `settable(${step.restrictions.settableVariables.join(', ')})`,
  );
}

/** A title is the display name that a step has when it is given none. */
function stepParts(step: StepPlan): { what: string; title: string; details?: string } {
  switch (step.kind) {
    case 'script': {
      const { shell, script, workingDirectory, failOnStderr, errorActionPreference, ignoreLastExitCode } = step;
      return {
        what: `${shell} ${script.trimEnd().replaceAll('\n', ' ⏎ ')}`,
        title: script.trim().split('\n')[0] ?? '',
        details: line(
          '',
          workingDirectory !== undefined && `cwd ${workingDirectory}`,
          failOnStderr && 'failOnStderr',
          errorActionPreference !== 'stop' && errorActionPreference,
          ignoreLastExitCode && 'ignoreLASTEXITCODE',
        ).trim(),
      };
    }
    case 'task': {
      const inputs = step.inputs.map(({ name, value }) => `${name}=${value.trimEnd().replaceAll('\n', ' ⏎ ')}`);
      return {
        what: `task ${step.task}@${step.majorVersion}`,
        title: step.task,
        details: inputs.length > 0 ? `(${inputs.join(', ')})` : '',
      };
    }
    case 'checkout':
      return {
        what: `checkout ${step.source}${step.path === undefined ? '' : ` to ${step.path}`}`,
        title: `checkout ${step.source}`,
        details: step.isWorkspace ? 'workspaceRepo' : '',
      };
    case 'publish':
      return {
        what: `publish ${step.path}${step.artifact === undefined ? '' : ` as ${step.artifact}`}`,
        title: step.displayName.startsWith('upload ') ? step.displayName : `publish ${step.path}`,
      };
    case 'service':
      return { what: step.step, title: step.displayName };
    case 'download': {
      const what = [step.source, step.artifact].filter((each) => each !== undefined).join('/');
      const kind = step.displayName.startsWith('downloadBuild ') ? 'downloadBuild' : 'download';
      return {
        what: `${kind} ${what}`,
        title: `${kind} ${step.source}`,
        details: step.patterns.length > 0 ? step.patterns.join(' ') : '',
      };
    }
  }
}

function variableLine({ name, value, isReadonly, isSecret }: VariablePlan): string {
  return line(`var ${name}=${textOfValue(value)}`, isReadonly && 'readonly', isSecret && 'secret');
}

function textOfValue(value: VariablePlan['value']): string {
  return typeof value === 'string' ? value : `$[ ${expressionText(value)} ]`;
}

function ifText(condition: Expression): string | false {
  const text = expressionText(condition);
  return text !== 'succeeded()' && `if ${text}`;
}

/** An expression as it would be written, functions in lower case. */
export function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      if (typeof expression.value === 'string') return `'${expression.value.replaceAll("'", "''")}'`;
      return (toText(expression.value) ?? '').toLowerCase();
    case 'name':
      return expression.name;
    case 'call':
      return `${expression.name}(${expression.parameters.map(expressionText).join(', ')})`;
    case 'index':
      return `${expressionText(expression.target)}[${expression.key === '*' ? '*' : expressionText(expression.key)}]`;
  }
}

function line(first: string, ...parts: readonly (string | false | undefined)[]): string {
  return [first, ...parts.filter((part) => part !== undefined && part !== false && part !== '')].join(' ');
}

function indent(lines: readonly string[]): string[] {
  return lines.map((each) => `  ${each}`);
}
