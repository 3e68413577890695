import assert from 'node:assert/strict';
import { DeployAciAzure } from '../tasks/deployAciAzure';

const group = '*/containerGroups/score';

describe('DeployAci, when Azure acknowledges and does not carry out', () => {
  let azure: DeployAciAzure;
  beforeEach(async () => (azure = await DeployAciAzure.open()));
  afterEach(() => azure.close());

  /** Azure answers so, and does nothing. */
  function acknowledge(method: string, status: number, body: string, path = group): void {
    azure.azure.faults.add({ method, path, times: Infinity, effect: 'status', status, body });
  }

  for (const [status, body] of [
    [202, '{}'],
    [200, '{}'],
    [200, ''],
    [204, ''],
  ] as const)
    it(`fails a deletion that is answered with ${status} ${body}`, async () => {
      await azure.run();
      acknowledge('DELETE', status, body);
      const { end, outputs } = await azure.run({ containerGroupName: 'score', action: 'delete', timeoutMinutes: '2' });
      assert.equal(end.result, 'Failed');
      assert.match(
        end.message,
        /^Timed out waiting for the container group 'score' to be deleted, after 2 min\. Azure accepted the deletion, but the group still exists \(provisioning state Succeeded\)/,
      );
      assert.equal(outputs['change'], undefined);
    });

  for (const body of [
    '{"error":{"code":"ScopeLocked","message":"locked"}}',
    '{"status":"Failed","error":{"code":"ScopeLocked"}}',
  ])
    it(`fails a deletion that is answered with 200 ${body}, with the reason`, async () => {
      await azure.run();
      acknowledge('DELETE', 200, body);
      const { end } = await azure.run({ containerGroupName: 'score', action: 'delete', timeoutMinutes: '2' });
      assert.match(end.message, /^Could not delete the container group 'score': Azure reports Failed: ScopeLocked/);
    });

  const addresses: readonly [what: string, change: (address: Record<string, unknown>) => object, message: RegExp][] = [
    [
      'with a host name that is none',
      (address) => ({ ...address, fqdn: '##vso[task.complete result=Succeeded]' }),
      /form than documented: 'properties\.ipAddress\.fqdn' is text, not a host name/,
    ],
    ['without an address', () => ({}), /The container group 'score' runs, but Azure returned no address for it\./],
  ];
  for (const [what, change, message] of addresses)
    it(`fails for a group ${what}`, async () => {
      azure.azure.faults.add({
        method: 'GET',
        path: group,
        times: Infinity,
        effect: 'rewritten',
        rewrite(status, body) {
          if (status !== 200) return { status, body };
          const found = JSON.parse(body) as { properties: { ipAddress: Record<string, unknown> } };
          found.properties.ipAddress = change(found.properties.ipAddress) as Record<string, unknown>;
          return { status, body: JSON.stringify(found) };
        },
      });
      const { end, outputs } = await azure.run({ timeoutMinutes: '2' });
      assert.equal(end.result, 'Failed');
      assert.match(end.message, message);
      assert.ok(!outputs['scoringUri'], outputs['scoringUri']);
    });

  it('waits until a deleted group has disappeared', async () => {
    await azure.run();
    const { end, outputs } = await azure.run({ containerGroupName: 'score', action: 'delete' });
    assert.deepEqual([end.result, outputs['change']], ['Succeeded', 'deleted']);
    assert.match(azure.calls().at(-1) ?? '', /^GET containerGroups\/score$/);
  });

  it('fails an update, and names the image that runs', async () => {
    await azure.run();
    acknowledge('PUT', 200, '{}');
    const { end, outputs } = await azure.run({ image: 'models.azurecr.io/score:2' });
    assert.equal(end.result, 'Failed');
    assert.match(
      end.message,
      /^Azure accepted the definition of the container group 'score', but the group does not have it: its image is models\.azurecr\.io\/score:1\./,
    );
    assert.equal(outputs['change'], undefined);
  });

  it('fails a creation', async () => {
    acknowledge('PUT', 201, '{}');
    const { end } = await azure.run();
    assert.match(end.message, /^The deployment of the container group 'score' failed\. .*deleted meanwhile/s);
  });

  it('fails a replacement whose deletion is not carried out', async () => {
    await azure.run();
    acknowledge('DELETE', 200, '{}');
    const { end } = await azure.run({ cpu: '2', timeoutMinutes: '2' });
    assert.match(end.message, /to be deleted, after .*but the group still exists/s);
  });

  describe('side by side', () => {
    const aside = { onImmutableChange: 'sideBySide', timeoutMinutes: '10' };
    const crash = { ...aside, cpu: '2', image: 'models.azurecr.io/score-crash:2' };

    it('says that the deletion of the new group, which does not serve, is not confirmed', async () => {
      await azure.run(aside);
      acknowledge('DELETE', 200, '{}', `${group}-b`);
      const { end } = await azure.run(crash);
      assert.equal(end.result, 'Failed');
      assert.match(
        end.message,
        /^The deployment of the container group 'score-b' failed\. .* score still serves as before; it is not confirmed that score-b was deleted: Timed out .* Check it in the Azure portal/s,
      );
    });

    it('does not say that the old group serves when somebody has deleted it', async () => {
      await azure.run(aside);
      const gone = { effect: 'status', status: 404, body: '{"error":{"code":"ResourceNotFound"}}' } as const;
      azure.azure.faults.add({
        method: 'DELETE',
        path: `${group}-b`,
        effect: 'rewritten',
        rewrite(status, body) {
          azure.azure.faults.add({ method: 'GET', path: group, times: Infinity, ...gone });
          return { status, body };
        },
      });
      const { end } = await azure.run(crash);
      assert.match(
        end.message,
        /score was deleted by somebody else meanwhile, so that nothing serves; score-b was deleted\.$/,
      );
    });
  });

  it('fails a start', async () => {
    await azure.run();
    azure.azure.containerInstances.groups[0]?.stop();
    acknowledge('POST', 202, '{}', `${group}/start`);
    const { end } = await azure.run({ timeoutMinutes: '2' });
    assert.equal(end.result, 'Failed');
  });
});
