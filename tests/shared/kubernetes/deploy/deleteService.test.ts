import assert from 'node:assert/strict';
import sinon from 'sinon';
import type { KubernetesClient } from '../../../../shared/kubernetes/client/client';
import type { Resource } from '../../../../shared/kubernetes/client/resource';
import { deleteService } from '../../../../shared/kubernetes/deploy/deleteService';
import { testContext } from '../../../support/testContext';

describe('the deletion of a service', () => {
  async function deletedBy(kinds: readonly string[]): Promise<readonly string[]> {
    const deleted: string[] = [];
    const client = {
      resourceOf: (apiVersion: string, kind: string) =>
        Promise.resolve({ apiVersion, kind, plural: `${kind.toLowerCase()}s`, isNamespaced: true }),
      list: () => Promise.resolve({ items: [{ metadata: { name: 'score' } }] }),
      delete: (resource: Resource) => {
        deleted.push(resource.kind);
        return Promise.resolve(true);
      },
    };
    const resourceOf = sinon.spy(client, 'resourceOf');
    const objects = kinds.map((kind) => ({ apiVersion: 'v1', kind, metadata: { name: 'score' } }));
    const context = testContext();
    const count = await deleteService(client as unknown as KubernetesClient, 'score', objects, context);
    assert.equal(count, deleted.length);
    assert.equal(new Set(resourceOf.args.map(([, kind]) => kind)).size, resourceOf.callCount);
    return deleted;
  }

  it('keeps namespaces and volumes, which may hold more than the service', async () => {
    const generated = await deletedBy([]);
    assert.ok(generated.includes('Deployment') && generated.includes('Service'));
    assert.deepEqual(await deletedBy(['PersistentVolumeClaim', 'Namespace', 'Deployment']), generated);
  });

  it('deletes every further kind among its objects, once', async () => {
    const generated = await deletedBy([]);
    assert.deepEqual(await deletedBy(['Job', 'Job', 'Service']), [...generated, 'Job']);
  });
});
