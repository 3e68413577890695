import type { Deployment } from 'kubernetes-types/apps/v1';
import { services } from '../client/resource';
import { urlAt } from '../../http/transport/address';
import { parseImage } from '../manifest/imageReference';
import { lookAt, type RolloutSnapshot } from '../rollout/snapshot';
import { selects } from '../serving/chooseServing';
import { podPort } from '../serving/ports';
import type { Plan } from '../strategies/plan';
import { watchRollout } from '../rollout/watchRollout';
import { SupersededError } from '../strategies/switchTraffic';
import { addressOf, awaitAddress, awaitEndpoints } from './address';
import { NotServing } from './failure';
import { imageOf, revisionOf } from './goodVersion';
import type { DeployRun, OnFacts } from './request';
import { SmokeFailure, smokeTestPod, smokeTestService } from './smokeTest';

/** A container that crashes right after its start is ready for a moment. */
const minStableSeconds = 10;
/** Of many equal pods, a few are enough. */
const maxPodsTested = 3;
const secondsToLook = 60;

/** Follows a rollout until it ends. Throws a NotServing, or a SupersededError. */
export async function proveRollout(run: DeployRun, applied: Deployment): Promise<RolloutSnapshot> {
  const { client, plan, context } = run;
  // The facts are about the Deployment that serves, whichever is followed last.
  const isServing = applied.metadata?.name === plan.workloads[0]?.wanted.metadata?.name;
  const onFacts: OnFacts = (facts) => (isServing ? run.onFacts(facts) : undefined);
  const { outcome, message, snapshot } = await watchRollout(client, { applied, minStableSeconds }, context);
  if (snapshot.deployment) onFacts({ revision: revisionOf(snapshot.deployment) });
  if (outcome === 'superseded') throw new SupersededError(`Superseded: ${message}`);
  context.agent.log(message);
  if (outcome !== 'done') throw new NotServing(message, snapshot);
  onFacts(digestIn(snapshot, applied, plan.names.container));
  return snapshot;
}

/** Smoke-tests new pods before, besides or without the Service. Throws a NotServing. */
export async function provePods(run: DeployRun, snapshot: RolloutSnapshot): Promise<void> {
  const { client, plan, request, context } = run;
  const { smoke } = request;
  const preview = plan.preview?.metadata?.name;
  if (preview !== undefined)
    await orNotServing(snapshot, () => awaitEndpoints(client, preview, snapshot.pods, context));
  if (!smoke) return;
  for (const pod of snapshot.pods.slice(0, maxPodsTested)) {
    const port = podPort(plan.service, snapshot.deployment?.spec?.template ?? {}, plan.names.port);
    await orNotServing({ ...snapshot, pods: [pod] }, () => smokeTestPod(run, smoke, pod, port));
  }
}

/**
 * Waits until a Service routes to the new pods, and smoke-tests it as its users call it. Where other Deployments answer
 * through the same Service, or there is none, the pods themselves are tested. Throws a NotServing.
 */
export async function proveService(run: DeployRun, snapshot: RolloutSnapshot): Promise<void> {
  const { client, plan, request, context, onFacts } = run;
  const { port } = plan.names;
  const name = plan.service?.metadata?.name;
  if (name === undefined || isShared(plan)) await provePods(run, snapshot);
  if (name === undefined) return;
  await orNotServing(snapshot, async () => {
    await awaitEndpoints(client, name, snapshot.pods, context);
    const address = await awaitAddress(client, name, port, context);
    onFacts({ scoringUri: urlAt(address.origin, request.scoringPath) });
    const service = await client.get(services, name);
    if (request.smoke && service) await smokeTestService(run, request.smoke, service, address);
  });
}

/** Reports the version and the address of a service that needs no change. */
export async function tellPresent({ client, plan, request, context, onFacts }: DeployRun): Promise<void> {
  const live = plan.workloads[0]?.live;
  if (live) {
    const { snapshot } = await lookAt(client, live, { budgetSeconds: secondsToLook, date: context.clock.date() });
    onFacts({ revision: revisionOf(live), ...digestIn(snapshot, live, plan.names.container) });
  }
  const service = plan.service && (await client.get(services, plan.service.metadata?.name ?? ''));
  const address = service && addressOf(service, client.namespace, plan.names.port);
  if (address) onFacts({ scoringUri: urlAt(address.origin, request.scoringPath) });
}

/** A failed smoke test is a reason to look at the pods. */
async function orNotServing(snapshot: RolloutSnapshot, prove: () => Promise<void>): Promise<void> {
  try {
    await prove();
  } catch (error) {
    if (error instanceof SmokeFailure) throw new NotServing(error.message, snapshot, snapshot.pods, { cause: error });
    throw error;
  }
}

function isShared({ service, workloads }: Plan): boolean {
  const reached = workloads.filter(({ wanted }) => service && selects(service, wanted.spec?.template));
  return reached.length > 1;
}

/** The digest that the cluster pulled, or that the image names: the tag may name another image by now. */
function digestIn(
  { pods: [pod] }: RolloutSnapshot,
  { spec }: Deployment,
  container: string | undefined,
): { readonly digest?: string } {
  const all = pod?.status?.containerStatuses ?? [];
  const status = all.find(({ name }) => name === container) ?? all[0];
  const pulled = /sha256:[0-9a-f]{64}/.exec(status?.imageID ?? '')?.[0];
  const digest = pulled ?? parseImage(imageOf(spec?.template, container))?.digest;
  return digest === undefined ? {} : { digest };
}
