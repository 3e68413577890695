import { fold } from '../caseInsensitiveMap';
import { Problems } from '../pipelineError';
import { findConnection, type Connection } from '../tasks/connections';
import type { StandIns } from '../resources/standIns';
import { checkResourceStep } from './checkResourceStep';
import { findTask, type TaskDefinition } from '../tasks/taskDefinitions';
import { findInput, isConnection } from '../tasks/taskInputs';
import type { PipelinePlan, TaskStepPlan } from './plan';

/** Checks a plan against what is there to run it: tasks, service connections, selected stages. Says all that is wrong at once. */
export function checkPlan(
  plan: PipelinePlan,
  tasks: readonly TaskDefinition[],
  connections: readonly Connection[],
  targetStages: readonly string[] | undefined,
  standIns: StandIns,
): void {
  const problems = new Problems();
  for (const name of targetStages ?? []) {
    if (!plan.stages.some((stage) => fold(stage.name) === fold(name))) {
      problems.add(`there is no stage '${name}': there are ${plan.stages.map((stage) => stage.name).join(', ')}`);
    }
  }
  for (const step of plan.stages.flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps))) {
    if (step.kind === 'task') checkTaskStep(step, tasks, connections, problems);
    else if (step.isEnabled) checkResourceStep(step, plan.resources, standIns, problems);
  }
  problems.throwIfAny();
}

/** A task that isn't there at all is skipped when its turn comes, and said so; another version of one that is there is a mistake. */
function checkTaskStep(
  step: TaskStepPlan,
  tasks: readonly TaskDefinition[],
  connections: readonly Connection[],
  problems: Problems,
): void {
  const task = findTask(tasks, step.task, step.majorVersion);
  const others = task ? [] : tasks.filter((other) => findTask([other], step.task, other.majorVersion));
  if (others.length > 0) {
    problems.add(
      `there is no version ${step.majorVersion} of the task ${step.task}: there is ${others.map((each) => each.version).join(', ')}`,
      step.at,
    );
  }
  if (!task || !step.isEnabled) return;
  if (task.script === undefined) problems.add(`the task ${task.name} has no handler for Node 20 or 24`, step.at);
  if (task.hasJobHandlers)
    problems.add(
      `the task ${task.name} has a part that runs before or after the job, which is not supported here`,
      step.at,
    );
  for (const { name, value, at } of step.inputs) {
    const input = findInput(task, name);
    if (!input || !isConnection(input) || value === '' || value.includes('$(')) continue;
    const [, wantedType = ''] = input.type.split(':');
    for (const reference of value.split(',')) {
      const connection = findConnection(connections, reference.trim());
      if (!connection) {
        problems.add(
          `the input '${name}' names the service connection '${reference.trim()}', which does not exist`,
          at,
        );
      } else if (connection.type !== undefined && connection.type.toLowerCase() !== wantedType.toLowerCase()) {
        problems.add(
          `the input '${name}' takes a connection of type '${wantedType}', and '${connection.name}' is of type '${connection.type}'`,
          at,
        );
      }
    }
  }
}
