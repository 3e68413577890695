import assert from 'node:assert/strict';
import { ArmClient, group } from './armClient';

const id = `${group}/providers/Microsoft.ContainerInstance/containerGroups/score`;
const path = `${id}?api-version=2023-05-01`;
const resources = { requests: { cpu: 1, memoryInGB: 1 } };
const body = {
  location: 'westeurope',
  properties: { osType: 'Linux', containers: [{ name: 'score', properties: { image: 'score', resources } }] },
};

describe('Azure sandbox: long-running operations', () => {
  const arm = new ArmClient();
  beforeEach(() => arm.start());
  after(() => arm.close());

  for (const [shape, expected] of [
    ['asyncOperation', ['azure-asyncoperation']],
    ['location', ['location']],
    ['both', ['azure-asyncoperation', 'location']],
    ['neither', []],
  ] as const)
    it(`can be reported by ${shape}`, async () => {
      Object.assign(arm.azure.containerInstances.shapes, { put: shape, retryAfterSeconds: 7 });
      const { headers } = await arm.send('PUT', path, body);
      const names = ['azure-asyncoperation', 'location'].filter((name) => headers.has(name));
      assert.deepEqual(names, expected);
      assert.equal(headers.get('retry-after'), shape === 'neither' ? null : '7');
      for (const name of names) {
        const running = await arm.send('GET', headers.get(name) ?? '');
        assert.equal(running.status, name === 'location' ? 202 : 200);
        assert.equal(running.headers.get('retry-after'), '7');
      }
      arm.pass(60);
      for (const name of names) {
        const ended = await arm.send('GET', headers.get(name) ?? '');
        assert.deepEqual(
          [ended.status, ended.json['status']],
          name === 'location' ? [204, undefined] : [200, 'Succeeded'],
        );
        assert.equal(ended.headers.get('retry-after'), null);
      }
      const { properties } = (await arm.send('GET', path)).json as { properties: { provisioningState: string } };
      assert.equal(properties.provisioningState, 'Succeeded');
    });

  it('can be deletions that take some time', async () => {
    arm.azure.containerInstances.shapes.delete = 'both';
    await arm.send('PUT', path, body);
    const { status, headers } = await arm.send('DELETE', path);
    const operation = headers.get('azure-asyncoperation') ?? '';
    assert.deepEqual([status, (await arm.send('GET', operation)).json['status']], [202, 'Deleting']);
    assert.equal((await arm.refusal('PUT', path, body))[1], 'ContainerGroupTransitioning');
    arm.pass(10);
    assert.equal((await arm.send('GET', operation)).json['status'], 'Succeeded');
    assert.equal((await arm.send('GET', headers.get('location') ?? '')).status, 204);
    assert.equal((await arm.send('GET', path)).status, 404);
  });

  it('have signed URLs that must be requested byte for byte', async () => {
    const operation = (await arm.send('PUT', path, body)).headers.get('azure-asyncoperation') ?? '';
    assert.ok(operation.length > 2000);
    assert.equal((await arm.send('GET', operation)).status, 200);
    for (const spoilt of [
      operation.replace('2018-06-01', '2018-06-01&x=1'),
      operation.replace(/&h=.*/, ''),
      operation.replace(/\?(.*?)&(.*)$/, '?$2&$1'),
    ])
      assert.deepEqual((await arm.refusal('GET', spoilt)).slice(0, 2), [403, 'InvalidOperationSignature']);
    const other = operation.replace('2018-06-01', '2023-05-01');
    assert.equal((await arm.refusal('GET', other))[1], 'InvalidResourceType');
    const unknown = operation.replace(/operations\/[^?]*/, 'operations/1');
    assert.equal((await arm.send('GET', unknown)).status, 404);
  });
});
