import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import { planPipeline, type PlanOptions } from '../plan/planPipeline';
import { implicitStage } from '../report';
import { readTasks } from '../tasks/taskDefinitions';
import { toTaskForm } from '../templates/taskForm';
import { get, mapping, scalar, type MappingNode, type Node } from '../yaml/node';
import { readYaml } from '../yaml/readYaml';
import { ResourceNames, type NamedResource } from './namedResources';
import { plainValue } from './plainValue';
import { readTriggers, type Triggers } from './readTriggers';

export interface DescriptionOptions extends PlanOptions {
  /** The pipeline's file, from the root of the repository on. */
  readonly file: string;
  /** Holds one folder per built task. */
  readonly tasks: string;
  /** Folders that stand in for other repositories, by alias or by name. */
  readonly repositories?: Readonly<Record<string, string>>;
  /** Of the organisation; ends with a slash. */
  readonly collectionUri: string;
  readonly startTime: Date;
}

export interface StageDescription {
  readonly name: string;
  readonly displayName: string;
  readonly dependsOn: readonly string[];
  /** What the pipeline must be permitted to use before the stage can run. */
  readonly resources: readonly NamedResource[];
}

/** What can be said of a pipeline before it runs. */
export interface PipelineDescription {
  /** The pipeline with templates included and expressions evaluated. */
  readonly finalYaml: string;
  /** The file has a format for its build numbers. */
  readonly hasName: boolean;
  readonly stages: readonly StageDescription[];
  readonly triggers: Triggers;
}

const agentTasks = fileURLToPath(new URL('../agentTasks', import.meta.url));

/** Expands a pipeline without running it. @throws PipelineError */
export function describePipeline({
  file,
  collectionUri,
  startTime,
  ...options
}: DescriptionOptions): PipelineDescription {
  const standIns = {
    repositories: new CaseInsensitiveMap(Object.entries(options.repositories ?? {})),
    runs: new CaseInsensitiveMap<never>(),
  };
  const { root, plan } = planPipeline(options, { standIns, file, collectionUri, startTime });
  const written = readYaml(readFileSync(path.join(options.workingFolder, file), 'utf8'), file);
  const tasks = [...readTasks(options.tasks), ...readTasks(agentTasks)];
  const whole = withStages(root);
  const nodes = itemsOf(get(whole, 'stages'));
  return {
    finalYaml: stringify(plainValue({ ...whole, entries: [...triggerEntries(written), ...whole.entries] })),
    stages: plan.stages.map(({ name, displayName, dependsOn }, index) => {
      const names = new ResourceNames(tasks).read(whole, ['stages']);
      const stage = nodes[index];
      return { name, displayName, dependsOn, resources: (stage ? names.read(stage) : names).all };
    }),
    hasName: plan.name !== undefined,
    triggers: readTriggers(written),
  };
}

/** Jobs or steps alone are one stage, as the service shows them. */
function withStages(root: MappingNode): MappingNode {
  const parts = ['stages', 'jobs', 'steps'] as const;
  const part = parts.find((key) => get(root, key));
  const content = part && get(root, part);
  if (!part || !content) return root;
  const rest = root.entries.filter(({ key }) => key.text !== part);
  const { at } = root;
  const inTaskForm = toTaskForm(content, part);
  const jobs: Node =
    part === 'steps'
      ? { kind: 'sequence', items: [mapping({ job: scalar('Job', at), steps: inTaskForm }, at)], at }
      : inTaskForm;
  const stages: Node =
    part === 'stages'
      ? inTaskForm
      : { kind: 'sequence', items: [mapping({ stage: scalar(implicitStage, at), jobs }, at)], at };
  return { ...root, entries: [...rest, { key: scalar('stages', at), value: stages }] };
}

function triggerEntries(file: MappingNode): MappingNode['entries'] {
  return file.entries.filter(({ key }) => ['trigger', 'pr', 'schedules'].includes(key.text));
}

function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'sequence' ? node.items : [];
}
