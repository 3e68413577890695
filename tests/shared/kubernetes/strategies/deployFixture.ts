import type { Kubernetes, KubernetesOptions } from '../../../../sandbox/kubernetes/kubernetes';
import { TaskError } from '../../../../shared/errors';
import type { KubernetesClient } from '../../../../shared/kubernetes/client';
import type { DeployRequest, DeploySurroundings, ServiceFacts } from '../../../../shared/kubernetes/deployFacts';
import { deployService } from '../../../../shared/kubernetes/deployService';
import { annotations } from '../../../../shared/kubernetes/manifest/labels';
import { releaseOf } from '../../../../shared/kubernetes/manifest/release';
import type { ServiceDescription } from '../../../../shared/kubernetes/manifest/serviceDescription';
import { serviceObjects } from '../../../../shared/kubernetes/manifest/serviceObjects';
import { FakeAgent } from '../../../support/fakeAgent';
import { openTestCluster, type TestCluster } from '../clusterFixture';

/** What the Service and the Deployment in the slot `stable` are called. */
export const names = { deployment: 'score', service: 'score' };

/** A scoring service as the tests deploy it. */
export function description(image: string, more: Partial<ServiceDescription> = {}): ServiceDescription {
  return {
    serviceName: names.service,
    image,
    port: 5001,
    scoringPath: '/score',
    healthPath: '/healthz',
    cpu: '100m',
    memory: '128Mi',
    replicas: 2,
    exposure: 'clusterIp',
    runAsNonRoot: true,
    readOnlyRootFilesystem: true,
    startupSeconds: 120,
    progressDeadlineSeconds: 270,
    ...more,
  };
}

/** A request of which the tests say only what matters to them. */
export interface Wish extends Partial<DeployRequest> {
  readonly service?: Partial<ServiceDescription>;
}

export function requestOf(image: string, { service, ...more }: Wish = {}): DeployRequest {
  return {
    release: releaseOf(serviceObjects(description(image, service))),
    strategy: 'rolling',
    canaryPercent: 33,
    onFailure: 'rollback',
    scoringPath: '/score',
    smoke: undefined,
    isForced: false,
    ...more,
  };
}

/** How a step ended, and what it said. */
export interface Ended {
  /** What it returned. */
  readonly result: string | undefined;
  /** What it threw. */
  readonly message: string | undefined;
  readonly facts: Partial<ServiceFacts>;
  readonly agent: FakeAgent;
}

type Step = (client: KubernetesClient, surroundings: DeploySurroundings) => Promise<string>;

export interface DeployStage extends TestCluster {
  deploy(image: string, wish?: Wish): Promise<Ended>;
  run(step: Step, client?: KubernetesClient): Promise<Ended>;
}

/** A cluster, and steps that deploy to it. */
export async function openDeployStage(options: KubernetesOptions = {}): Promise<DeployStage> {
  const cluster = await openTestCluster(options);
  const { clock } = cluster;
  const run: DeployStage['run'] = async (step, client = cluster.client) => {
    const agent = new FakeAgent();
    const facts: Partial<ServiceFacts> = {};
    const surroundings: DeploySurroundings = {
      clock,
      agent,
      report: agent,
      signal: new AbortController().signal,
      deadline: clock.now() + 300_000,
      onFacts: (known) => void Object.assign(facts, known),
    };
    try {
      return { result: await step(client, surroundings), message: undefined, facts, agent };
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      return { result: undefined, message: error.message, facts, agent };
    }
  };
  return {
    ...cluster,
    run,
    deploy: (image, wish) => run((client, surroundings) => deployService(client, requestOf(image, wish), surroundings)),
  };
}

export class Killed extends Error {}

/** A client that calls back before each of its calls, which count from 1, and makes none for which that throws. */
export function observed(client: KubernetesClient, onCall: (call: number) => void): KubernetesClient {
  let calls = 0;
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        onCall(++calls);
        return (await Reflect.apply(value, target, args)) as unknown;
      };
    },
  });
}

/** A client that dies with its step right before the n-th call that it would make, and does nothing any more. */
export function killedBefore(client: KubernetesClient, last: number): KubernetesClient {
  return observed(client, (call) => {
    if (call >= last) throw new Killed();
  });
}

/** What is left when all has come to rest, in values that are the same in another cluster. */
export function endState({ store }: Kubernetes): unknown {
  return {
    services: store.list('services').map(({ metadata, spec }) => [metadata.name, spec.selector]),
    deployments: store
      .list('deployments')
      .map(({ metadata, spec }) => [
        metadata.name,
        spec.replicas,
        spec.replicas === 0 ? 'parked' : spec.template.spec.containers.map(({ image }) => image),
        spec.replicas === 0 || metadata.annotations?.[annotations.good] !== undefined,
        spec.replicas === 0 || metadata.annotations?.[annotations.unproven] === undefined,
      ]),
    autoscalers: store.list('horizontalpodautoscalers').map(({ metadata }) => metadata.name),
    budgets: store.list('poddisruptionbudgets').map(({ metadata }) => metadata.name),
    configuration: store.list('configmaps').length + store.list('secrets').length,
  };
}

/** Asks a service over and over while something goes on; tells the images that answered, and what went wrong. */
export async function underLoad(
  { kubernetes, client }: DeployStage,
  work: () => Promise<unknown>,
): Promise<{ readonly images: ReadonlySet<string>; readonly answers: number; readonly failures: readonly string[] }> {
  const url = await kubernetes.serviceUrl(client.namespace, names.service);
  const images = new Set<string>();
  const failures: string[] = [];
  let answers = 0;
  const end = new AbortController();
  const asking = (async () => {
    while (!end.signal.aborted) {
      try {
        const answer = await fetch(`${url}/score`, { method: 'POST', body: '{}' });
        if (answer.ok) images.add(((await answer.json()) as { image: string }).image);
        else failures.push(String(answer.status));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
      answers++;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  try {
    await work();
  } finally {
    end.abort();
    await asking;
  }
  return { images, answers, failures };
}

export function servingImage({ kubernetes: { store } }: DeployStage): string | undefined {
  const slot = store.get('services', 'default', names.service)?.spec.selector?.['model-pipelines/slot'];
  const name = slot === 'stable' ? names.deployment : `${names.deployment}-${slot ?? ''}`;
  return store.get('deployments', 'default', name)?.spec.template.spec.containers[0]?.image;
}
