import { join } from 'node:path';
import type { TaskAgent } from '../../shared/agent/agent';
import type { PlanReport } from '../../shared/devops/onboarding/planReport';
import { writeOutputFiles } from '../../shared/files/writeOutputFiles';

/**
 * Writes `onboarding_plan.json` into a folder, by default a new temporary one that the agent deletes after the job. Returns
 * its path.
 */
export async function writePlan(
  report: PlanReport,
  folder: string | undefined,
  agent: Pick<TaskAgent, 'temporaryFolder' | 'workingFolder' | 'readableFolders'>,
): Promise<string> {
  const name = 'onboarding_plan.json';
  const files = new Map([[name, `${JSON.stringify(report, null, 2)}\n`]]);
  return join(await writeOutputFiles({ what: 'the plan', folder, prefix: 'onboarding-plan-', files }, agent), name);
}
