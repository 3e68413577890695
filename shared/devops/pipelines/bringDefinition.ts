import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { isTransient } from '../../http/errors';
import type { Definition } from '../api/pipelines/build';
import { isAbsentOrNotPermitted, isRefusedAs } from '../api/refusal';
import { StuckError } from '../change';
import { createOnce } from '../createOnce';
import type { Devops } from '../devops';
import { compareDefinition, newDefinition, type DefinitionComparison } from './compareDefinition';
import { findPipeline } from './resolveWanted';
import { pipelineTitle, type WantedPipeline } from './wanted';

/** How often an update is sent that fails in passing, or that others overtake. */
const mostWrites = 4;

/** Creates a pipeline, or finds the one that an earlier attempt created, and brings it into the wanted state. */
export async function createDefinition(
  devops: Devops,
  projectId: string,
  wanted: WantedPipeline,
  context: Context,
): Promise<Definition> {
  const { folder, entry } = wanted;
  try {
    const created = await createOnce(
      () => devops.build.createDefinition(projectId, newDefinition(wanted).body),
      async () => {
        const found = findPipeline(await devops.build.definitions(projectId, { name: entry.name }), folder, entry.name);
        return found && devops.build.definition(projectId, found.id);
      },
      context,
    );
    return await bringDefinition(devops, projectId, wanted, created, false, context);
  } catch (error) {
    if (!isRefusedAs('alreadyExists', error)) throw error;
    throw new TaskError(
      `${error.message} The list of pipelines does not show it: this identity may not see it. Grant it 'View build pipeline', or choose another name or folder.`,
      { cause: error },
    );
  }
}

/**
 * Updates a pipeline until it reads as wanted. An update needs the current revision, and is refused as if there were no
 * such pipeline where somebody else was faster: then it is read again. Throws a StuckError if it became another one.
 */
export async function bringDefinition(
  devops: Devops,
  projectId: string,
  given: WantedPipeline,
  found: Definition,
  mayWriteSecrets: boolean,
  { agent, clock, signal }: Context,
): Promise<Definition> {
  // The values of secrets cannot be compared: they are written once.
  let wanted = mayWriteSecrets ? given : { ...given, updateSecrets: false };
  let current = found;
  for (let writes = 0; ; writes++) {
    const comparison = compareDefinition(wanted, current);
    if (comparison.kind === 'unchanged') return current;
    if (comparison.kind === 'conflict') throw stuck(wanted, comparison);
    if (writes === mostWrites) throw stillDiffers(wanted, comparison);
    if (writes > 0) await clock.sleep(writes * 1000, signal);
    const { id, revision } = current;
    try {
      current = await devops.build.updateDefinition(projectId, id, { ...comparison.body, id, revision });
      wanted = { ...wanted, updateSecrets: false };
    } catch (error) {
      if ((!isTransient(error) && !isAbsentOrNotPermitted(error)) || writes === mostWrites - 1) throw error;
      agent.log(`${error.message} Reading the pipeline again.`);
      current = await devops.build.definition(projectId, id);
    }
  }
}

function stuck(wanted: WantedPipeline, { kind, differences, notes }: DefinitionComparison): StuckError {
  return new StuckError([{ kind, what: pipelineTitle(wanted), differences, notes }]);
}

function stillDiffers(wanted: WantedPipeline, { differences }: DefinitionComparison): TaskError {
  return new TaskError(
    `Azure DevOps accepted the ${pipelineTitle(wanted).toLowerCase()}, but it still differs, or others change it at the same time:\n  ${differences.join('\n  ')}`,
  );
}
