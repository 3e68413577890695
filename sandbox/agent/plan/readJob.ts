import type { Problems } from '../pipelineError';
import type { Resources } from '../resources/resources';
import { findAlias } from '../resources/standIns';
import type { MappingNode } from '../yaml/node';
import { Fields } from './fields';
import type { JobPlan } from './plan';
import { readDeployment } from './readDeployment';
import { implicitCheckout, readSteps } from './readSteps';
import { readStrategy } from './readStrategy';
import { readCondition, readVariables, type VariableGroups } from './readVariables';

/** What is known where a stage or job is read. */
export interface PlanSurroundings {
  readonly groups: VariableGroups;
  readonly resources: Resources;
  readonly problems: Problems;
}

/** https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/jobs-job and jobs-deployment */
export function readJob(node: MappingNode, nameByDefault: string, around: PlanSurroundings): JobPlan {
  const { groups, problems } = around;
  const isDeployment = node.entries.some((entry) => entry.key.text === 'deployment');
  const kind = isDeployment ? 'deployment' : 'job';
  const fields = new Fields(node, isDeployment ? 'a deployment job' : 'a job', problems);
  if (!fields.has(kind)) problems.add("a job starts with 'job' or 'deployment'", node.at);
  fields.requireFirst(kind);
  fields.ignore('workspace', 'uses', 'templateContext', 'lockBehavior');
  const name = readName(kind, fields, nameByDefault);
  const own = isDeployment ? readDeployment(fields, name, around.resources) : readPlainJob(fields);
  const job: JobPlan = {
    name,
    displayName: fields.text('displayName') ?? name,
    dependsOn: fields.texts('dependsOn') ?? [],
    condition: readCondition(fields),
    variables: readVariables(fields.list('variables'), groups, problems),
    continueOnError: fields.flag('continueOnError', false),
    timeoutMinutes: fields.wholeNumber('timeoutInMinutes', 60),
    cancelTimeoutMinutes: fields.wholeNumber('cancelTimeoutInMinutes', 5),
    needsContainers: readContainers(fields, around.resources),
    ...own,
    steps: [...new Set(own.legs.flatMap(({ steps }) => steps))],
    at: node.at,
  };
  fields.finish();
  return job;
}

type OwnPlan = Pick<JobPlan, 'legs' | 'runtimeMatrix' | 'environment' | 'environmentResource'>;

/** Sources are there from the start unless the job says something about them, or runs on the service itself. */
function readPlainJob(fields: Fields): OwnPlan {
  const steps = readSteps(fields);
  const needsNone = isOnServer(fields) || steps.some((step) => step.kind === 'checkout');
  const all = needsNone ? steps : [...implicitCheckout(fields), ...steps];
  return { ...readStrategy(fields, all), environment: undefined, environmentResource: undefined };
}

/** https://learn.microsoft.com/azure/devops/pipelines/process/phases#agentless-jobs */
function isOnServer(fields: Fields): boolean {
  const pool = fields.value('pool');
  return pool?.kind === 'scalar' && pool.text.toLowerCase() === 'server';
}

/** What the job needs containers for. A container is an alias, an image, or a mapping with one of them. */
function readContainers(fields: Fields, { containers }: Resources): string | undefined {
  const node = fields.value('container');
  const image = node?.kind === 'mapping' ? readContainer(node, fields) : fields.text('container');
  const services = fields.mapping('services')?.entries.map(({ key }) => key.text) ?? [];
  if (image !== undefined) return `in the container '${findAlias(containers, image)?.image ?? image}'`;
  return services.length > 0 ? `with the service containers ${services.join(', ')}` : undefined;
}

function readContainer(node: MappingNode, { problems }: Fields): string {
  const inner = new Fields(node, 'a container', problems);
  inner.ignore('endpoint', 'env', 'mapDockerSocket', 'options', 'ports', 'volumes', 'mountReadOnly', 'localImage');
  const image = inner.text('alias') ?? inner.text('image');
  inner.ignore('image');
  if (image === undefined) problems.add("a container needs an 'image'", inner.at);
  inner.finish();
  return image ?? '';
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
