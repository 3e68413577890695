import assert from 'node:assert/strict';
import { type JsonObject, objectOf, without } from '../../sandbox/kubernetes/json';
import type { Plural } from '../../sandbox/kubernetes/types';
import type { KubernetesObject } from '../../shared/kubernetes/client/resource';
import { deployService } from '../../shared/kubernetes/deploy/deployService';
import { promoteService } from '../../shared/kubernetes/deploy/promote';
import { releaseOf } from '../../shared/kubernetes/manifest/release';
import {
  names,
  requestOf,
  stageOfEachTest,
  type DeployStage,
  type Wish,
} from '../shared/kubernetes/deploy/deployFixture';
import { Killed, killedBefore, observed } from '../shared/kubernetes/deploy/killedBefore';
import { writesOf } from '../shared/kubernetes/deploy/writesOf';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const kubectl = 'kubectl-client-side-apply';

/** A team's own Deployment, Service, ConfigMap and Ingress; before, with more. */
function objects(isBefore: boolean, image: string): readonly (readonly [Plural, JsonObject])[] {
  const labels = { app: 'score' };
  const env = ['A', ...(isBefore ? ['B'] : [])].map((name) => ({ name, value: name }));
  const container = { name: 'a', image, ports: [{ containerPort: 5001 }], env };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  const old = { 'kubernetes.io/os': 'linux' };
  const paths = (path: string) => ({
    paths: [{ path, pathType: 'Prefix', backend: { service: { name: 'score', port: { number: 80 } } } }],
  });
  const metadata = { name: 'score', ...(isBefore && { labels: { old: 'label' }, annotations: { old: 'note' } }) };
  const deployment = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
    spec: {
      ...{ replicas: 2, selector: { matchLabels: labels }, ...(isBefore && { minReadySeconds: 3 }) },
      template: { ...template, spec: { ...template.spec, ...(isBefore && { nodeSelector: old }) } },
    },
  };
  const ports = [
    { name: 'http', port: 80, targetPort: 5001 },
    ...(isBefore ? [{ name: 'old', port: 81, targetPort: 5001 }] : []),
  ];
  const data = { a: '1', ...(isBefore && { b: '2' }) };
  const rules = [{ host: 'a.example', http: paths('/') }];
  const spec = { rules, ...(isBefore && { tls: [{ hosts: ['a.example'], secretName: 'old' }] }) };
  return [
    ['deployments', deployment],
    ['services', { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports } }],
    ['configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }],
    ['ingresses', { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec }],
  ];
}

const wish = (image: string, more: Wish = {}): Wish => ({
  release: releaseOf(objects(false, image).map(([, object]) => object as KubernetesObject)),
  ...more,
});

describe('a service that kubectl applied before', function () {
  this.timeout(60_000);
  const stage = stageOfEachTest();

  /** As kubectl leaves objects that it created by `apply`. */
  function applyBefore({ kubernetes }: DeployStage, manager = kubectl, hasAnnotation = true): void {
    for (const [plural, object] of objects(true, 'r.io/score:1')) {
      const { annotations, ...metadata } = object.metadata as JsonObject & { annotations?: JsonObject };
      const notes = { ...annotations, ...(hasAnnotation && { [lastApplied]: JSON.stringify(object) }) };
      const created = { ...object, metadata: { ...metadata, annotations: notes } };
      kubernetes.objects.create(plural, 'default', created, { manager });
    }
  }
  /** What is left of what the manifests no longer contain. */
  function leftovers({ kubernetes: { store } }: DeployStage): readonly string[] {
    const old = /"(B|b|old|minReadySeconds|nodeSelector|tls|kubectl[^"]*)"/g;
    return (['deployments', 'services', 'configmaps', 'ingresses'] as const).flatMap((plural) => {
      const { status, ...object } = store.get(plural, 'default', 'score') as JsonObject & { status?: unknown };
      assert.ok(status !== null);
      return [...JSON.stringify(object).matchAll(old)].map(([, word]) => `${plural} ${word ?? ''}`);
    });
  }
  const deploy = (image: string, more?: Wish) => stage.deploy(image, wish(image, more));

  for (const [manager, hasAnnotation] of [
    [kubectl, true],
    [kubectl, false],
    ['kubectl', true],
    ['before-first-apply', true],
  ] as const)
    it(`loses what the manifests no longer contain (${manager}, ${hasAnnotation ? 'with' : 'without'} the annotation)`, async () => {
      applyBefore(stage, manager, hasAnnotation);
      const { message, agent } = await deploy('r.io/score:2');
      assert.equal(message, undefined, agent.text());
      assert.deepEqual(leftovers(stage), []);
      const log = agent.text('log');
      for (const line of [
        `Deployment score: took over the fields that ${manager} applied; no longer described, and removed or reset: .metadata.annotations.old, .metadata.labels.old, .spec.minReadySeconds, .spec.template.spec.containers[name="a"].env[name="B"], .spec.template.spec.nodeSelector`,
        `Service score: took over the fields that ${manager} applied; no longer described, and removed or reset: .metadata.annotations.old, .metadata.labels.old, .spec.ports[port=81,protocol="TCP"]`,
        `ConfigMap score: took over the fields that ${manager} applied; no longer described, and removed or reset: .data.b, .metadata.annotations.old, .metadata.labels.old`,
        `Ingress score: took over the fields that ${manager} applied; no longer described, and removed or reset: .metadata.annotations.old, .metadata.labels.old, .spec.tls`,
      ])
        assert.ok(
          log.split('\n').some((each) => sorted(each) === sorted(line)),
          `${line}\n${log}`,
        );
      stage.kubernetes.requests.clear();
      assert.equal((await deploy('r.io/score:2')).result, 'unchanged');
      assert.deepEqual(writesOf(stage.kubernetes), []);
    });

  it('is taken over although its managed fields were cleared', async () => {
    applyBefore(stage);
    for (const [plural] of objects(true, '')) {
      const cleared = (live: JsonObject): JsonObject => ({
        ...live,
        metadata: { ...objectOf(live.metadata), managedFields: [{}] },
      });
      stage.kubernetes.objects.update(plural, 'default', 'score', cleared, { manager: 'somebody' });
    }
    const { message, agent } = await deploy('r.io/score:2');
    assert.equal(message, undefined, agent.text());
    assert.deepEqual(leftovers(stage), []);
    assert.equal((await deploy('r.io/score:2')).result, 'unchanged');
  });

  it('is taken over although its pods stay the same', async () => {
    applyBefore(stage);
    const { facts } = await deploy('r.io/score:1');
    assert.equal(facts.resultState, 'Deployed');
    assert.deepEqual(leftovers(stage), []);
  });

  it('is taken over again when kubectl has applied more since, without a change of what is described', async () => {
    await deploy('r.io/score:1');
    const more = (live: JsonObject): JsonObject => ({ ...live, data: { ...objectOf(live.data), b: '2' } });
    stage.kubernetes.objects.update('configmaps', 'default', 'score', more, { manager: kubectl });
    const { facts } = await deploy('r.io/score:1');
    assert.equal(facts.resultState, 'Deployed');
    assert.deepEqual(leftovers(stage), []);
    assert.equal((await deploy('r.io/score:1')).result, 'unchanged');
  });

  it('is taken over with all other objects by a canary and its promotion', async () => {
    applyBefore(stage);
    await stage.clock.sleep(10_000);
    await deploy('r.io/score:2', { strategy: 'canary', canaryPercent: 33 });
    const { message } = await stage.run((client, context, onFacts) =>
      promoteService(client, names, requestOf('r.io/score:2'), context, onFacts),
    );
    assert.equal(message, undefined);
    assert.equal((await deploy('r.io/score:2')).facts.resultState, 'Deployed');
    assert.deepEqual(leftovers(stage), []);
    assert.equal(stage.kubernetes.store.get('deployments', 'default', 'score')?.spec.replicas, 2);
  });

  it('is taken over completely by the next step when one is killed before any of its changes', async () => {
    const clean = async (): Promise<void> => {
      for (const [plural] of objects(true, '')) stage.kubernetes.objects.remove(plural, 'default', 'score');
      await stage.clock.sleep(5000);
    };
    let kills = 0;
    for (let isKilled = true; isKilled;) {
      applyBefore(stage);
      await stage.clock.sleep(10_000);
      const step = (client: DeployStage['client']) =>
        stage.run(
          (own, context, onFacts) =>
            deployService(own, requestOf('r.io/score:2', wish('r.io/score:2')), context, onFacts),
          client,
        );
      isKilled = await step(killedBefore(stage.client, 'change', kills + 1)).then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof Killed)) throw error;
          kills++;
          return true;
        },
      );
      const { message, agent } = await step(stage.client);
      assert.equal(message, undefined, agent.text());
      assert.deepEqual(leftovers(stage), [], `killed before change ${kills}`);
      await clean();
    }
    assert.ok(kills >= 9, `${kills} changes: a takeover and an apply of each object, and the notes`);
  });

  it('keeps the number of replicas when an autoscaler of the release manages it from now on', async () => {
    applyBefore(stage);
    const scaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'score' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'score' },
        minReplicas: 1,
        maxReplicas: 5,
      },
    };
    const unscaled = objects(false, 'r.io/score:2').map(([plural, object]) => {
      return plural === 'deployments' ? { ...object, spec: without(objectOf(object.spec), 'replicas') } : object;
    });
    const release = releaseOf([...unscaled, scaler] as readonly KubernetesObject[]);
    const { message } = await stage.deploy('r.io/score:2', { release });
    assert.equal(message, undefined);
    assert.equal(stage.kubernetes.store.get('deployments', 'default', 'score')?.spec.replicas, 2);
  });

  it('repeats the takeover when somebody writes the object at the same moment', async () => {
    applyBefore(stage);
    let written = 0;
    const busy = observed(stage.client, (isChange) => {
      // Between the read and the patch of the takeover, which is the first change.
      if (!isChange || written > 0) return;
      written++;
      const note = (live: JsonObject): JsonObject => ({ ...live, data: { ...objectOf(live.data), theirs: '1' } });
      stage.kubernetes.objects.update('configmaps', 'default', 'score', note, { manager: 'theirs' });
    });
    const { message, agent } = await stage.run(
      (own, context, onFacts) => deployService(own, requestOf('r.io/score:2', wish('r.io/score:2')), context, onFacts),
      busy,
    );
    assert.equal(message, undefined, agent.text());
    assert.equal(written, 1);
    assert.deepEqual(leftovers(stage), []);
    assert.deepEqual(stage.kubernetes.store.get('configmaps', 'default', 'score')?.data, { a: '1', theirs: '1' });
  });

  for (const [what, manager, hasAnnotation] of [
    ['that was edited by hand', 'kubectl-edit', false],
    ['that an old kubectl created, and never applied', 'kubectl', false],
  ] as const)
    it(`keeps the fields of an object ${what}`, async () => {
      applyBefore(stage, manager, hasAnnotation);
      const { message, agent } = await deploy('r.io/score:2');
      assert.equal(message, undefined, agent.text());
      assert.ok(leftovers(stage).includes('configmaps b'));
      assert.doesNotMatch(agent.text(), /took over/);
    });

  it('is not taken over from a tool that is not replaced, unless it is forced', async () => {
    applyBefore(stage, 'argocd-controller', true);
    const { message } = await deploy('r.io/score:2');
    assert.match(message ?? '', /^Nothing was deployed[^]*conflict with "argocd-controller"/);
    assert.equal((await deploy('r.io/score:2', { isForced: true })).message, undefined);
    assert.deepEqual(leftovers(stage), []);
  });
});

/** The fields of a line in any order. */
function sorted(line: string): string {
  const [what = '', fields = ''] = line.split(': .');
  return `${what} ${fields.split(', .').sort().join()}`;
}
