import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

const repository = new URL('../../', import.meta.url);

export interface TaskStep {
  readonly task: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

type Step = TaskStep | { readonly template: string };

interface Job {
  readonly environment?: string;
  readonly steps?: readonly Step[];
  readonly strategy?: { readonly runOnce: { readonly deploy: { readonly steps: readonly Step[] } } };
}

export interface PipelineDocument {
  readonly parameters: readonly { readonly name: string; readonly default: unknown }[];
  readonly stages: readonly { readonly stage: string; readonly jobs: readonly Job[] }[];
}

export interface TaskContract {
  readonly inputs: readonly { readonly name: string }[];
  readonly outputVariables: readonly { readonly name: string }[];
}

/** A pipeline of the template with its step templates, as they are written. */
export interface PipelineFiles {
  readonly document: PipelineDocument;
  readonly texts: readonly string[];
  /** All tasks, in the order in which they run. */
  readonly steps: readonly TaskStep[];
  readonly jobs: readonly Job[];
}

export async function readPipeline(name: string): Promise<PipelineFiles> {
  const pipeline = await textOf(`template/pipelines/${name}_pipeline.yml`);
  const document = parse(pipeline) as PipelineDocument;
  const jobs = document.stages.flatMap((stage) => stage.jobs);
  const templates = jobs
    .flatMap(({ steps, strategy }) => steps ?? strategy?.runOnce.deploy.steps ?? [])
    .flatMap((step) => ('template' in step ? [step.template] : []));
  const parts = await Promise.all(templates.map((path) => textOf(`template/pipelines/${path}`)));
  const steps = parts
    .flatMap((part) => (parse(part) as { readonly steps: readonly Step[] }).steps)
    .filter((step) => 'task' in step);
  return { document, texts: [pipeline, ...parts], steps, jobs };
}

/** A file of this repository. */
export function textOf(path: string): Promise<string> {
  return readFile(new URL(path, repository), 'utf8');
}

export async function modelVariables(): Promise<Readonly<Record<string, string>>> {
  const document = parse(await textOf('template/demo_model/model_variables.yml')) as {
    readonly variables: Record<string, string>;
  };
  return document.variables;
}

/** The names of the variables that texts refer to, without those of Azure Pipelines and outputs of steps. */
export function variablesUsed(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/\$\((\w+)\)/g)].map(([, name = '']) => name)))];
}

export async function contractOf(task: string): Promise<TaskContract> {
  return JSON.parse(await textOf(`tasks/${task.replace('@1', '')}/task.json`)) as TaskContract;
}
