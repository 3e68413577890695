import assert from 'node:assert/strict';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { readManifests } from '../../../../shared/kubernetes/manifest/readManifests';
import { namespaceOf, objectsOf, releaseOf } from '../../../../shared/kubernetes/manifest/release';
import { renderYaml } from '../../../../shared/kubernetes/manifest/render';
import { substituteImages } from '../../../../shared/kubernetes/manifest/substituteImages';
import { mainService } from '../../../../shared/kubernetes/strategies/plan';

const deployment = (image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: score }
spec:
  selector: { matchLabels: { app: score } }
  template:
    metadata: { labels: { app: score } }
    spec:
      initContainers: [{ name: fetch, image: 'r.io/fetch:1' }]
      containers:
        - { name: score, image: '${image}' }
        - { name: proxy, image: 'r.io/score-proxy:1' }
`;
const service = `apiVersion: v1
kind: Service
metadata: { name: front }
spec: { selector: { app: score }, ports: [{ port: 80, targetPort: 5001 }] }
`;
const read = (...texts: readonly string[]) =>
  readManifests(texts.map((text, index) => ({ name: `${index}.yaml`, text })));
const imagesOf = (objects: readonly unknown[]) =>
  (objects as readonly Deployment[]).flatMap(({ spec }) => [
    ...(spec?.template.spec?.initContainers ?? []).map(({ image }) => image),
    ...(spec?.template.spec?.containers ?? []).map(({ image }) => image),
  ]);

describe('manifests', () => {
  it('may contain several objects in one file, lists, comments and empty documents', () => {
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }],
    });
    const objects = read(`---\n# nothing\n---\n${deployment('r.io/score:1')}---\n${service}---\n`, list);
    assert.deepEqual(
      objects.map(({ kind }) => kind),
      ['Deployment', 'Service', 'ConfigMap'],
    );
  });

  it('are read as kubectl reads them', () => {
    const [object] = read(
      'apiVersion: v1\nkind: A\nmetadata: { name: a }\nvalues: [0644, yes, 2024-01-01, 12:30, "0644"]',
    );
    assert.deepEqual((object as { values?: unknown }).values, [420, true, '2024-01-01', '12:30', '0644']);
  });

  it('have the text that is written where Kubernetes has text, and numbers elsewhere', () => {
    const objects = read(
      `apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: 007, labels: { version: 1.10 }, annotations: { commit: 831877e8 } }
    spec:
      replicas: 2
      selector: { matchLabels: { version: 1.10 } }
      template:
        metadata: { labels: { version: 1.10, on: yes } }
        spec:
          containers:
            - name: score
              args: [--build, 20261128.10]
              env: [{ name: ZIP, value: 01234 }, { name: DEBUG, value: on }]
              ports: [{ containerPort: 0x50 }]
`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {port: 0080}\n---\n' +
        'apiVersion: v1\nkind: Other\nmetadata: {name: a}\ndata: {port: 0o120}',
    );
    const [deployed, config, other] = objects as readonly unknown[];
    assert.deepEqual(deployed, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: '007', labels: { version: '1.10' }, annotations: { commit: '831877e8' } },
      spec: {
        replicas: 2,
        selector: { matchLabels: { version: '1.10' } },
        template: {
          metadata: { labels: { version: '1.10', on: 'yes' } },
          spec: {
            containers: [
              {
                name: 'score',
                args: ['--build', '20261128.10'],
                env: [
                  { name: 'ZIP', value: '01234' },
                  { name: 'DEBUG', value: 'on' },
                ],
                ports: [{ containerPort: 80 }],
              },
            ],
          },
        },
      },
    });
    assert.deepEqual((config as { data: unknown }).data, { port: '0080' });
    assert.deepEqual((other as { data: unknown }).data, { port: 80 });
  });

  it('must not have .inf or .nan, nor aliases without end', () => {
    const object = 'apiVersion: v1\nkind: A\nmetadata: {name: a}\n';
    assert.throws(() => read(`${object}---\n${object.replace('a}', 'b}')}x: .nan\ny: [.inf]`), {
      message: /0\.yaml, line 8: \.inf and \.nan must be in quotes\.\n {2}- 0\.yaml, line 9: /,
    });
    assert.throws(() => read(`${object}x: &x [*x]`), { message: /0\.yaml: it holds more than 100000 values/ });
  });

  it('are limited in size and depth, with expanded aliases', () => {
    const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
    const refused = (text: string, message: RegExp): void =>
      assert.throws(
        () => read(text),
        (error: Error) => error.name === 'TaskError' && message.test(error.message),
      );
    refused(
      object + ' '.repeat(4 * 1024 * 1024),
      /The manifests are larger than 4 MiB in all\. Deploy them in several steps\./,
    );
    refused(
      `${object}data:\n  a: ${'x'.repeat(2 * 1024 * 1024)}`,
      /0\.yaml: it has texts of more than 2 MiB in all, which Kubernetes does not accept/,
    );
    refused(`${object}data:\n  a: &a ${'x'.repeat(1000)}\n  b: [${'*a,'.repeat(10_000)}]`, /texts of more than 8 MiB/);
    refused(`${object}data: ${'['.repeat(101)}`, /0\.yaml, line 4: it is nested deeper than 100 levels\./);
    const many = `${object}x: [${'1,'.repeat(60_000)}]\n---\n`;
    refused(many + many, /The manifests hold more than 100000 values in all\./);
    const listed = `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: .inf}},`;
    refused(
      `kind: List\napiVersion: v1\nitems: [${listed.repeat(3000)}]`,
      /line 3: \.inf and \.nan must be in quotes\.\n[^]*\n {2}- and \d+ more\.$/,
    );
  });

  it('may have anything for their kind and version', () => {
    for (const odd of ['1', 'null', '[a]', '{a: 1}', '{toString: }', 'true', '{"": 1}'])
      for (const text of [`apiVersion: ${odd}\nkind: A`, `apiVersion: v1\nkind: ${odd}`])
        assert.throws(() => read(text), { name: 'TaskError', message: /is missing\. Is it a Kubernetes manifest\?/ });
    assert.throws(() => read('{apiVersion: v1, kind: A, metadata: {name: "\\ud800"}}'), {
      message: /half of a character/,
    });
  });

  it('are refused with all their problems', () => {
    const bad = 'kind: Deployment\n---\napiVersion: v1\nkind: Secret\nmetadata: {}\n---\nhello';
    assert.throws(() => read(bad, 'a: [', `${service}---\n${service}`), {
      name: 'TaskError',
      message:
        /0\.yaml, document 1: apiVersion or kind is missing[^]*document 2: the Secret has no metadata\.name[^]*document 3[^]*1\.yaml, line 1: not valid YAML[^]*Service front is defined twice/,
    });
    assert.throws(() => read('# nothing'), { message: /They contain no object/ });
  });

  it('get images by repository, not by similar names', () => {
    const { objects, substitutions } = substituteImages(read(deployment('r.io:443/score:1')), ['r.io:443/score:2']);
    assert.deepEqual(imagesOf(objects), ['r.io/fetch:1', 'r.io:443/score:2', 'r.io/score-proxy:1']);
    assert.deepEqual(substitutions, [
      { object: 'Deployment score', container: 'score', from: 'r.io:443/score:1', to: 'r.io:443/score:2' },
    ]);
    const digest = `r.io/fetch@sha256:${'b'.repeat(64)}`;
    assert.deepEqual(
      imagesOf(substituteImages(read(deployment('score')), [digest, 'docker.io/library/score:3']).objects),
      [digest, 'docker.io/library/score:3', 'r.io/score-proxy:1'],
    );
  });

  it('get images also in the pods of cron jobs', () => {
    const job = `apiVersion: batch/v1
kind: CronJob
metadata: { name: a }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: a, image: 'r.io/a:1' }] } } } } }`;
    assert.match(renderYaml(substituteImages(read(job), ['r.io/a:2']).objects), /image: r\.io\/a:2/);
  });

  it('refuse images that match no container', () => {
    assert.throws(
      () => substituteImages(read(deployment('r.io/score:1')), ['r.io/other:2', 'Bad', 'r.io/score:1', 'r.io/score:2']),
      {
        message:
          /Bad is not a valid image name[^]*r\.io\/score:2 and r\.io\/score:1 name the same repository[^]*r\.io\/other:2 is not used by any container; the manifests use .*r\.io\/score:1/,
      },
    );
  });

  it('are sorted by role, and labelled with their service', () => {
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: { name: s, labels: { team: a } }\nstringData: { key: hidden }';
    const release = releaseOf(read(service, deployment('r.io/score:1'), secret), {
      annotations: { 'azure-pipelines/run': '7' },
    });
    assert.deepEqual(
      objectsOf(release).map(({ kind }) => kind),
      ['Secret', 'Deployment', 'Service'],
    );
    assert.equal(mainService(release)?.metadata?.name, 'front');
    for (const { metadata } of objectsOf(release)) {
      assert.equal(metadata?.labels?.['model-pipelines/service'], 'score');
      assert.equal(metadata.annotations?.['azure-pipelines/run'], '7');
    }
    assert.equal(release.foundations[0]?.metadata?.labels?.['team'], 'a');
    assert.doesNotMatch(renderYaml(objectsOf(release)), /hidden/);
    assert.throws(() => releaseOf(read(service)), { message: /no Deployment/ });
  });

  it('must use one namespace', () => {
    const within = (namespace: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${namespace}, namespace: ${namespace} }`;
    assert.equal(namespaceOf(read(within('a'), service)), 'a');
    assert.equal(namespaceOf(read(service)), undefined);
    assert.throws(() => namespaceOf(read(within('a'), within('b'))), { message: /a, b/ });
  });
});
