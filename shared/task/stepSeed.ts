import { randomUUID } from 'node:crypto';
import type { TaskAgent } from '../agent/agent';

/**
 * The same for every try of this step (the agent's retries, a step that was killed), another for every other step, run
 * of the pipeline, and attempt at a stage or job: a person who starts those anew wants a new run.
 */
export function stepSeed(agent: TaskAgent): string {
  const [plan, job, step] = ['System.PlanId', 'System.JobId', 'System.TaskInstanceId'].map((name) =>
    agent.variable(name),
  );
  if (!plan || !job || !step) return randomUUID(); // not on an agent: nothing to attach to
  const more = [
    'System.CollectionId',
    'System.TeamProjectId',
    'System.StageAttempt',
    'System.PhaseAttempt',
    'System.JobAttempt',
  ];
  return [plan, job, step, ...more.map((name) => agent.variable(name) ?? '')].join(' ');
}
