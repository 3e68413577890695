import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import { CallError } from '../../../http/errors';
import { isMap, type JsonMap } from '../../../json';
import type { Workspace, WorkspaceApi } from '../api/workspace';

/** The workspace. Throws a TaskError for one in which nothing can be deployed. */
export async function usableWorkspace(api: WorkspaceApi): Promise<Workspace> {
  const workspace = await api.get();
  const { provisioningState = 'Succeeded', v1LegacyMode } = workspace.properties;
  if (v1LegacyMode === true)
    throw new TaskError(
      'The workspace is in the legacy mode of version 1 (v1_legacy_mode), which refuses online endpoints. Turn it off in the workspace (https://learn.microsoft.com/azure/machine-learning/how-to-configure-network-isolation-with-v2), or use another workspace.',
    );
  if (/^(failed|canceled|deleting|softdeleted)$/i.test(provisioningState))
    throw new TaskError(
      `The workspace is ${provisioningState}, so that nothing can be deployed to it. Check it in the Azure portal.`,
    );
  return workspace;
}

/** The resource id of the compute of a cluster. Throws a TaskError for one that endpoints cannot use. */
export async function computeOf(api: WorkspaceApi, name: string): Promise<string> {
  const found = await api.compute(name);
  if (!found)
    throw new TaskError(
      `The workspace has no compute '${name}'. Attach the cluster to the workspace, or correct the name.`,
    );
  const { computeType = 'unknown', provisioningState = 'Succeeded' } = found.properties;
  if (computeType.toLowerCase() !== 'kubernetes')
    throw new TaskError(
      `The compute '${name}' is of the type ${computeType}, but must be Kubernetes: a cluster with the Azure Machine Learning extension, attached to the workspace.`,
    );
  if (/^(failed|deleting)$/i.test(provisioningState))
    throw new TaskError(
      `The compute '${name}' is ${provisioningState}. Check it in the studio of Azure Machine Learning.`,
    );
  return found.id;
}

/** Large machines with GPUs. */
const withoutReserve = /_(?:ND|NC\w*(?:A100|H100))/i;

/**
 * Warns where the quota does not suffice for a deployment, because that is refused only later. Azure reserves 20 % for
 * upgrades (https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas), and a deletion frees cores only when
 * it has ended. What cannot be read is left out.
 */
export async function warnOfQuota(
  api: WorkspaceApi,
  location: string,
  { properties, sku }: JsonMap,
  { agent }: Pick<Context, 'agent'>,
): Promise<void> {
  const instanceType = isMap(properties) ? properties['instanceType'] : undefined;
  const instances = isMap(sku) ? Number(sku['capacity'] ?? 1) : 1;
  if (typeof instanceType !== 'string') return;
  try {
    const found = await api.freeCores(location, instanceType);
    if (!found) return;
    const { family, coresEach, free, limit } = found;
    const reserve = withoutReserve.test(instanceType) ? 1 : 1.2;
    const needed = Math.ceil(reserve * instances) * coresEach;
    if (needed <= free) return;
    agent.warning(
      `The quota may not suffice: ${instances} ${instances === 1 ? 'instance' : 'instances'} of ${instanceType} need ${needed} cores, and ${free} of ${limit} of the family ${family} are free in ${location}.`,
    );
  } catch (error) {
    // A role on the workspace does not allow to read the quota, which belongs to the subscription.
    if (!(error instanceof CallError)) throw error;
    agent.debug(`The quota was not checked. ${error.message}`);
  }
}
