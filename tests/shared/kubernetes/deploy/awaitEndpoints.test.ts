import assert from 'node:assert/strict';
import { endpointSlices, services } from '../../../../shared/kubernetes/client/resource';
import { awaitEndpoints } from '../../../../shared/kubernetes/deploy/address';
import { testContext } from '../../../support/testContext';
import { stageOfEachTest } from './deployFixture';

describe('the endpoints of a Service', () => {
  const stage = stageOfEachTest();

  it('are waited for while there are none at all, which the API server returns as null, as if they were missing', async () => {
    await stage.client.create(services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'empty' },
      spec: { selector: { app: 'nothing' }, ports: [{ port: 80 }] },
    });
    await stage.clock.sleep(5000);
    const { items } = await stage.client.list(endpointSlices);
    assert.deepEqual(
      items.map(({ endpoints }) => endpoints as unknown),
      [undefined],
    );
    await assert.rejects(
      awaitEndpoints(stage.client, 'empty', [{ metadata: { name: 'pod' } }], testContext({ clock: stage.clock })),
      /^TaskError: The Service empty does not route to the new pods, although they are ready/,
    );
  });
});
