import type { Pod, PodTemplateSpec, Service } from 'kubernetes-types/core/v1';
import type { Clock } from '../../clock';
import { TaskError } from '../../errors';
import { poll, TimedOutError } from '../../http/poll';
import { runSmokeTest, type SmokeTest } from '../../smokeTest/runSmokeTest';
import { hasAnswered, sampleSender, type SendSample } from '../../smokeTest/sendSample';
import type { KubernetesClient } from '../client/client';
import type { ProxyTarget } from '../client/proxy';
import type { Address } from './address';
import type { DeploySurroundings } from './request';

/** The answers to a sample are not as expected. */
export class SmokeFailure extends TaskError {
  override readonly name = 'SmokeFailure';
}

/** Until a balancer that has just been told of a pod leads to it. */
const secondsToBeReached = 120;

/** Sends the sample to one pod, past every balancer. Throws a SmokeFailure. */
export async function smokeTestPod(
  client: KubernetesClient,
  pod: Pod,
  port: number,
  path: string,
  smoke: SmokeTest,
  surroundings: DeploySurroundings,
): Promise<void> {
  const name = pod.metadata?.name ?? '';
  await run(`pod ${name}`, proxied(client, { kind: 'pod', name, port }, path, surroundings.clock), smoke, surroundings);
}

/** Sends the sample as users do; to a Service that is reached from inside the cluster alone, through the API server. Throws a SmokeFailure. */
export async function smokeTestService(
  client: KubernetesClient,
  service: Service,
  address: Address,
  path: string,
  smoke: SmokeTest,
  surroundings: DeploySurroundings,
): Promise<void> {
  const name = service.metadata?.name ?? '';
  const port = service.spec?.ports?.[0]?.port ?? 80;
  const where = address.isPublic ? new URL(path, address.origin).href : `Service ${name}`;
  const send = address.isPublic
    ? sampleSender(where, surroundings)
    : proxied(client, { kind: 'service', name, port }, path, surroundings.clock);
  await reach(where, send, smoke, surroundings);
  await run(where, send, smoke, surroundings);
}

/** Where the containers of a template listen for a Service; for their first port where there is none. */
export function podPort(service: Service | undefined, { spec }: PodTemplateSpec): number {
  const ports = (spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const [first] = service?.spec?.ports ?? [];
  const target = first?.targetPort ?? first?.port;
  if (typeof target === 'number') return target;
  const named = ports.find(({ name }) => name === target) ?? ports[0];
  return named?.containerPort ?? 80;
}

async function run(where: string, send: SendSample, smoke: SmokeTest, { report }: DeploySurroundings): Promise<void> {
  const { problem, milliseconds } = await runSmokeTest(send, smoke);
  if (problem !== undefined) throw new SmokeFailure(`${problem} (${where})`);
  report.log(`${where}: the sample was answered as expected, in ${milliseconds.map(Math.round).join(', ')} ms`);
}

async function reach(
  where: string,
  send: SendSample,
  { payload }: SmokeTest,
  surroundings: DeploySurroundings,
): Promise<void> {
  const { clock, signal } = surroundings;
  try {
    await poll({
      clock,
      signal,
      deadline: clock.now() + secondsToBeReached * 1000,
      awaited: `an answer of ${where}`,
      probe: () => send(payload),
      isDone: hasAnswered,
    });
  } catch (error) {
    if (!(error instanceof TimedOutError)) throw error;
    throw new SmokeFailure(`There is no answer at ${where}. ${error.message}`, { cause: error });
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
