import assert from 'node:assert/strict';
import type { Service } from 'kubernetes-types/core/v1';
import { calledPort, podPort } from '../../../../shared/kubernetes/serving/ports';
import { portText, scoredPort, type NamedPort } from '../../../../shared/kubernetes/serving/scoredPort';

/** `http:80`, `:80` for one without a name, `a:80/UDP`, `a:80=grpc` with its appProtocol. */
function portsOf(texts: string): readonly NamedPort[] {
  return texts.split(' ').map((text) => {
    const [, name, number, protocol, appProtocol] = /^([^:]*):(\d+)(?:\/(\w+))?(?:=(.+))?$/.exec(text) ?? [];
    return { number: Number(number), ...(name && { name }), protocol, appProtocol };
  });
}

function chosen(texts: string, wanted?: string): string {
  const choice = scoredPort(portsOf(texts), wanted);
  return 'port' in choice ? portText(choice.port) : `? ${choice.candidates.map(portText).join(', ')}`;
}

describe('the port that is scored', () => {
  const cases: readonly [ports: string, port: string, wanted?: string][] = [
    [':9090', '9090'],
    ['metrics:9090', 'metrics (9090)'],
    ['metrics:9090 http:80', 'http (80)'],
    ['http-metrics:9090 http:80', 'http (80)'],
    ['prometheus:9090 serve:8080', 'serve (8080)'],
    ['grpc:8500 rest:8501', 'rest (8501)'],
    ['http:8000 grpc:8001 metrics:8002', 'http (8000)'],
    ['health:8081 score:5001', 'score (5001)'],
    ['http-health:8081 http-score:5001', 'http-score (5001)'],
    ['a:1=grpc b:2=HTTP c:3', 'b (2)'],
    ['a:1=https b:2', 'b (2)'],
    ['http:1=kubernetes.io/h2c b:2', 'b (2)'],
    ['metrics:1=http main:2', 'main (2)'],
    ['tcp-redis:6379 web:8080', 'web (8080)'],
    ['https:443 http:80', 'http (80)'],
    ['http-a:8080 http:8081', 'http (8081)'],
    ['http-a:80 http-b:81', 'http-a (80)'],
    ['dns:53/UDP main:8080', 'main (8080)'],
    ['a:8080 b:80', 'b (80)'],
    ['preds:8080 mdl:8081 metrics:8082', '? preds (8080), mdl (8081)'],
    ['http-a:8080 http-b:8081', '? http-a (8080), http-b (8081)'],
    ['grpc:1 metrics:2', '? grpc (1), metrics (2)'],
    ['preds:8080 mdl:8081', 'mdl (8081)', 'mdl'],
    ['preds:8080 mdl:8081', 'mdl (8081)', '8081'],
    ['http:80 metrics:9090', 'metrics (9090)', 'metrics'],
    ['http:80', '? http (80)', 'htpp'],
  ];
  for (const [ports, port, wanted] of cases)
    it(`of ${ports} is ${port}${wanted === undefined ? '' : `, when ${wanted} is named`}`, () =>
      assert.equal(chosen(ports, wanted), port));

  it('is found again in the Service as it exists, and in its pods', () => {
    const service: Service = {
      spec: {
        ports: [
          { name: 'metrics', port: 9090, targetPort: 'metrics' },
          { name: 'http', port: 80, targetPort: 'http' },
          { name: 'other', port: 81, targetPort: 5002 },
        ],
      },
    };
    const ports = [
      { name: 'metrics', containerPort: 9090 },
      { name: 'http', containerPort: 5001 },
    ];
    const template = { spec: { containers: [{ name: 'proxy' }, { name: 'a', ports }] } };
    assert.deepEqual(
      [80, 81, 9090, undefined, 7].map((number) => calledPort(service, number)),
      [1, 2, 0, 1, 1],
    );
    assert.deepEqual(
      [80, 81, 9090, undefined].map((number) => podPort(service, template, number)),
      [5001, 5002, 9090, 5001],
    );
    assert.deepEqual([podPort(undefined, template, 5001), podPort(undefined, template, undefined)], [5001, 9090]);
    assert.equal(podPort({ spec: { ports: [{ port: 80 }] } }, template, 80), 80);
  });
});
