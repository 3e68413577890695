import assert from 'node:assert/strict';
import { withTimeout } from '../../../../shared/agent/context';
import { ClustersApi } from '../../../../shared/databricks/api/clusters';
import { ensureCluster } from '../../../../shared/databricks/clusters/ensureCluster';
import { HttpError, NetworkError } from '../../../../shared/http/errors';
import type { HttpRequest } from '../../../../shared/http/httpClient';
import { FakeAgent } from '../../../support/fakeAgent';
import { FakeClock } from '../../../support/fakeClock';
import type { Shape } from '../../../../shared/http/shape';
import { decoded } from '../../../support/decoded';

interface KnownCluster {
  readonly cluster_id: string;
  cluster_name: string;
  readonly token: unknown;
  state: string;
}

/** A service with idempotency tokens, whose lists may lag behind. */
class TokenService {
  readonly clusters: KnownCluster[] = [];
  readonly tokens: unknown[] = [];
  /** How many lists don't show a cluster yet. */
  staleLists = 0;
  /** How many answers to a creation are lost. */
  lostAnswers = 0;

  readonly http = {
    json: async <T>(request: HttpRequest, shape: Shape<T>) => decoded(this.#answer(request), shape),
    bytes: () => Promise.reject(new Error('not asked for')),
    save: () => Promise.reject(new Error('not asked for')),
  };

  #answer({ path, query, json }: HttpRequest): object {
    if (path.endsWith('/list')) return this.staleLists-- > 0 ? {} : { clusters: this.clusters };
    if (path.endsWith('/get')) {
      const found = this.clusters.find(({ cluster_id }) => cluster_id === query?.['cluster_id']);
      if (found) return found;
      const serviceMessage = `Cluster ${String(query?.['cluster_id'])} does not exist`;
      const refusal = { status: 400, errorCode: 'INVALID_PARAMETER_VALUE', serviceMessage };
      const rest = { requestId: undefined, retryAfterSeconds: undefined, attempts: 1, isTransient: false };
      throw new HttpError(serviceMessage, { ...refusal, ...rest });
    }
    assert.ok(path.endsWith('/create'), path);
    const { cluster_name, idempotency_token: token } = json as Record<string, string>;
    this.tokens.push(token);
    let found = this.clusters.find((cluster) => cluster.token === token && cluster.state !== 'TERMINATED');
    if (!found) {
      found = { cluster_id: `id-${this.clusters.length}`, cluster_name: cluster_name ?? '', token, state: 'PENDING' };
      this.clusters.push(found);
    }
    if (this.lostAnswers-- > 0) throw new NetworkError('lost', { attempts: 1, isTransient: true, code: 'ECONNRESET' });
    return found;
  }
}

describe('ensureCluster creates one cluster with a name', () => {
  let service: TokenService;
  beforeEach(() => void (service = new TokenService()));

  async function ensure(): Promise<string> {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const options = { spec: { cluster_name: 'train' }, pinned: false };
    const context = withTimeout({ agent: new FakeAgent(), clock, signal, deadline: Infinity }, 10);
    const { cluster, change } = await ensureCluster(new ClustersApi(service.http), options, context);
    return `${change} ${cluster.id}`;
  }

  it('with a token of 64 characters', async () => {
    assert.equal(await ensure(), 'created id-0');
    assert.match(String(service.tokens[0]), /^[0-9a-f]{64}$/);
  });

  it('when answers are lost, and lists don’t show the cluster yet', async () => {
    service.lostAnswers = 2;
    service.staleLists = 3;
    assert.equal(await ensure(), 'created id-0');
    assert.equal(service.clusters.length, 1);
    assert.equal(new Set(service.tokens).size, 1);
  });

  it('when the answer is lost and the cluster goes down before it is looked up again', async () => {
    service.lostAnswers = 1;
    const create = service.clusters.push.bind(service.clusters);
    service.clusters.push = (cluster) => create({ ...cluster, state: 'TERMINATED' });
    assert.equal(await ensure(), 'created id-0');
    assert.equal(service.clusters.length, 1);
  });

  it('when two pipelines ask for it at the same time', async () => {
    service.staleLists = 2;
    const both = await Promise.all([ensure(), ensure()]);
    assert.deepEqual(both, ['created id-0', 'created id-0']);
    assert.equal(service.clusters.length, 1);
  });

  it('and does not mistake a cluster for it that was renamed since', async () => {
    await ensure();
    Object.assign(service.clusters[0] ?? {}, { cluster_name: 'kept' });
    assert.equal(await ensure(), 'created id-1');
    assert.deepEqual(
      service.clusters.map(({ cluster_name }) => cluster_name),
      ['kept', 'train'],
    );
    assert.equal(await ensure(), 'unchanged id-1');
  });
});
