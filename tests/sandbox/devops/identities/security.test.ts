import assert from 'node:assert/strict';
import { namespaceIds, namespaces } from '../../../../sandbox/devops/identities/namespaces';
import { recordingsIfAny, required } from '../../../support/devops/facts';
import { entriesOf, messageOf, useOrganization } from '../../../support/devops/fixture';

describe('Permissions of the organisation', () => {
  const { organization, ask, tokenOf } = useOrganization();
  const repository = () => `repoV2/${organization().state.projects.find('local')?.id ?? ''}/r`;
  const evaluate = async (token: string, permissions: number, at = repository()) => {
    const evaluations = [{ securityNamespaceId: namespaceIds.git, token: at, permissions }];
    const { body } = await ask('_apis/security/permissionevaluationbatch', {
      method: 'POST',
      token,
      body: { alwaysAllowAdministrators: false, evaluations },
    });
    return (body as { evaluations: readonly { value: boolean }[] }).evaluations.map(({ value }) => value)[0];
  };
  const set = (descriptor: string, allow: number, deny: number, { at = repository(), merge = true } = {}) =>
    ask(`_apis/accesscontrolentries/${namespaceIds.git}`, {
      method: 'POST',
      body: { token: at, merge, accessControlEntries: [{ descriptor, allow, deny }] },
    });

  it('have the names and bits of the service', async function () {
    const rows = required(this, recordingsIfAny()).securityNamespaces.rows;
    for (const { id, name, separator, readPermission, writePermission, actions } of namespaces) {
      const row = rows.find(([namespaceId]) => namespaceId === id);
      assert.deepEqual([id, name, separator, 1, readPermission, writePermission, actions], row, name);
    }
    assert.deepEqual(Object.values(namespaceIds).sort(), namespaces.map(({ id }) => id).sort());
  });

  it('come from groups, and a denied bit wins over an allowed one', async () => {
    const { identity, token } = tokenOf('anna@example.com', 'Contributors');
    assert.deepEqual(await Promise.all([4, 16, 20, 256, 260].map((bits) => evaluate(token, bits))), [
      true,
      true,
      true,
      false,
      false,
    ]);
    await set(identity.descriptor, 256, 0);
    assert.equal(await evaluate(token, 260), true);
    const { identities, projects } = organization().state;
    const contributors = identities.groupNamed('Contributors', projects.find('local')?.id);
    await set(contributors.descriptor, 0, 256);
    assert.equal(await evaluate(token, 256), false);
    assert.equal(await evaluate(token, 4), true);
    assert.equal(await evaluate(organization().personalAccessToken, 256), true);
  });

  it('are inherited, and what is set nearer wins', async () => {
    const { identity, token } = tokenOf('anna@example.com', 'Readers');
    const branch = `${repository()}/refs/heads/6d00610069006e00`;
    await set(identity.descriptor, 0, 4);
    assert.equal(await evaluate(token, 4, branch), false);
    await set(identity.descriptor, 4, 0, { at: branch });
    assert.deepEqual([await evaluate(token, 4, branch), await evaluate(token, 4)], [true, false]);
    organization().state.security.list(namespaceIds.git, branch).inheritsPermissions = false;
    assert.deepEqual([await evaluate(token, 2, branch), await evaluate(token, 2)], [false, true]);
  });

  it('are merged, replaced, removed and read', async () => {
    const { identity, token } = tokenOf('anna@example.com');
    const { descriptor } = identity;
    const entryOf = async (answer: Promise<{ body: unknown }>) =>
      ((await answer).body as { value: readonly { allow: number; deny: number }[] }).value.map(({ allow, deny }) => [
        allow,
        deny,
      ])[0];
    assert.deepEqual(await entryOf(set(descriptor, 6, 0)), [6, 0]);
    assert.deepEqual(await entryOf(set(descriptor, 16, 4)), [18, 4]);
    assert.deepEqual(await entryOf(set(descriptor, 2, 0, { merge: false })), [2, 0]);
    const query = new URLSearchParams({ token: repository(), descriptors: descriptor, includeExtendedInfo: 'true' });
    const { body } = await ask(`_apis/accesscontrollists/${namespaceIds.git}?${query.toString()}`);
    assert.deepEqual(entriesOf(body)[0]?.['acesDictionary'], {
      [descriptor]: { descriptor, allow: 2, deny: 0, extendedInfo: { effectiveAllow: 2 } },
    });
    const permission = new URLSearchParams({ token: repository(), descriptor });
    const unset = await ask(`_apis/permissions/${namespaceIds.git}/2?${permission.toString()}`, { method: 'DELETE' });
    assert.deepEqual(unset.body, { descriptor, allow: 0, deny: 0 });
    const remove = async () =>
      (
        await ask(
          `_apis/accesscontrolentries/${namespaceIds.git}?${new URLSearchParams({ token: repository(), descriptors: descriptor }).toString()}`,
          { method: 'DELETE' },
        )
      ).text;
    assert.deepEqual([await remove(), await remove()], ['true', 'false']);
    const refused = await ask(`_apis/accesscontrolentries/${namespaceIds.git}`, {
      method: 'POST',
      token,
      body: { token: repository(), merge: true, accessControlEntries: [] },
    });
    assert.equal(refused.status, 403);
    assert.match(
      messageOf(refused.body),
      /^TF401027: You need the Git 'ManagePermissions' permission to perform this action\. Details: identity 'anna@example\.com'/,
    );
    assert.equal((await ask(`_apis/accesscontrollists/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`)).status, 404);
  });
});
