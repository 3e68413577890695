import type { KubernetesOptions } from '../../../../sandbox/kubernetes/kubernetes';
import type { Context } from '../../../../shared/agent/context';
import type { Clock } from '../../../../shared/clock';
import { TaskError } from '../../../../shared/errors';
import type { KubernetesClient } from '../../../../shared/kubernetes/client/client';
import type { DeployRequest, OnFacts, ServiceFacts } from '../../../../shared/kubernetes/deploy/request';
import { deployService } from '../../../../shared/kubernetes/deploy/deployService';
import { releaseOf } from '../../../../shared/kubernetes/manifest/release';
import type { ServiceDescription } from '../../../../shared/kubernetes/manifest/serviceDescription';
import { serviceObjects } from '../../../../shared/kubernetes/manifest/serviceObjects';
import { type Asked, askDuring } from '../../../support/askDuring';
import { FakeAgent } from '../../../support/fakeAgent';
import { testContext } from '../../../support/testContext';
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

export type Step = (client: KubernetesClient, context: Context, onFacts: OnFacts) => Promise<string>;

export interface DeployStage extends TestCluster {
  deploy(image: string, wish?: Wish): Promise<Ended>;
  run(step: Step, client?: KubernetesClient): Promise<Ended>;
}

/** Runs a step as a task does, which has ended when its client was killed: that rejects. */
export async function runStep(step: Step, client: KubernetesClient, clock: Clock): Promise<Ended> {
  const agent = new FakeAgent();
  const facts: Partial<ServiceFacts> = {};
  const context = testContext({ agent, clock, deadline: clock.now() + 300_000 });
  const onFacts: OnFacts = (known) => void Object.assign(facts, known);
  try {
    return { result: await step(client, context, onFacts), message: undefined, facts, agent };
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    return { result: undefined, message: error.message, facts, agent };
  }
}

/** A cluster, and steps that deploy to it. */
export async function openDeployStage(options: KubernetesOptions = {}): Promise<DeployStage> {
  const cluster = await openTestCluster(options);
  const { clock } = cluster;
  const run: DeployStage['run'] = (step, client = cluster.client) => runStep(step, client, clock);
  return {
    ...cluster,
    run,
    deploy: (image, wish) =>
      run((client, context, onFacts) => deployService(client, requestOf(image, wish), context, onFacts)),
  };
}

/** Opens a stage before each test of a suite, and closes it afterwards; only the client's sleep lets its time pass. */
export function stageOfEachTest(): DeployStage {
  let current: DeployStage;
  beforeEach(async () => {
    current = await openDeployStage({ timeScale: 0 });
  });
  afterEach(() => current.close());
  return new Proxy({} as DeployStage, { get: (_target, property: keyof DeployStage) => current[property] });
}

/**
 * Asks the service over and over while something goes on, at least once in each second of the cluster's time; tells the
 * images that answered, and what went wrong.
 */
export async function underLoad(
  { kubernetes, client, holdTime }: DeployStage,
  work: () => Promise<unknown>,
): Promise<Asked> {
  const url = await kubernetes.serviceUrl(client.namespace, names.service);
  const waiting: (() => void)[] = [];
  const hold = holdTime(() => new Promise((resolve) => waiting.push(resolve)));
  try {
    return await askDuring(2, work, async () => {
      const waitedForThis = waiting.splice(0);
      try {
        const answer = await fetch(`${url}/score`, { method: 'POST', body: '{}' });
        if (!answer.ok) throw new Error(String(answer.status));
        return ((await answer.json()) as { image: string }).image;
      } finally {
        for (const goOn of waitedForThis) goOn();
      }
    });
  } finally {
    hold.release();
  }
}

export function servingImage(stage: DeployStage): string | undefined {
  const slot = servingSlot(stage);
  const name = slot === 'stable' ? names.deployment : `${names.deployment}-${slot ?? ''}`;
  return stage.kubernetes.store.get('deployments', 'default', name)?.spec.template.spec.containers[0]?.image;
}

/** The slot that the Service selects. */
export function servingSlot({ kubernetes: { store } }: DeployStage): string | undefined {
  return store.get('services', 'default', names.service)?.spec.selector?.['model-pipelines/slot'];
}

export function replicasOf({ kubernetes: { store } }: DeployStage, name: string): number | undefined {
  return store.get('deployments', 'default', name)?.spec.replicas;
}
