import { builtCli, sharedCli } from './builtCli';
import { builtExtension, sharedBuild } from './builtTasks';

/** Before a run of many test files: they share one build. It is removed when this process ends. */
export async function mochaGlobalSetup(): Promise<void> {
  process.env[sharedBuild] = await builtExtension();
  process.env[sharedCli] = await builtCli();
}
