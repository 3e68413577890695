import type { Resources } from '../resources/resources';
import { isEmpty, type MappingNode } from '../yaml/node';
import { Fields } from './fields';
import type { JobPlan, LegPlan, StepPlan } from './plan';
import { implicitDownloads, readSteps } from './readSteps';
import { makeLeg } from './readStrategy';

/** The hooks in the order in which they run. */
const hooks = ['preDeploy', 'deploy', 'routeTraffic', 'postRouteTraffic'] as const;

/** What a deployment deploys to, and under which names its outputs are known. */
interface Target {
  readonly job: string;
  readonly environment: string;
  readonly resource: string | undefined;
}

interface Round {
  readonly hook: string;
  readonly cycle: 'PreIteration' | 'Iteration' | 'PostIteration';
  /** The share of the instances, of a canary deployment. */
  readonly increment?: string;
  /** What to do with the canaries. */
  readonly action?: 'deploy' | 'promote' | 'reject';
  readonly runs: LegPlan['runs'];
  readonly steps: readonly StepPlan[];
}

type StrategyName = 'runOnce' | 'rolling' | 'canary';

/**
 * The hooks of a deployment job, each of which is a job of its own on the service:
 * https://learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs#deployment-strategies
 */
export function readDeployment(
  fields: Fields,
  job: string,
  resources: Resources,
): Pick<JobPlan, 'legs' | 'runtimeMatrix' | 'environment' | 'environmentResource'> {
  fields.ignore('pool');
  const { name: environment, resource } = readEnvironment(fields);
  const target = { job, environment, resource };
  return {
    legs: readStrategies(fields, target, resources),
    runtimeMatrix: undefined,
    environment,
    environmentResource: resource,
  };
}

function readStrategies(fields: Fields, target: Target, resources: Resources): readonly LegPlan[] {
  const { problems } = fields;
  const strategy = fields.mapping('strategy');
  if (!strategy) {
    problems.add("a deployment job needs a 'strategy'", fields.at);
    return [];
  }
  const inner = new Fields(strategy, "a deployment job's strategy", problems);
  const given = (['runOnce', 'rolling', 'canary'] as const).filter((name) => inner.has(name));
  const [name, ...others] = given;
  const node = name && inner.mapping(name);
  for (const other of others) problems.add(`a deployment has one strategy, not '${other}' too`, inner.keyPlace(other));
  inner.ignore(...others);
  inner.finish();
  if (!name || !node) {
    if (!name) problems.add("a deployment job's strategy is 'runOnce', 'rolling' or 'canary'", strategy.at);
    return [];
  }
  const rounds = readRounds(name, new Fields(node, `'${name}'`, problems), resources);
  const isOnly = rounds.length === 1;
  return rounds.map((round) => legOf(round, name, target, isOnly));
}

function readRounds(strategy: StrategyName, fields: Fields, resources: Resources): readonly Round[] {
  const increments = strategy === 'canary' ? (fields.texts('increments') ?? []) : [];
  if (strategy === 'rolling') fields.ignore('maxParallel');
  const [preDeploy, ...iteration] = hooks.flatMap((hook) => {
    const steps = readHook(hook, fields, resources);
    return hook === 'preDeploy' || steps ? [{ hook, steps }] : [];
  });
  if (!fields.has('deploy')) fields.problems.add(`'${strategy}' needs 'deploy'`, fields.at);
  const [success, failure] = readEnds(fields, resources);
  fields.finish();
  const action = strategy === 'canary' ? (['deploy', 'promote', 'reject'] as const) : [];
  const rounds: Round[] = [];
  const add = (round: Omit<Round, 'steps' | 'action'>, steps: readonly StepPlan[] | undefined, index: number): void => {
    if (steps) rounds.push({ ...round, steps, ...(action[index] ? { action: action[index] } : {}) });
  };
  add({ hook: 'preDeploy', cycle: 'PreIteration', runs: 'unlessFailed' }, preDeploy?.steps, 0);
  for (const increment of increments.length > 0 ? increments : [undefined]) {
    for (const { hook, steps } of iteration) {
      const share = increment === undefined ? {} : { increment };
      add({ hook, cycle: 'Iteration', runs: 'unlessFailed', ...share }, steps, 0);
    }
  }
  add({ hook: 'on_success', cycle: 'PostIteration', runs: 'unlessFailed' }, success, 1);
  add({ hook: 'on_failure', cycle: 'PostIteration', runs: 'onFailure' }, failure, 2);
  return rounds;
}

function readEnds(fields: Fields, resources: Resources): readonly (readonly StepPlan[] | undefined)[] {
  const on = fields.mapping('on');
  if (!on) return [];
  const ends = new Fields(on, "'on'", fields.problems);
  const steps = ['success', 'failure'].map((end) => readHook(end, ends, resources));
  ends.finish();
  return steps;
}

/** Artifacts are there from the start of `deploy` unless it says something about them; sources are not. */
function readHook(name: string, fields: Fields, { runs }: Resources): readonly StepPlan[] | undefined {
  const node = fields.mapping(name);
  if (!node) return undefined;
  const hook = new Fields(node, `'${name}'`, fields.problems);
  hook.ignore('pool');
  const steps = readSteps(hook);
  hook.finish();
  if (name !== 'deploy' || steps.some((step) => step.kind === 'download')) return steps;
  const pipelines = runs.filter(({ kind }) => kind === 'pipeline').map(({ alias }) => alias);
  return [...implicitDownloads(hook, pipelines), ...steps];
}

/** https://learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs#support-for-output-variables */
function legOf(round: Round, strategy: StrategyName, { job, environment, resource }: Target, isOnly: boolean): LegPlan {
  const { hook, cycle, increment, action, runs, steps } = round;
  const known = increment === undefined ? hook : `${hook}_${increment}`;
  const withResource = resource !== undefined && strategy !== 'canary' ? [`${hook}_${resource}`] : [];
  return makeLeg({
    name: isOnly ? undefined : known,
    steps,
    outputPrefixes: [...(strategy === 'runOnce' && hook === 'deploy' ? [job] : []), known, ...withResource],
    predefined: {
      'Environment.Name': environment,
      ...(resource === undefined ? {} : { 'Environment.ResourceName': resource }),
      'Strategy.Name': strategy,
      'Strategy.CycleName': cycle,
      ...(increment === undefined ? {} : { 'strategy.increment': increment }),
      ...(action === undefined ? {} : { 'strategy.action': action }),
    },
    runs: isOnly ? 'always' : runs,
  });
}

/** A name, `name.resource`, or a mapping. */
function readEnvironment(fields: Fields): { name: string; resource: string | undefined } {
  const node = fields.value('environment');
  if (node?.kind === 'mapping') return readEnvironmentMapping(node, fields);
  const [name = '', ...resource] = (fields.text('environment') ?? '').split('.');
  // A variable's name can contain a dot too.
  if (resource.length === 0 || name.includes('$('))
    return { name: fields.text('environment') ?? '', resource: undefined };
  return { name, resource: resource.join('.') };
}

function readEnvironmentMapping(node: MappingNode, fields: Fields): { name: string; resource: string | undefined } {
  const inner = new Fields(node, 'an environment', fields.problems);
  inner.ignore('resourceId', 'resourceType');
  const name = inner.text('name') ?? '';
  const tags = inner.value('tags');
  if (tags && !isEmpty(tags)) inner.texts('tags');
  const resource = inner.text('resourceName');
  inner.finish();
  return { name, resource };
}
