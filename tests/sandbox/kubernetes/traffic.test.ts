import assert from 'node:assert/strict';
import { request } from 'node:http';
import { textOf } from '../../../sandbox/kubernetes/json';
import { type Kubernetes, startKubernetes } from '../../../sandbox/kubernetes/kubernetes';
import { serveByCommand, serveByHandler } from '../../../sandbox/kubernetes/pods/serving';
import { apply, ask, deployment, deploymentsPath, podsPath, service, servicesPath } from './clusterClient';

const echo = serveByHandler(({ method, path, headers, body }, { image, env }) => ({
  status: path === '/missing' ? 404 : 200,
  headers: { 'content-type': 'application/json', 'x-image': image },
  body: Buffer.from(JSON.stringify({ method, path, headers, body: body.toString(), model: env.MODEL })),
}));

function send(url: string, body = ''): Promise<{ status: number; text: string; image: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString(),
          image: String(response.headers['x-image']),
        }),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

describe('traffic to pods of the Kubernetes sandbox', () => {
  let cluster: Kubernetes;
  beforeEach(async () => {
    const node = process.execPath;
    const script =
      "console.log('listening');require('http').createServer((q,r)=>{if(q.url==='/quit')process.exit(3);r.end(process.env.MODEL)}).listen(process.env.PORT,'127.0.0.1')";
    cluster = await startKubernetes({
      timeScale: 0,
      images: {
        'm:1': { serve: echo },
        'm:2': { serve: echo },
        'process:1': { serve: serveByCommand({ file: node, args: ['-e', script] }) },
      },
    });
  });
  afterEach(() => cluster.close());
  const pass = (seconds: number) => cluster.clock.advance(seconds * 1000);
  const podName = () => cluster.store.list('pods', 'default').at(-1)?.metadata.name ?? '';
  const put = (image: string, replicas = 1) => {
    const container = { env: [{ name: 'MODEL', value: 'demo' }], ports: [{ name: 'http', containerPort: 5001 }] };
    return apply(cluster, `${deploymentsPath}/web`, deployment({ image, replicas, container }));
  };

  it('is forwarded by the API server, without the credentials of the caller', async () => {
    await put('m:1');
    await apply(
      cluster,
      `${servicesPath}/web`,
      service('web', { ports: [{ name: 'http', port: 80, targetPort: 'http' }] }),
    );
    await pass(5);
    const ways = [
      `${podsPath}/http:${podName()}:5001`,
      `${podsPath}/${podName()}:5001`,
      `${podsPath}/${podName()}`,
      `${servicesPath}/http:web:80`,
      `${servicesPath}/web:http`,
      `${servicesPath}/web`,
    ];
    for (const way of ways) {
      const headers = { 'x-api-key': 'k' };
      const { status, json } = await ask(cluster, `${way}/proxy/score?a=%2F`, {
        method: 'POST',
        body: { x: [1] },
        headers,
      });
      assert.equal(status, 200, way);
      assert.deepEqual([json.method, json.path, json.body, json.model], ['POST', '/score?a=%2F', '{"x":[1]}', 'demo']);
      const passed = json.headers as Record<string, string>;
      assert.deepEqual([passed.authorization, passed['x-api-key']], [undefined, 'k']);
    }
    assert.equal((await ask(cluster, `${servicesPath}/web/proxy/missing`)).status, 404);
  });

  it('returns an error when no pod responds', async () => {
    await apply(cluster, `${servicesPath}/web`, service());
    const none = await ask(cluster, `${servicesPath}/web/proxy/`);
    assert.deepEqual([none.status, none.json.message], [503, 'no endpoints available for service "web"']);
    await put('m-slow:1');
    await pass(3);
    const early = await ask(cluster, `${podsPath}/${podName()}:5001/proxy/`);
    assert.match(
      textOf(early.json.message),
      /^error trying to reach service: dial tcp 10\.244\.\d+\.\d+:5001: connect: connection refused$/,
    );
  });

  it('reaches only ready pods, in turn', async () => {
    await put('m:1', 2);
    await apply(cluster, `${servicesPath}/web`, service());
    await pass(5);
    const slice = cluster.store.list('endpointslices', 'default')[0];
    assert.deepEqual(
      slice?.endpoints?.map(({ conditions }) => conditions.ready),
      [true, true],
    );
    assert.equal(cluster.store.get('endpoints', 'default', 'web')?.subsets?.[0]?.addresses?.length, 2);
    await put('m-not-found:1', 2);
    await pass(5);
    const url = await cluster.serviceUrl('default', 'web');
    for (let sent = 0; sent < 6; sent++) assert.equal((await send(`${url}/score`)).status, 200);
  });

  it('receives no failed response during a rollout', async () => {
    await put('m:1', 2);
    await apply(cluster, `${servicesPath}/web`, service());
    await pass(5);
    const url = await cluster.serviceUrl('default', 'web');
    await put('m:2', 2);
    const images = new Set<string>();
    for (let step = 0; step < 60; step++) {
      const { status, image } = await send(url);
      assert.equal(status, 200);
      images.add(image);
      await pass(0.2);
    }
    assert.deepEqual([...images], ['m:1', 'm:2']);
  });

  it('gets the address of a load balancer after a delay', async () => {
    await put('m:1');
    // A port that is free on this machine's loopback addresses.
    await apply(
      cluster,
      `${servicesPath}/web`,
      service('web', { type: 'LoadBalancer', ports: [{ port: 48123, targetPort: 5001 }] }),
    );
    const ingress = () => cluster.store.get('services', 'default', 'web')?.status.loadBalancer.ingress?.[0];
    await pass(1);
    assert.equal(ingress(), undefined);
    await pass(10);
    while (!ingress()) await new Promise((resolve) => setImmediate(resolve));
    const address = `http://${ingress()?.ip ?? ''}:${ingress()?.ports?.[0]?.port ?? 0}/score`;
    assert.equal((await send(address, '[1]')).status, 200);
  });

  it('finds no listener of a load balancer whose cluster was closed while it opened', async () => {
    const listeners = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
    const before = listeners();
    for (let count = 0; count < 5; count++) {
      const other = await startKubernetes({ timeScale: 0 });
      await apply(other, `${servicesPath}/web`, service('web', { type: 'LoadBalancer' }));
      await other.close();
    }
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(listeners(), before);
  });

  it('is answered by a process of the container, which restarts when the process exits', async () => {
    await put('process:1');
    await pass(2);
    const status = () => cluster.store.list('pods', 'default')[0]?.status.containerStatuses?.[0];
    const settle = async (isDone: () => boolean) => {
      while (!isDone()) {
        await new Promise((resolve) => setImmediate(resolve));
        await pass(0.5);
      }
    };
    await settle(() => status()?.ready === true);
    assert.equal((await ask(cluster, `${podsPath}/${podName()}:5001/proxy/`)).text, 'demo');
    assert.equal((await ask(cluster, `${podsPath}/${podName()}/log`)).text, 'listening\n');
    const { status: broken, json } = await ask(cluster, `${podsPath}/${podName()}:5001/proxy/quit`);
    assert.equal(broken, 503);
    assert.match(textOf(json.message), /^error trying to reach service: /);
    await settle(() => (status()?.restartCount ?? 0) > 0 && status()?.ready === true);
    assert.equal(status()?.lastState.terminated?.exitCode, 3);
  });
});

describe('a cloud without addresses', () => {
  it('leaves a load balancer pending and reports why', async () => {
    const cluster = await startKubernetes({ timeScale: 0, loadBalancerSeconds: 'never' });
    await apply(cluster, `${servicesPath}/web`, service('web', { type: 'LoadBalancer' }));
    await cluster.clock.advance(60_000);
    const event = cluster.store.list('events', 'default').find(({ reason }) => reason === 'SyncLoadBalancerFailed');
    assert.match(event?.message ?? '', /PublicIPCountLimitReached/);
    assert.deepEqual(cluster.store.get('services', 'default', 'web')?.status, { loadBalancer: {} });
    await cluster.close();
  });
});
