import type { TaskAgent } from '../agent/agent';

/** Later steps get every variable in their environment, where Windows takes 32,766 characters and Linux 128 KiB for each. */
export async function variableText(output: string, agent: Pick<TaskAgent, 'warning' | 'attachToLog'>): Promise<string> {
  if (output.length <= 32_000) return output;
  agent.warning(
    `The notebook returned ${output.length} characters, too many for a variable: notebookOutput is left empty. All of it is in notebook-output.txt in the log's archive.`,
  );
  await agent.attachToLog('notebook-output.txt', output);
  return '';
}
