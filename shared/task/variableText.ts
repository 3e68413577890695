import type { TaskAgent } from '../agent/agent';
import { harmless } from '../agent/harmless';

/** Variables become environment variables of later steps: Windows allows 32,766 characters for each, Linux 128 KiB. */
export async function variableText(output: string, agent: Pick<TaskAgent, 'warning' | 'attachToLog'>): Promise<string> {
  if (output.length <= 32_000) {
    // The variable gets a changed text then.
    if (output !== harmless(output)) await agent.attachToLog('notebook-output.txt', output);
    return output;
  }
  agent.warning(
    `The notebook returned ${output.length} characters, too many for a variable, so notebookOutput is empty. The full text is in notebook-output.txt in the archive of the logs.`,
  );
  await agent.attachToLog('notebook-output.txt', output);
  return '';
}
