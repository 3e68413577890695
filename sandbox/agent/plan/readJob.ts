import type { Problems } from '../pipelineError';
import { scalar, mapping, type MappingNode } from '../yaml/node';
import { Fields } from './fields';
import type { JobPlan, LegPlan, StepPlan } from './plan';
import { readStep } from './readStep';
import { readCondition, readVariables, type VariableGroups } from './readVariables';

/** https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/jobs-job and jobs-deployment */
export function readJob(node: MappingNode, nameByDefault: string, groups: VariableGroups, problems: Problems): JobPlan {
  const isDeployment = node.entries.some((entry) => entry.key.text === 'deployment');
  const kind = isDeployment ? 'deployment' : 'job';
  const fields = new Fields(node, isDeployment ? 'a deployment job' : 'a job', problems);
  if (!fields.has(kind)) problems.add("a job starts with 'job' or 'deployment'", node.at);
  fields.ignore('pool', 'workspace', 'uses', 'templateContext', 'lockBehavior');
  fields.reject('container', 'services');
  const name = readName(kind, fields, nameByDefault);
  const job: JobPlan = {
    name,
    displayName: fields.text('displayName') ?? name,
    dependsOn: fields.texts('dependsOn') ?? [],
    condition: readCondition(fields),
    variables: readVariables(fields.list('variables'), groups, problems),
    continueOnError: fields.flag('continueOnError', false),
    timeoutMinutes: fields.wholeNumber('timeoutInMinutes', 60),
    cancelTimeoutMinutes: fields.wholeNumber('cancelTimeoutInMinutes', 5),
    environment: isDeployment ? readEnvironment(fields) : undefined,
    ...(isDeployment
      ? { legs: [{ name: undefined, variables: [] }], steps: deploymentSteps(fields) }
      : plainJob(fields)),
    at: node.at,
  };
  fields.finish();
  return job;
}

/** Sources are there from the start unless the job says something about them. */
function plainJob(fields: Fields): Pick<JobPlan, 'legs' | 'steps'> {
  const steps = readSteps(fields);
  const hasCheckout = steps.some((step) => step.kind === 'checkout');
  return {
    legs: readMatrix(fields),
    steps: hasCheckout ? steps : [...implicitStep('checkout', 'self', fields), ...steps],
  };
}

/** Artifacts of the run are there from the start unless the job says something about them; sources are not. */
function deploymentSteps(fields: Fields): StepPlan[] {
  const { problems } = fields;
  const strategy = fields.mapping('strategy');
  if (!strategy) {
    problems.add("a deployment job needs a 'strategy'", fields.at);
    return [];
  }
  const strategyFields = new Fields(strategy, "a deployment job's strategy", problems);
  strategyFields.reject('rolling', 'canary');
  const runOnce = strategyFields.mapping('runOnce');
  strategyFields.finish();
  const hooks = runOnce && new Fields(runOnce, "'runOnce'", problems);
  hooks?.reject('preDeploy', 'routeTraffic', 'postRouteTraffic', 'on');
  const deploy = hooks?.mapping('deploy');
  hooks?.finish();
  if (!deploy) {
    if (runOnce) problems.add("'runOnce' needs 'deploy'", runOnce.at);
    return [];
  }
  const deployFields = new Fields(deploy, "'deploy'", problems);
  deployFields.ignore('pool');
  const steps = readSteps(deployFields);
  deployFields.finish();
  const hasDownload = steps.some((step) => step.kind === 'download');
  return hasDownload ? steps : [...implicitStep('download', 'current', fields), ...steps];
}

function readSteps(fields: Fields): StepPlan[] {
  const steps = fields.list('steps').flatMap((step) => readStep(step, fields.problems) ?? []);
  if (fields.list('steps').length === 0) fields.problems.add(`${fields.what} has no steps`, fields.at);
  for (const [index, { name, at }] of steps.entries()) {
    const isTaken = steps
      .slice(0, index)
      .some((each) => name !== undefined && each.name?.toLowerCase() === name.toLowerCase());
    if (isTaken) fields.problems.add(`there are two steps named '${name ?? ''}'`, at);
  }
  return steps;
}

function implicitStep(kind: string, value: string, { at, problems }: Fields): StepPlan[] {
  const step = readStep(mapping({ [kind]: scalar(value, at) }, at), problems);
  return step ? [step] : [];
}

/** A name, `name.resource`, or a mapping of both. */
function readEnvironment(fields: Fields): string {
  const node = fields.value('environment');
  if (node?.kind !== 'mapping') return fields.text('environment') ?? '';
  const inner = new Fields(node, 'an environment', fields.problems);
  inner.reject('resourceName', 'resourceId', 'resourceType', 'tags');
  const name = inner.text('name') ?? '';
  inner.finish();
  return name;
}

function readMatrix(fields: Fields): LegPlan[] {
  const plain = [{ name: undefined, variables: [] }];
  const strategy = fields.mapping('strategy');
  if (!strategy) return plain;
  const inner = new Fields(strategy, "a job's strategy", fields.problems);
  inner.ignore('maxParallel');
  inner.reject('parallel');
  const matrix = inner.value('matrix');
  inner.finish();
  if (matrix?.kind !== 'mapping') {
    if (matrix)
      fields.problems.add("'matrix' must be a mapping; a matrix created at run time is not supported here", matrix.at);
    return plain;
  }
  const legs = new Fields(matrix, 'a matrix', fields.problems);
  return matrix.entries.map(({ key }) => ({
    name: key.text,
    variables: legs.pairs(key.text).map(({ name, value }) => ({ name, value, isReadonly: false, isSecret: false })),
  }));
}

/** The name of a stage or job: letters, digits and underscores. */
export function readName(key: string, fields: Fields, byDefault: string): string {
  const name = fields.text(key) ?? byDefault;
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    fields.problems.add(
      `the name '${name}' must contain only letters, digits and underscores, and start with a letter`,
      fields.placeOf(key),
    );
  }
  return name;
}
