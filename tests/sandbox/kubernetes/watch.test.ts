import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { createInterface } from 'node:readline';
import { type JsonObject, textOf } from '../../../sandbox/kubernetes/json';
import { type Kubernetes, startKubernetes } from '../../../sandbox/kubernetes/kubernetes';
import { ask } from './clusterClient';
import { sharedAuthority } from '../../support/sharedKeys';

const maps = '/api/v1/namespaces/default/configmaps';

describe('watches of the Kubernetes sandbox', () => {
  let cluster: Kubernetes;
  beforeEach(async () => {
    cluster = await startKubernetes({ timeScale: 0, authority: await sharedAuthority(), hasControllers: false });
  });
  afterEach(() => cluster.close());

  /** An open watch: `next` waits for one event, in short form. */
  async function watch(query: string): Promise<{ next(): Promise<string>; close(): void }> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { authorization: `Bearer ${cluster.token}` };
      get(`${cluster.url}${maps}?watch=true&${query}`, { ca: cluster.ca, agent: false, headers }, resolve).once(
        'error',
        reject,
      );
    });
    const lines = createInterface({ input: response })[Symbol.asyncIterator]();
    return {
      async next() {
        const line = await lines.next();
        if (line.done === true) return 'end';
        const { type, object } = JSON.parse(line.value) as { type: string; object: JsonObject };
        const { name = '', annotations } = object.metadata as { name?: string; annotations?: object };
        const what = [type, name, textOf(object.reason), ...Object.keys(annotations ?? {})];
        return what.filter((part) => part).join(' ');
      },
      close: () => response.destroy(),
    };
  }
  let puts = 0;
  const put = async (name: string, labels = {}) => {
    const found = await ask(cluster, `${maps}/${name}`);
    const body = { metadata: { name, labels }, data: { n: String(++puts) } };
    await (found.status === 404
      ? ask(cluster, maps, { method: 'POST', body })
      : ask(cluster, `${maps}/${name}`, { method: 'PUT', body }));
  };
  const version = () => String(cluster.store.revision);

  it('start with the existing objects, and continue with changes', async () => {
    await put('a');
    const events = await watch('fieldSelector=metadata.name%21%3Dkube-root-ca.crt');
    assert.equal(await events.next(), 'ADDED a');
    await put('a');
    assert.equal(await events.next(), 'MODIFIED a');
    await ask(cluster, `${maps}/a`, { method: 'DELETE' });
    assert.equal(await events.next(), 'DELETED a');
    events.close();
  });

  it('continue from a resource version without missing a change', async () => {
    const start = version();
    await put('a');
    await put('b');
    const events = await watch(`resourceVersion=${start}`);
    assert.deepEqual([await events.next(), await events.next()], ['ADDED a', 'ADDED b']);
    events.close();
  });

  it('report objects as added and deleted when their labels change', async () => {
    const events = await watch(`resourceVersion=${version()}&labelSelector=on%3D1`);
    await put('a');
    await put('a', { on: '1' });
    assert.equal(await events.next(), 'ADDED a');
    await put('a', {});
    assert.equal(await events.next(), 'DELETED a');
    events.close();
  });

  it('send the state and then a bookmark on request', async () => {
    await put('a');
    const events = await watch('sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true');
    assert.equal(await events.next(), 'ADDED a');
    assert.equal(await events.next(), 'ADDED kube-root-ca.crt');
    assert.equal(await events.next(), 'BOOKMARK k8s.io/initial-events-end');
    events.close();
    assert.equal((await ask(cluster, `${maps}?watch=true&sendInitialEvents=true`)).status, 400);
  });

  it('return 410 for an expired resource version', async () => {
    const old = version();
    await put('a');
    cluster.compact();
    const events = await watch(`resourceVersion=${old}`);
    assert.deepEqual([await events.next(), await events.next()], ['ERROR Expired', 'end']);
  });

  it('end after their timeout, with a bookmark', async () => {
    const events = await watch(`resourceVersion=${version()}&timeoutSeconds=0.05&allowWatchBookmarks=true`);
    assert.deepEqual([await events.next(), await events.next()], ['BOOKMARK', 'end']);
  });

  it('can be disconnected', async () => {
    const events = await watch(`resourceVersion=${version()}`);
    cluster.dropWatches();
    assert.equal(await events.next(), 'end');
  });

  it('end in the middle of a line when a fault requires it', async () => {
    cluster.faults.add({ path: maps, effect: 'truncated' });
    const { text } = await ask(cluster, `${maps}?watch=true&timeoutSeconds=1`).catch((error: unknown) => ({
      text: String(error),
    }));
    assert.match(text, /aborted|ECONNRESET/);
  });
});
