import assert from 'node:assert/strict';
import sinon from 'sinon';
import type { KubernetesClient } from '../../../../shared/kubernetes/client/client';
import type { Resource } from '../../../../shared/kubernetes/client/resource';
import { deleteService } from '../../../../shared/kubernetes/deploy/deleteService';
import { testContext } from '../../../support/testContext';

describe('the deletion of a service', () => {
  /** By the kinds of its objects, each after its version if that is not `v1`: `apps/v1 Deployment`. */
  async function deletedBy(kinds: readonly string[]): Promise<readonly string[]> {
    const deleted: string[] = [];
    const client = {
      resourceOf: (apiVersion: string, kind: string) =>
        Promise.resolve({ apiVersion, kind, plural: `${kind.toLowerCase()}s`, isNamespaced: true }),
      list: () => Promise.resolve({ items: [{ metadata: { name: 'score' } }] }),
      get: () => Promise.resolve(undefined),
      delete: (resource: Resource) => {
        deleted.push(resource.apiVersion === 'v1' ? resource.kind : `${resource.apiVersion} ${resource.kind}`);
        return Promise.resolve(true);
      },
    };
    const resourceOf = sinon.spy(client, 'resourceOf');
    const objects = kinds.map((text) => {
      const [kind = '', apiVersion = 'v1'] = text.split(' ').reverse();
      return { apiVersion, kind, metadata: { name: 'score' } };
    });
    const context = testContext();
    const count = await deleteService(client as unknown as KubernetesClient, 'score', objects, context);
    assert.equal(count, deleted.length);
    assert.equal(new Set(resourceOf.args.map(([, kind]) => kind)).size, resourceOf.callCount);
    return deleted;
  }

  it('keeps namespaces and volumes, which may hold more than the service', async () => {
    const generated = await deletedBy([]);
    assert.ok(generated.includes('apps/v1 Deployment') && generated.includes('Service'));
    assert.deepEqual(await deletedBy(['PersistentVolumeClaim', 'Namespace', 'apps/v1 Deployment']), generated);
  });

  it('deletes every further kind among its objects, once', async () => {
    const generated = await deletedBy([]);
    assert.deepEqual(await deletedBy(['batch/v1 Job', 'batch/v1 Job', 'Service']), [...generated, 'batch/v1 Job']);
    const knative = 'serving.knative.dev/v1 Service';
    assert.deepEqual(await deletedBy([knative, 'Service', knative]), [...generated, knative]);
  });
});
