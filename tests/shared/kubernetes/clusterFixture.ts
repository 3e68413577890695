import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Container } from 'kubernetes-types/core/v1';
import { startKubernetes, type Kubernetes, type KubernetesOptions } from '../../../sandbox/kubernetes/kubernetes';
import type { Clock } from '../../../shared/clock';
import { KubernetesClient } from '../../../shared/kubernetes/client/client';
import type { ClusterAccess } from '../../../shared/kubernetes/client/clusterAccess';
import { readKubeconfig } from '../../../shared/kubernetes/access/kubeconfig';
import { FakeAgent } from '../../support/fakeAgent';
import { sharedAuthority } from '../../support/sharedKeys';
import { testContext } from '../../support/testContext';

/**
 * A sandbox cluster whose time flies, and a client to it on the same time. With the time scale 0 no time passes but that
 * which the client sleeps away, second by second.
 */
export interface TestCluster {
  readonly kubernetes: Kubernetes;
  readonly agent: FakeAgent;
  readonly clock: Clock;
  readonly client: KubernetesClient;
  clientOf(userName: string): KubernetesClient;
  /** A client for work that ends then, by the clock's `now()`. */
  clientUntil(deadline: number): KubernetesClient;
  /** With the time scale 0: what has to be over after each second, until `release` is called. */
  holdTime(wait: () => Promise<void>): { release(): void };
  close(): Promise<void>;
}

export async function openTestCluster(options: KubernetesOptions = {}): Promise<TestCluster> {
  const kubernetes = await startKubernetes({ timeScale: 100, authority: await sharedAuthority(), ...options });
  const agent = new FakeAgent();
  const opened = kubernetes.clock.now();
  const holds = new Set<() => Promise<void>>();
  const clock: Clock = {
    now: () => kubernetes.clock.now() - opened,
    date: () => kubernetes.clock.now(),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      if (kubernetes.clock.timeScale > 0) await kubernetes.clock.sleep(milliseconds, signal);
      else
        for (let left = milliseconds; left > 0 && !signal?.aborted; left -= 1000) {
          await kubernetes.clock.advance(Math.min(left, 1000));
          for (const wait of holds) await wait();
        }
      signal?.throwIfAborted();
    },
  };
  const context = testContext({ agent, clock });
  const accessOf = (userName?: string): ClusterAccess => readKubeconfig(kubernetes.kubeconfig(userName), context);
  return {
    kubernetes,
    agent,
    clock,
    client: KubernetesClient.open(accessOf(), context),
    clientOf: (userName) => KubernetesClient.open(accessOf(userName), context),
    clientUntil: (deadline) => KubernetesClient.open(accessOf(), { ...context, deadline }),
    holdTime(wait) {
      holds.add(wait);
      return { release: () => void holds.delete(wait) };
    },
    close: () => kubernetes.close(),
  };
}

interface ScoringSettings {
  readonly name?: string;
  readonly replicas?: number;
  readonly memory?: string;
  readonly progressDeadlineSeconds?: number;
  readonly securityContext?: Container['securityContext'] & object;
  readonly envFrom?: Container['envFrom'] & object;
}

/** A scoring service of one container. */
export function scoringDeployment(
  image: string,
  { name = 'score', replicas = 2, memory = '512Mi', progressDeadlineSeconds = 600, ...container }: ScoringSettings = {},
): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      progressDeadlineSeconds,
      selector: { matchLabels: { app: name } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'score',
              image,
              ports: [{ containerPort: 5001 }],
              resources: { requests: { cpu: '100m', memory }, limits: { memory } },
              readinessProbe: { httpGet: { path: '/healthz', port: 5001 }, periodSeconds: 1 },
              ...container,
            },
          ],
        },
      },
    },
  };
}
