import assert from 'node:assert/strict';
import { HttpError } from '../../../../shared/http/errors';
import type { KubernetesClient } from '../../../../shared/kubernetes/client/client';
import type { Resource } from '../../../../shared/kubernetes/client/resource';
import { tidy } from '../../../../shared/kubernetes/deploy/finish';
import { releaseOf } from '../../../../shared/kubernetes/manifest/release';
import { describeService } from '../../../../shared/kubernetes/manifest/describeService';
import { serviceObjects } from '../../../../shared/kubernetes/manifest/serviceObjects';
import { FakeAgent } from '../../../support/fakeAgent';
import { testContext } from '../../../support/testContext';

describe('the end of a deployment', () => {
  const described = describeService({ serviceName: 'score', image: 'score:1' });
  assert.ok('service' in described);
  const release = releaseOf(serviceObjects(described.service));

  /** Runs `tidy` where the list of secrets is answered with a status; `left` is what is read after a deletion. */
  async function tidyWith(
    status: number,
    left?: object,
  ): Promise<{ readonly agent: FakeAgent; readonly deleted: readonly string[] }> {
    const agent = new FakeAgent();
    const deleted: string[] = [];
    const client = {
      list: ({ kind }: Resource) => {
        if (kind === 'Secret') throw Object.assign(Object.create(HttpError.prototype) as HttpError, { status });
        return Promise.resolve({ items: kind === 'ConfigMap' ? [{ metadata: { name: 'score-old' } }] : [] });
      },
      get: () => Promise.resolve(left),
      delete: ({ kind }: Resource, name: string) => Promise.resolve(deleted.push(`${kind} ${name}`)),
    };
    await tidy(client as unknown as KubernetesClient, release, testContext({ agent, deadline: 0 }));
    return { agent, deleted };
  }

  it('deletes what no version uses, and does without what it may not list', async () => {
    const { agent, deleted } = await tidyWith(403);
    assert.deepEqual(deleted, ['ConfigMap score-old']);
    assert.match(agent.text('log'), /Objects of earlier versions may remain in the cluster\./);
  });

  it('warns of an object that no version uses and that still exists after its deletion', async () => {
    const { agent } = await tidyWith(403, { metadata: { name: 'score-old', finalizers: ['a/b'] } });
    assert.match(
      agent.text('warning'),
      /^ConfigMap score-old still exists after its deletion: its finalizers keep it: a\/b/,
    );
    assert.doesNotMatch(agent.text('log'), /score-old: no longer used/);
  });

  it('fails on any other error', async () => {
    await assert.rejects(tidyWith(404), HttpError);
    await assert.rejects(tidyWith(500), HttpError);
  });
});
