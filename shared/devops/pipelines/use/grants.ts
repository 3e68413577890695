import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import { poll, TimedOutError } from '../../../http/poll';
import { mapInParallel } from '../../../inParallel';
import type { Devops } from '../../devops';
import { needed, type NeededPermission } from '../../permissions/requirePermissions';
import { tokens } from '../../permissions/tokens';
import type { FoundResource } from './projectLists';

/** A resource that pipelines may not use yet. */
export interface Grant {
  readonly found: FoundResource;
  /** The ids of the pipelines. */
  readonly pipelines: readonly number[];
}

/** What pipelines need. */
export interface Need {
  readonly pipelineId: number;
  readonly needs: readonly FoundResource[];
}

/** How many questions about pipelines are asked at once. */
export const readsAtOnce = 8;
const secondsToSettle = 60;

/** What each pipeline may not use yet of what it needs; each resource is read once. What all pipelines may use lacks nothing. */
export async function lackingGrants(
  devops: Devops,
  projectId: string,
  all: readonly Need[],
): Promise<readonly Grant[]> {
  const resources = new Map<string, { readonly found: FoundResource; readonly pipelines: number[] }>();
  for (const { pipelineId, needs } of all)
    for (const found of needs) {
      const key = `${found.resource.type} ${found.resource.id}`;
      const entry = resources.get(key) ?? { found, pipelines: [] };
      entry.pipelines.push(pipelineId);
      resources.set(key, entry);
    }
  const grants = await mapInParallel([...resources.values()], readsAtOnce, async ({ found, pipelines }) => {
    const { areAllAuthorized, authorizedPipelines } = await devops.pipelinePermissions.permissions(
      projectId,
      found.resource,
    );
    return { found, pipelines: areAllAuthorized ? [] : pipelines.filter((id) => !authorizedPipelines.includes(id)) };
  });
  return grants.filter(({ pipelines }) => pipelines.length > 0);
}

/** Lets the pipelines use the resources, and resolves when the service says that they may. */
export async function applyGrants(
  devops: Devops,
  projectId: string,
  grants: readonly Grant[],
  { clock, signal }: Context,
): Promise<void> {
  let lacking: readonly Grant[] = grants;
  const probe = async (): Promise<boolean> => {
    const answers = await devops.pipelinePermissions.authorizeAll(
      projectId,
      lacking.map(({ found, pipelines }) => ({ resource: found.resource, pipelines })),
    );
    lacking = lacking.filter(({ pipelines }, index) => {
      const answer = answers[index];
      return answer?.areAllAuthorized !== true && pipelines.some((id) => !answer?.authorizedPipelines.includes(id));
    });
    return lacking.length === 0;
  };
  try {
    const deadline = clock.now() + secondsToSettle * 1000;
    const awaited = 'the permissions of the pipelines to be granted';
    await poll({ clock, signal, deadline, awaited, probe, isDone: (isDone) => isDone });
  } catch (error) {
    if (!(error instanceof TimedOutError) || error.cause !== undefined) throw error;
    throw new TaskError(
      `Azure DevOps accepted the permissions of the pipelines, but does not show them for ${lacking.map(({ found }) => found.label).join(', ')}. Run again, or grant them on the pages of the resources.`,
      { cause: error },
    );
  }
}

/**
 * Who may let pipelines use a resource: its administrators, and for agent pools and repositories those who may edit
 * pipelines (https://learn.microsoft.com/azure/devops/pipelines/security/resources).
 */
export function permissionsToGrant(
  project: { readonly id: string; readonly name: string },
  { resource: { type, id }, label }: FoundResource,
): readonly NeededPermission[] {
  switch (type) {
    case 'variablegroup':
      return [needed('library', 'Administer', tokens.library(project.id, Number(id)), `the ${label}`)];
    case 'environment':
      return [needed('environment', 'Administer', tokens.environment(project.id, Number(id)), `the ${label}`)];
    case 'endpoint':
      return [needed('serviceEndpoints', 'Administer', tokens.serviceEndpoints(project.id, id), `the ${label}`)];
    case 'queue':
    case 'repository': {
      const on = `the pipelines of the project '${project.name}'`;
      return [needed('build', 'EditBuildDefinition', tokens.build(project.id), on)];
    }
  }
}
