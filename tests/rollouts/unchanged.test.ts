import assert from 'node:assert/strict';
import { type JsonObject, objectOf } from '../../sandbox/kubernetes/json';
import type { Plural } from '../../sandbox/kubernetes/types';
import { deployService } from '../../shared/kubernetes/deploy/deployService';
import { promoteService } from '../../shared/kubernetes/deploy/promote';
import { releaseOf } from '../../shared/kubernetes/manifest/release';
import type { ServiceDescription } from '../../shared/kubernetes/manifest/serviceDescription';
import { serviceObjects } from '../../shared/kubernetes/manifest/serviceObjects';
import type { KubernetesObject } from '../../shared/kubernetes/client/resource';
import {
  description,
  names,
  requestOf,
  stageOfEachTest,
  type Ended,
  type Wish,
} from '../shared/kubernetes/deploy/deployFixture';
import { Killed, killedBefore, observed } from '../shared/kubernetes/deploy/killedBefore';
import { writesOf } from '../shared/kubernetes/deploy/writesOf';

const image = 'r.io/score:1';
const strategies = ['rolling', 'blueGreen', 'canary'] as const;
const smoke = (status: number) => ({ payload: '{}', expectation: { status, requests: 1 } });
const autoscaling = { minReplicas: 2, maxReplicas: 5, targetCpuPercent: 70 };
const single: Partial<ServiceDescription> = { replicas: 2, autoscaling };

/** Objects of a team beside its service. */
const settings = (threshold: string): KubernetesObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { threshold } }) as KubernetesObject;
const ingress = (host: string): KubernetesObject =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'score' },
    spec: {
      rules: [
        {
          host,
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'score', port: { name: 'http' } } } }],
          },
        },
      ],
    },
  }) as KubernetesObject;

interface Asked {
  readonly service?: Partial<ServiceDescription>;
  readonly threshold?: string;
  readonly host?: string;
  readonly run?: string;
}

function release({ service, threshold = '0.5', host = 'a.example', run = '1' }: Asked) {
  const objects = serviceObjects(description(image, { ...single, ...service }));
  return releaseOf([...objects, settings(threshold), ingress(host)], { annotations: { 'azure-pipelines/run': run } });
}

describe('a service whose pods stay the same', function () {
  this.timeout(60_000);
  const stage = stageOfEachTest();

  const deploy = (strategy: Wish['strategy'] & string, asked: Asked, more: Wish = {}): Promise<Ended> =>
    stage.deploy(image, { strategy, smoke: smoke(200), release: release(asked), ...more });
  /** Deploys again, and gives how it ended. */
  async function again(strategy: (typeof strategies)[number], asked: Asked) {
    stage.kubernetes.requests.clear();
    const { facts, message, agent } = await deploy(strategy, asked);
    assert.equal(message, undefined, agent.text());
    const isTested = agent.text('log').includes('the sample was answered as expected');
    return { state: facts.resultState, isTested, writes: writesOf(stage.kubernetes), agent };
  }
  const left = { state: 'Unchanged', isTested: false, writes: [] };
  /** What somebody does to an object by hand. */
  function edit(plural: Plural, name: string, change: (object: JsonObject) => void): void {
    const edited = (live: JsonObject): JsonObject => {
      change(live);
      return live;
    };
    stage.kubernetes.objects.update(plural, 'default', name, edited, { manager: 'kubectl-edit' });
  }

  const read = (plural: Plural, name: string) => stage.kubernetes.store.get(plural, 'default', name) as JsonObject;
  const specOf = (plural: Plural, name: string) => objectOf(read(plural, name).spec);
  const slotted = (strategy: string) => (strategy === 'blueGreen' ? 'score-blue' : 'score');

  const changes: readonly [what: string, asked: Asked, holds: (strategy: string) => void][] = [
    [
      'the exposure',
      { service: { exposure: 'loadBalancer' } },
      () => assert.equal(specOf('services', 'score').type, 'LoadBalancer'),
    ],
    [
      'the host of a route',
      { host: 'b.example' },
      () => assert.match(JSON.stringify(specOf('ingresses', 'score')), /"b\.example"/),
    ],
    [
      'a setting that the pods read',
      { threshold: '0.9' },
      () => assert.deepEqual(read('configmaps', 'settings').data, { threshold: '0.9' }),
    ],
    [
      'the bounds of the autoscaler',
      { service: { autoscaling: { ...autoscaling, maxReplicas: 9 } } },
      (strategy) => assert.equal(specOf('horizontalpodautoscalers', slotted(strategy)).maxReplicas, 9),
    ],
  ];
  const edits: readonly [what: string, act: (strategy: string) => void, isBack: (strategy: string) => void][] = [
    [
      'the selector of the Service',
      () => edit('services', 'score', ({ spec }) => void (objectOf(objectOf(spec).selector).app = 'other')),
      () => assert.equal(objectOf(specOf('services', 'score').selector).app, undefined),
    ],
    [
      'a label of the Deployment',
      (strategy) => {
        edit('deployments', slotted(strategy), ({ metadata }) => {
          objectOf(objectOf(metadata).labels)['app.kubernetes.io/name'] = 'other';
        });
      },
      (strategy) => {
        const { labels } = objectOf(read('deployments', slotted(strategy)).metadata);
        assert.equal(objectOf(labels)['app.kubernetes.io/name'], 'score');
      },
    ],
    [
      'the disruption budget',
      (strategy) => {
        edit('poddisruptionbudgets', slotted(strategy), ({ spec }) => void (objectOf(spec).maxUnavailable = 2));
      },
      (strategy) => assert.equal(specOf('poddisruptionbudgets', slotted(strategy)).maxUnavailable, 1),
    ],
  ];

  for (const strategy of strategies) {
    it(`is left alone without a write, also by another run of the pipeline (${strategy})`, async () => {
      await deploy(strategy, {});
      for (const run of ['1', '2']) {
        const { state, isTested, writes } = await again(strategy, { run });
        assert.deepEqual({ state, isTested, writes }, left);
      }
    });

    it(`gets what else was asked for, is tested again, and then left alone (${strategy})`, async () => {
      await deploy(strategy, {});
      for (const [what, asked, holds] of changes) {
        const changed = await again(strategy, asked);
        assert.deepEqual([what, changed.state, changed.isTested], [what, 'Deployed', true], changed.agent.text());
        holds(strategy);
        const { state, isTested, writes } = await again(strategy, asked);
        assert.deepEqual({ what, state, isTested, writes }, { what, ...left });
      }
    });

    it(`gets back what somebody changed by hand (${strategy})`, async () => {
      await deploy(strategy, {});
      for (const [what, act, isBack] of edits) {
        act(strategy);
        const { state, isTested, agent } = await again(strategy, {});
        assert.deepEqual([what, state, isTested], [what, 'Deployed', true], agent.text());
        isBack(strategy);
        assert.equal((await again(strategy, {})).state, 'Unchanged', what);
      }
    });
  }

  it('is tested by the next step when one is killed after it changed the Service, and before it tested it', async () => {
    const step = (exposure: 'clusterIp' | 'internalLoadBalancer', client = stage.client): Promise<Ended> =>
      stage.run((own, context, onFacts) => {
        const wish = { smoke: smoke(200), release: release({ service: { exposure } }) };
        return deployService(own, requestOf(image, wish), context, onFacts);
      }, client);
    const isChanged = (): boolean => specOf('services', 'score').type === 'LoadBalancer';
    await step('clusterIp');
    let calls = 0;
    let callAfter = 0;
    await step(
      'internalLoadBalancer',
      observed(stage.client, () => {
        calls++;
        if (callAfter === 0 && isChanged()) callAfter = calls;
      }),
    );
    await step('clusterIp');
    assert.equal(isChanged(), false);
    await assert.rejects(step('internalLoadBalancer', killedBefore(stage.client, 'call', callAfter)), Killed);
    assert.equal(isChanged(), true);
    const { facts, agent } = await step('internalLoadBalancer');
    assert.match(agent.text('log'), /the sample was answered as expected/);
    assert.equal(facts.resultState, 'Deployed');
    assert.equal((await step('internalLoadBalancer')).facts.resultState, 'Unchanged');
  });

  it('gets an object back that somebody deleted', async () => {
    await deploy('rolling', {});
    stage.kubernetes.objects.delete('ingresses', 'default', 'score');
    assert.equal((await again('rolling', {})).state, 'Deployed');
    assert.ok(read('ingresses', 'score'));
  });

  it('is changed when only its autoscaler is no longer wanted', async () => {
    await deploy('rolling', {});
    const { facts } = await stage.deploy(image, { service: { replicas: 2 } });
    assert.equal(facts.resultState, 'Deployed');
    assert.deepEqual(stage.kubernetes.store.list('horizontalpodautoscalers'), []);
  });

  it('keeps an autoscaler of another name only as long as it is part of the release', async () => {
    const own = (hasScaler: boolean) => {
      const objects = serviceObjects(description(image, single)).filter(
        ({ kind }) => hasScaler || kind !== 'HorizontalPodAutoscaler',
      );
      return releaseOf(
        objects.map((object) =>
          object.kind === 'HorizontalPodAutoscaler' ? { ...object, metadata: { name: 'by-load' } } : object,
        ),
      );
    };
    await stage.deploy(image, { release: own(true) });
    const names = () => stage.kubernetes.store.list('horizontalpodautoscalers').map(({ metadata }) => metadata.name);
    assert.deepEqual(names(), ['by-load']);
    await stage.deploy(image, { release: own(false) });
    assert.deepEqual(names(), []);
  });

  it('restores the Service and the route when the sample fails after a change of them', async () => {
    await deploy('rolling', {});
    const before = [specOf('services', 'score').ports, specOf('ingresses', 'score')];
    const { service } = { service: { exposure: 'internalLoadBalancer' } } as const;
    const { message, facts } = await deploy('rolling', { service, host: 'b.example' }, { smoke: smoke(201) });
    assert.match(message ?? '', /Restored Service score, Ingress score; r\.io\/score:1 still runs\.$/);
    assert.deepEqual([facts.resultState, facts.rolledBack], ['RolledBack', 'true']);
    assert.equal(specOf('services', 'score').type, 'ClusterIP');
    assert.equal(
      JSON.stringify(before),
      JSON.stringify([specOf('services', 'score').ports, specOf('ingresses', 'score')]),
    );
  });

  it('has what a canary leaves out reported, and applied after the promotion', async () => {
    await deploy('rolling', {});
    const asked = { host: 'b.example', service: { autoscaling: { ...autoscaling, maxReplicas: 9 } } };
    const next = 'r.io/score:2';
    const { service } = asked;
    const objects = [...serviceObjects(description(next, { ...single, ...service })), ingress(asked.host)];
    const canary: Wish = {
      strategy: 'canary',
      release: releaseOf(objects, { annotations: { 'azure-pipelines/run': '1' } }),
    };
    const { agent } = await stage.deploy(next, canary);
    assert.equal(
      agent.text('warning'),
      'A canary does not change what the stable version uses: Ingress score, HorizontalPodAutoscaler score. To apply that, deploy the version again after its promotion.',
    );
    assert.match(JSON.stringify(specOf('ingresses', 'score')), /"a\.example"/);
    await stage.run((client, context, onFacts) => promoteService(client, names, requestOf(next), context, onFacts));
    const last = await stage.deploy(next, canary);
    assert.deepEqual([last.facts.resultState, last.agent.text('warning')], ['Deployed', '']);
    assert.match(JSON.stringify(specOf('ingresses', 'score')), /"b\.example"/);
  });

  it('gets back what kubectl changed although another tool manages other fields', async () => {
    await deploy('rolling', {});
    edit('services', 'score', ({ spec }) => void (objectOf(objectOf(spec).selector).app = 'other'));
    const note = { metadata: { name: 'score', annotations: { 'external-dns/owner': 'dns' } } };
    stage.kubernetes.objects.apply('services', 'default', 'score', note, { manager: 'external-dns', isForced: false });
    assert.equal((await again('rolling', {})).state, 'Deployed');
    assert.equal(objectOf(specOf('services', 'score').selector).app, undefined);
    const { annotations } = objectOf(read('services', 'score').metadata);
    assert.equal(objectOf(annotations)['external-dns/owner'], 'dns');
  });

  it('keeps its autoscaler and disruption budget when a canary is promoted', async () => {
    await deploy('rolling', {});
    await stage.deploy('r.io/score:2', { strategy: 'canary', service: single });
    await stage.run((client, context, onFacts) => promoteService(client, names, requestOf(image), context, onFacts));
    const { store } = stage.kubernetes;
    const guards = [...store.list('horizontalpodautoscalers'), ...store.list('poddisruptionbudgets')];
    assert.deepEqual(
      guards.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ['HorizontalPodAutoscaler score', 'PodDisruptionBudget score'],
    );
  });
});
