import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Pod } from 'kubernetes-types/core/v1';
import { parseImage } from '../manifest/imageReference';
import type { KubernetesClient } from '../client/client';
import { addressOf, awaitAddress, awaitEndpoints } from './address';
import { NotServing } from './failure';
import type { DeployRequest, DeploySurroundings } from './request';
import { imageOf, revisionOf } from './goodVersion';
import { podPort, SmokeFailure, smokeTestPod, smokeTestService } from './smokeTest';
import { services } from '../client/resource';
import type { Plan } from '../strategies/plan';
import { SupersededError } from '../strategies/switchTraffic';
import { watchRollout, type RolloutSnapshot } from '../rollout/watchRollout';

/** A container that crashes right after its start is ready for a moment. */
const minStableSeconds = 10;
/** Of many alike, a few are enough. */
const mostPodsTested = 3;

/** Follows a rollout to its end. Throws a NotServing, or a SupersededError. */
export async function proveRollout(
  client: KubernetesClient,
  applied: Deployment,
  { clock, signal, report, deadline, onFacts }: DeploySurroundings,
): Promise<RolloutSnapshot> {
  const end = await watchRollout(client, { applied, deadline, minStableSeconds }, { clock, signal, report });
  const { outcome, message, snapshot } = end;
  if (snapshot.deployment) onFacts({ revision: revisionOf(snapshot.deployment) });
  if (outcome === 'superseded') throw new SupersededError(`Superseded: ${message}`);
  report.log(message);
  if (outcome !== 'done') throw new NotServing(message, snapshot);
  const digest = digestOf(snapshot.pods) ?? parseImage(imageOf(applied.spec?.template))?.digest;
  if (digest !== undefined) onFacts({ digest });
  return snapshot;
}

/** Puts new pods to the test before, or besides, the Service. Throws a NotServing. */
export async function provePods(
  client: KubernetesClient,
  plan: Plan,
  { smoke, scoringPath }: Pick<DeployRequest, 'smoke' | 'scoringPath'>,
  snapshot: RolloutSnapshot,
  surroundings: DeploySurroundings,
): Promise<void> {
  const preview = plan.preview?.metadata?.name;
  if (preview !== undefined)
    await orNotServing(snapshot, () => awaitEndpoints(client, preview, snapshot.pods, surroundings));
  if (!smoke) return;
  for (const pod of snapshot.pods.slice(0, mostPodsTested)) {
    const port = podPort(plan.service, snapshot.deployment?.spec?.template ?? {});
    await orNotServing({ ...snapshot, pods: [pod] }, () =>
      smokeTestPod(client, pod, port, scoringPath, smoke, surroundings),
    );
  }
}

/** Waits until a Service leads to the new pods, and puts it to the test as its users do. Throws a NotServing. */
export async function proveService(
  client: KubernetesClient,
  plan: Plan,
  { smoke, scoringPath }: Pick<DeployRequest, 'smoke' | 'scoringPath'>,
  snapshot: RolloutSnapshot,
  surroundings: DeploySurroundings,
): Promise<void> {
  const name = plan.service?.metadata?.name;
  if (name === undefined) return;
  await orNotServing(snapshot, async () => {
    await awaitEndpoints(client, name, snapshot.pods, surroundings);
    const address = await awaitAddress(client, name, surroundings);
    surroundings.onFacts({ scoringUri: new URL(scoringPath, address.origin).href });
    const service = await client.get(services, name);
    if (smoke && service) await smokeTestService(client, service, address, scoringPath, smoke, surroundings);
  });
}

/** Tells where a service is reached that is as it should be. */
export async function tellAddress(
  client: KubernetesClient,
  { service: wanted }: Plan,
  scoringPath: string,
  { onFacts }: DeploySurroundings,
): Promise<void> {
  const service = wanted && (await client.get(services, wanted.metadata?.name ?? ''));
  const address = service && addressOf(service, client.namespace);
  if (address) onFacts({ scoringUri: new URL(scoringPath, address.origin).href });
}

/** What is wrong with the service is a reason to look at its pods. */
async function orNotServing(snapshot: RolloutSnapshot, prove: () => Promise<void>): Promise<void> {
  try {
    await prove();
  } catch (error) {
    if (error instanceof SmokeFailure) throw new NotServing(error.message, snapshot, snapshot.pods, { cause: error });
    throw error;
  }
}

/** As the cluster pulled it: the name that a tag had may mean another image by now. */
function digestOf(pods: readonly Pod[]): string | undefined {
  const [status] = pods[0]?.status?.containerStatuses ?? [];
  return /sha256:[0-9a-f]{64}/.exec(status?.imageID ?? '')?.[0];
}
