import type { Pod, Service } from 'kubernetes-types/core/v1';
import type { Context } from '../../agent/context';
import type { Clock } from '../../clock';
import { TaskError } from '../../errors';
import { urlAt } from '../../http/transport/address';
import { poll, TimedOutError } from '../../http/poll';
import { runSmokeTest, type SmokeTest } from '../../smokeTest/runSmokeTest';
import { hasAnswered, sampleSender, type SendSample } from '../../smokeTest/sendSample';
import type { KubernetesClient } from '../client/client';
import type { ProxyTarget } from '../client/proxy';
import { calledPort } from '../serving/ports';
import type { Address } from './address';
import type { DeployRun } from './request';

/** The answers to a sample are not as expected. */
export class SmokeFailure extends TaskError {
  override readonly name = 'SmokeFailure';
}

/** Until a load balancer that has just learned of a pod routes to it. */
const secondsToBeReached = 120;

/** Sends the sample directly to one pod. Throws a SmokeFailure. */
export async function smokeTestPod(
  { client, request, context }: DeployRun,
  smoke: SmokeTest,
  pod: Pod,
  port: number,
): Promise<void> {
  const name = pod.metadata?.name ?? '';
  const send = proxied(client, { kind: 'pod', name, port }, request.scoringPath, context.clock);
  await run(`pod ${name}`, send, smoke, context);
}

/**
 * Sends the sample as users do; to a Service without an address outside the cluster, through the API server. Throws a
 * SmokeFailure.
 */
export async function smokeTestService(
  { client, plan, request, context }: DeployRun,
  smoke: SmokeTest,
  service: Service,
  address: Address,
): Promise<void> {
  const { scoringPath } = request;
  const name = service.metadata?.name ?? '';
  const port = service.spec?.ports?.[calledPort(service, plan.names.port)]?.port ?? 80;
  const where = address.isPublic ? urlAt(address.origin, scoringPath) : `Service ${name}`;
  const send = address.isPublic
    ? sampleSender(where, context)
    : proxied(client, { kind: 'service', name, port }, scoringPath, context.clock);
  await reach(where, send, smoke, context);
  await run(where, send, smoke, context);
}

async function run(where: string, send: SendSample, smoke: SmokeTest, { agent }: Context): Promise<void> {
  const { problem, milliseconds } = await runSmokeTest(send, smoke);
  if (problem !== undefined) throw new SmokeFailure(`${problem} (${where})`);
  agent.log(`${where}: the sample was answered as expected, in ${milliseconds.map(Math.round).join(', ')} ms`);
}

async function reach(
  where: string,
  send: SendSample,
  { payload }: SmokeTest,
  { clock, signal }: Context,
): Promise<void> {
  try {
    await poll({
      clock,
      signal,
      deadline: clock.now() + secondsToBeReached * 1000,
      awaited: `an answer from ${where}`,
      probe: () => send(payload),
      isDone: hasAnswered,
    });
  } catch (error) {
    if (!(error instanceof TimedOutError)) throw error;
    throw new SmokeFailure(`${where} does not answer. ${error.message}`, { cause: error });
  }
}

function proxied(client: KubernetesClient, target: ProxyTarget, path: string, clock: Clock): SendSample {
  return async (content) => {
    const startedAt = clock.now();
    const { status, text } = await client.proxy(target, {
      method: 'POST',
      path,
      body: { contentType: 'application/json', content },
    });
    return { status, text, milliseconds: clock.now() - startedAt };
  };
}
