import { fold } from '../caseInsensitiveMap';
import { Problems, type Position } from '../pipelineError';
import { implicitStage } from '../report';
import { readResources } from '../resources/readResources';
import { mapping, scalar, type MappingNode } from '../yaml/node';
import { Fields } from './fields';
import type { PipelinePlan, StagePlan } from './plan';
import { readJob, readName, type PlanSurroundings } from './readJob';
import { readCondition, readVariables, type VariableGroups } from './readVariables';

/** Reads an expanded pipeline. Everything that is wrong with it or not supported is said at once, with its place. */
export function readPlan(root: MappingNode, groups: VariableGroups): PipelinePlan {
  const problems = new Problems();
  const fields = new Fields(root, 'a pipeline', problems);
  fields.ignore('pool', 'appendCommitMessageToRunName', 'lockBehavior', 'workspace');
  const name = fields.text('name');
  const resources = readResources(fields.value('resources'), problems);
  const variables = readVariables(fields.list('variables'), groups, problems);
  const around = { groups, resources, problems };
  const stages = stagesOf(fields).map((stage, index, all) => readStage(stage, index, all, around));
  fields.finish();
  if (stages.length === 0) problems.add("the pipeline has no 'stages', 'jobs' or 'steps'", root.at);
  checkDependencies('stage', stages, problems);
  for (const { jobs } of stages) checkDependencies('job', jobs, problems);
  problems.throwIfAny();
  const format = name === undefined ? undefined : { text: name, at: fields.placeOf('name') };
  return { name: format, resources, variables, stages };
}

/** What a pipeline of steps alone can say of its one job. */
const keysOfOnlyJob = [
  'strategy',
  'continueOnError',
  'timeoutInMinutes',
  'cancelTimeoutInMinutes',
  'container',
  'services',
  'pool',
];

/** A pipeline of jobs or steps alone is one stage, of one job. */
function stagesOf(fields: Fields): readonly MappingNode[] {
  const { at } = fields;
  const given = ['stages', 'jobs', 'steps'].filter((key) => fields.has(key));
  if (given.length > 1) fields.problems.add(`a pipeline must have only one of ${given.join(', ')}`, at);
  fields.ignore(...given);
  if (fields.has('stages')) return fields.list('stages');
  const jobs = fields.value('jobs');
  const steps = fields.value('steps');
  const jobKeys = fields.has('steps') ? keysOfOnlyJob : [];
  const moved = Object.fromEntries(
    jobKeys.flatMap((key) => {
      const value = fields.value(key);
      return value ? [[key, value]] : [];
    }),
  );
  const job = steps && mapping({ job: scalar('Job', at), ...moved, steps }, at);
  const list = jobs ?? (job && { kind: 'sequence' as const, items: [job], at });
  return list ? [mapping({ stage: scalar(implicitStage, at), jobs: list }, at)] : [];
}

function readStage(node: MappingNode, index: number, all: readonly MappingNode[], around: PlanSurroundings): StagePlan {
  const { groups, problems } = around;
  const fields = new Fields(node, 'a stage', problems);
  fields.requireFirst('stage');
  fields.ignore('pool', 'templateContext', 'lockBehavior', 'isSkippable', 'group');
  const name = readName('stage', fields, `Stage${index + 1}`);
  const previous = all[index - 1];
  const previousName = previous && (new Fields(previous, 'a stage', new Problems()).text('stage') ?? `Stage${index}`);
  const stage: StagePlan = {
    name,
    displayName: fields.text('displayName') ?? name,
    dependsOn: fields.texts('dependsOn') ?? (previousName === undefined ? [] : [previousName]),
    condition: readCondition(fields),
    variables: readVariables(fields.list('variables'), groups, problems),
    jobs: fields.list('jobs').map((job, jobIndex) => readJob(job, `Job${jobIndex + 1}`, around)),
    isManual: readTrigger(fields),
    at: node.at,
  };
  if (stage.jobs.length === 0) problems.add(`the stage '${name}' has no jobs`, node.at);
  fields.finish();
  return stage;
}

function readTrigger(fields: Fields): boolean {
  const trigger = fields.text('trigger') ?? 'automatic';
  if (!['manual', 'automatic'].includes(trigger))
    fields.problems.add("'trigger' of a stage must be 'manual' or 'automatic'", fields.placeOf('trigger'));
  return trigger === 'manual';
}

interface Unit {
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly at: Position;
}

/** Names are unique, dependencies exist, and nothing depends on itself in the end. */
function checkDependencies(what: string, units: readonly Unit[], problems: Problems): void {
  const known = new Map<string, Unit>();
  for (const unit of units) {
    if (known.has(fold(unit.name))) problems.add(`there are two ${what}s named '${unit.name}'`, unit.at);
    known.set(fold(unit.name), unit);
  }
  for (const unit of units) {
    for (const name of unit.dependsOn) {
      if (!known.has(fold(name)))
        problems.add(`the ${what} '${unit.name}' depends on '${name}', which does not exist`, unit.at);
    }
  }
  const settled = new Set<string>();
  for (let before = -1; before !== settled.size;) {
    before = settled.size;
    for (const unit of units) {
      if (unit.dependsOn.every((name) => settled.has(fold(name)) || !known.has(fold(name))))
        settled.add(fold(unit.name));
    }
  }
  const [stuck] = units.filter((unit) => !settled.has(fold(unit.name)));
  if (stuck) problems.add(`the ${what} '${stuck.name}' depends on itself, through others or directly`, stuck.at);
}
