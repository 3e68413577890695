import type { ConnectionOptions } from '../../sandbox/agent/tasks/connections';
import { checkoutTask } from '../../sandbox/agent/templates/taskForm';
import type { Json } from '../../sandbox/agent/yaml/nodeOfJson';
import { namedConnections, namedSteps, type NamedConnection, type NamedStep } from '../pipelines/namedTargets';
import { parametersOf } from '../pipelines/openPipelines';
import type { FoundRun } from './foundRun';

/** What the agent itself does, and what prepares a machine that a person has prepared. */
const onThisMachine = ['cmdline', 'bash', 'powershell', 'publishtestresults', 'usepythonversion'];

/** What a pipeline needs to run on this machine against real services. */
export interface LiveNeeds {
  readonly parameters: Readonly<Record<string, Json>>;
  /** Names of service connections to Databricks. */
  readonly databricks: readonly string[];
  /** What the stages that are not run name: a pipeline is refused where one of its connections does not exist. */
  readonly idle: readonly NamedConnection[];
  /** Environments of Azure DevOps, whose approvals and checks do not apply on this machine. */
  readonly environments: readonly string[];
  /** The steps that use the services, as they are displayed. */
  readonly steps: readonly string[];
  /** Why it cannot be run: each names a step. */
  readonly problems: readonly string[];
}

/** The same with the credentials. */
export interface LivePlan extends LiveNeeds {
  readonly connections: readonly ConnectionOptions[];
}

/**
 * Reads what the steps of a pipeline need, of all stages or of some. Steps of this extension that use Databricks can be run,
 * and those that use no service; scripts can be run. Nothing else can: the real agent has other tasks, connections to Azure
 * without a secret, and the token of the job.
 * @throws PipelineError for a pipeline that cannot be run as it is written
 */
export function liveNeeds(run: FoundRun, stages: readonly string[]): LiveNeeds {
  const { repository, request, resources, variableGroupsFile, tasks } = run;
  const parameters = parametersOf(request, run);
  const all = namedSteps({
    file: request.file,
    workingFolder: repository,
    tasks,
    parameters,
    repositories: resources ?? {},
    ...(variableGroupsFile !== undefined && { variableGroupsFile }),
  });
  const isWanted = (step: NamedStep): boolean =>
    stages.length === 0 || stages.some((name) => name.toLowerCase() === step.stage.toLowerCase());
  const steps = all.filter(isWanted);
  const used = namedConnections(steps);
  const connected = steps.filter((step) => namedConnections([step]).length > 0);
  return {
    parameters,
    databricks: used.flatMap(({ name, type }) => (isDatabricks(type) ? [name] : [])),
    idle: namedConnections(all).filter(({ name }) => !used.some((each) => each.name === name)),
    environments: [...new Set(steps.flatMap(({ environment }) => environment ?? []))],
    steps: connected.map(({ displayName }) => displayName),
    problems: steps.flatMap(problemsOf),
  };
}

function problemsOf(step: NamedStep): readonly string[] {
  const { task, definition, displayName, inputs } = step;
  const [name = ''] = task.split('@');
  const title = `${displayName}${displayName === task ? '' : ` (${task})`}`;
  if (!definition)
    return task === checkoutTask || onThisMachine.includes(name.toLowerCase())
      ? []
      : [`${title}: the task ${name} is not among those that run on this machine.`];
  const unknown = definition.inputs.filter(
    ({ name: input, type }) => /^connectedService:/i.test(type) && (inputs.get(input) ?? '').includes('$('),
  );
  return [
    ...unknown.map(
      ({ name: input }) => `${title}: its connection ${inputs.get(input) ?? ''} is known only when it runs.`,
    ),
    ...namedConnections([step])
      .filter(({ type }) => !isDatabricks(type))
      .map(({ name: connection, type }) => `${title}: it uses the connection ${connection} of the type ${type}.`),
  ];
}

function isDatabricks(type: string): boolean {
  return type.toLowerCase() === 'databricksworkspace';
}
