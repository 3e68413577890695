import { resolve } from 'node:path';
import { CaseInsensitiveMap } from '../../sandbox/agent/caseInsensitiveMap';
import type { JobPlan, StepPlan } from '../../sandbox/agent/plan/plan';
import { readPlan } from '../../sandbox/agent/plan/readPlan';
import { expandPipeline } from '../../sandbox/agent/templates/expandPipeline';
import { TemplateFiles } from '../../sandbox/agent/templates/templateFiles';
import { nodeOfJson } from '../../sandbox/agent/yaml/nodeOfJson';
import { projectRoot } from '../../tools/commandLine';

export const template = resolve(projectRoot, 'template');

export interface TaskStep {
  readonly task: string;
  readonly name: string | undefined;
  readonly inputs: Readonly<Record<string, string>>;
}

export interface Job {
  readonly environment: string | undefined;
  readonly tasks: readonly TaskStep[];
  /** All inputs and settings of a step, as written. */
  readonly texts: readonly string[];
}

/** The jobs of a pipeline of the template, with all templates and parameters expanded. */
export function jobsOf(pipeline: string, parameters: Readonly<Record<string, string>> = {}): readonly Job[] {
  const given = Object.entries(parameters).map(([name, value]) => {
    const node = nodeOfJson(value, { file: 'given', line: 1, column: 1 });
    return [name, { node: () => node }] as const;
  });
  const root = expandPipeline({
    files: new TemplateFiles(template),
    file: `pipelines/${pipeline}_pipeline.yml`,
    parameters: new CaseInsensitiveMap(given),
    predefined: [],
    startTime: new Date(0),
  });
  return readPlan(root, new CaseInsensitiveMap()).stages.flatMap(({ jobs }) => jobs.map(jobOf));
}

function jobOf({ environment, steps }: JobPlan): Job {
  const tasks = steps.flatMap((step) =>
    step.kind === 'task'
      ? {
          task: step.task,
          name: step.name,
          inputs: Object.fromEntries(step.inputs.map(({ name, value }) => [name, value])),
        }
      : [],
  );
  return { environment, tasks, texts: steps.flatMap(textsOf) };
}

function textsOf(step: StepPlan): readonly string[] {
  const own =
    step.kind === 'task' ? step.inputs.map(({ value }) => value) : step.kind === 'script' ? [step.script] : [];
  return [...own, ...step.environment.map(([, value]) => value)];
}
