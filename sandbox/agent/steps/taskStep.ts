import type { TaskStepPlan } from '../plan/plan';
import type { JobState } from '../run/runState';
import { connectionEnvironment, findConnection, systemConnectionId, type Connection } from '../tasks/connections';
import { findTask, type TaskDefinition } from '../tasks/taskDefinitions';
import { findInput, inputEnvironment, isConnection, resolveInputs } from '../tasks/taskInputs';
import { environmentName } from '../variables/variables';
import { runStepProcess, type StepRun } from './stepRun';
import { stepEnvironment } from './stepEnvironment';

/** Runs a task's script under Node as a process of its own, as the agent's Node handler does. */
export async function runTask(step: TaskStepPlan, run: StepRun): Promise<void> {
  const { job, record } = run;
  const task = findTask(job.run.tasks, step.task, step.majorVersion);
  if (task?.script === undefined) throw new Error(`the task ${step.task} existed before the run and was deleted since`);
  const inputs = resolveInputs(task, step.inputs, job.variables, job.folders.working);
  const connections = resolveConnections(task, inputs, job, record.fail.bind(record));
  if (!connections) return;
  for (const { name } of step.inputs) {
    if (!findInput(task, name)) record.warning(`The task ${task.name} has no input '${name}'.`);
  }
  record.write(`Task         : ${task.name}`);
  record.write(`Version      : ${task.version}`);
  const end = await runStepProcess(
    {
      file: process.execPath,
      args: [task.script],
      cwd: job.folders.working,
      environment: {
        ...stepEnvironment(step, job),
        ...variableEnvironment(job),
        ...inputEnvironment(inputs),
        ...connectionsEnvironment(connections),
      },
      restrictions: [task.restrictions, step.restrictions],
      declaredOutputs: task.outputVariables,
    },
    run,
  );
  if (end !== 0)
    record.fail(
      `The process of the task exited with code '${end}'${end === 137 ? ', which may mean that it ran out of memory' : ''}.`,
    );
}

/** The connections that the task's inputs name, and the one to Azure DevOps; undefined when one is missing. An input gets the id, whatever names it. */
function resolveConnections(
  task: TaskDefinition,
  inputs: Map<string, string>,
  { run }: JobState,
  fail: (message: string) => void,
): Connection[] | undefined {
  const found = run.connections.filter(({ id }) => id === systemConnectionId);
  for (const [name, value] of inputs) {
    const input = findInput(task, name);
    if (!input || !isConnection(input) || value === '') continue;
    const named = value.split(',').map((reference) => findConnection(run.connections, reference.trim()));
    const present = named.filter((connection) => connection !== undefined);
    if (present.length < named.length) {
      fail(`The input '${name}' names the service connection '${value}', which does not exist.`);
      return undefined;
    }
    inputs.set(name, present.map(({ id }) => id).join(','));
    found.push(...present);
  }
  return found;
}

function connectionsEnvironment(connections: readonly Connection[]): Record<string, string> {
  return Object.assign({}, ...connections.map(connectionEnvironment)) as Record<string, string>;
}

/** Secrets reach a task, but no script, and only under a prefix of their own. */
function variableEnvironment({ variables }: JobState): Record<string, string> {
  const secrets = variables.names('secret');
  return {
    ...Object.fromEntries(secrets.map((name) => [`SECRET_${environmentName(name)}`, variables.get(name) ?? ''])),
    VSTS_PUBLIC_VARIABLES: JSON.stringify(variables.names('public')),
    VSTS_SECRET_VARIABLES: JSON.stringify(secrets),
  };
}
