import assert from 'node:assert/strict';
import { namespaceIds } from '../../../../sandbox/devops/identities/namespaces';
import { keyOf, messageOf, useOrganization } from '../../../support/devops/fixture';

interface NodeAnswer {
  readonly id: number;
  readonly identifier: string;
  readonly path: string;
  readonly hasChildren: boolean;
  readonly children?: readonly NodeAnswer[];
}

describe('Areas, iterations and the settings of teams', () => {
  const { ask, tokenOf } = useOrganization();
  const areas = 'local/_apis/wit/classificationnodes/areas';
  const iterations = 'local/_apis/wit/classificationnodes/iterations';
  const values = 'local/churn/_apis/work/teamsettings/teamfieldvalues';
  const settings = 'local/churn/_apis/work/teamsettings';
  beforeEach(async () => {
    await ask('_apis/projects/local/teams', { method: 'POST', body: { name: 'churn' } });
  });
  const add = (path: string, name: string) => ask(path, { method: 'POST', body: { name } });

  it('creates areas below others, once', async () => {
    const { status, headers, body } = await add(areas, 'models');
    assert.equal(status, 201);
    assert.equal((body as NodeAnswer).path, '\\local\\Area\\models');
    assert.match(headers.get('location') ?? '', /classificationNodes\/Areas\/models$/);
    assert.equal((await add(`${areas}/models`, 'churn')).status, 201);
    const again = await add(`${areas}/MODELS`, 'Churn');
    assert.deepEqual([again.status, keyOf(again.body)], [409, 'ClassificationNodeDuplicateNameException']);
    assert.equal((await ask(`${areas}/models%5Cchurn`)).status, 200);
    const { body: tree } = await ask(`${areas}?$depth=2`);
    assert.deepEqual(
      (tree as NodeAnswer).children?.map(({ path, children }) => [path, children?.map((child) => child.path)]),
      [['\\local\\Area\\models', ['\\local\\Area\\models\\churn']]],
    );
    assert.equal(keyOf((await ask(`${areas}/other`)).body), 'ClassificationNodeNotFoundException');
  });

  it('moves, renames and deletes areas, but not their root', async () => {
    const { id } = (await add(areas, 'a')).body as NodeAnswer;
    await add(areas, 'b');
    assert.equal((await ask(`${areas}/b`, { method: 'POST', body: { id } })).status, 200);
    const below = await ask(`${areas}/b/a`, { method: 'PATCH', body: { name: 'c' } });
    assert.equal((below.body as NodeAnswer).path, '\\local\\Area\\b\\c');
    const circle = ((await ask(`${areas}/b`)).body as NodeAnswer).id;
    assert.equal((await ask(`${areas}/b/c`, { method: 'POST', body: { id: circle } })).status, 400);
    assert.equal((await ask(areas, { method: 'DELETE' })).status, 400);
    assert.equal((await ask(`${areas}/b`, { method: 'DELETE' })).status, 204);
    assert.equal((await ask(`${areas}/b/c`)).status, 404);
    assert.equal((await add(areas, 'not/a name')).status, 400);
  });

  it('gives a new team no area, and takes full paths with a default', async () => {
    await add(areas, 'churn');
    const { body: none } = await ask(values);
    const { defaultValue, values: before } = none as { defaultValue: unknown; values: unknown };
    assert.deepEqual([defaultValue, before], [null, []]);
    const change = (patch: object) => ask(values, { method: 'PATCH', body: patch });
    const churn = { value: 'local\\churn', includeChildren: true };
    const refused = async (patch: object) => {
      const { status, body } = await change(patch);
      return [status, messageOf(body).slice(0, 8)];
    };
    assert.deepEqual(await refused({ values: [churn] }), [400, 'TF400501']);
    assert.deepEqual(await refused({ defaultValue: 'local', values: [churn] }), [400, 'TF400502']);
    assert.deepEqual(await refused({ defaultValue: churn.value, values: [churn, churn] }), [400, 'TF400503']);
    for (const value of ['\\local\\churn', 'churn', 'local\\other'])
      assert.deepEqual(await refused({ defaultValue: value, values: [{ value }] }), [400, 'TF400499']);
    const { status } = await change({ defaultValue: churn.value, values: [churn] });
    assert.equal(status, 200);
    const { body: after } = await ask(values);
    assert.deepEqual((after as { values: unknown }).values, [churn]);
    const { body: first } = await ask('local/_apis/work/teamsettings/teamfieldvalues');
    assert.equal((first as { defaultValue: unknown }).defaultValue, 'local');
  });

  it('adds iterations to a team that has a backlog iteration', async () => {
    const { identifier } = (await add(iterations, 'Release')).body as NodeAnswer;
    const { identifier: root } = (await ask(iterations)).body as NodeAnswer;
    const select = () => ask(`${settings}/iterations`, { method: 'POST', body: { id: identifier } });
    const early = await select();
    assert.deepEqual([early.status, keyOf(early.body)], [400, 'InvalidTeamSettingsException']);
    assert.match(messageOf(early.body), /^TF400497/);
    const patch = { backlogIteration: root, bugsBehavior: 'AsTasks', workingDays: ['Monday'] };
    const { body } = await ask(settings, { method: 'PATCH', body: patch });
    const { bugsBehavior, workingDays } = body as { bugsBehavior: string; workingDays: readonly string[] };
    assert.deepEqual([bugsBehavior, workingDays], ['asTasks', ['monday']]);
    assert.equal((await select()).status, 201);
    const { body: listed } = await ask(`${settings}/iterations?$timeframe=current`);
    assert.deepEqual(
      (listed as { value: readonly { id: string; path: string }[] }).value.map(({ id, path }) => [id, path]),
      [[identifier, 'local\\Release']],
    );
    assert.equal((await ask(`${settings}/iterations/${identifier}`, { method: 'DELETE' })).status, 204);
    assert.equal((await ask(`${settings}/iterations/${identifier}`)).status, 404);
  });

  it('lets only administrators of the project or the team change settings', async () => {
    const { token } = tokenOf('reader@example.com', 'Readers');
    assert.equal((await ask(values, { token })).status, 200);
    assert.equal((await ask(settings, { method: 'PATCH', body: { bugsBehavior: 'off' }, token })).status, 403);
    assert.equal((await ask(areas, { method: 'POST', body: { name: 'x' }, token })).status, 403);
  });

  it('lets those create areas who are allowed to at the area above', async () => {
    const administrator = tokenOf('admin@example.com', 'Project Administrators');
    const { body } = await ask(areas, { method: 'POST', body: { name: 'models' }, token: administrator.token });
    const { identifier } = body as NodeAnswer;
    const { identifier: root } = (await ask(areas)).body as NodeAnswer;
    const { identity, token } = tokenOf('lead@example.com', 'Contributors');
    const nodes = [root, identifier].map((node) => `vstfs:///Classification/Node/${node}`);
    const permission = { securityNamespaceId: namespaceIds.area, token: nodes.join(':'), permissions: 4 };
    const evaluate = async () => {
      const path = '_apis/security/permissionevaluationbatch';
      const answer = await ask(path, { method: 'POST', body: { evaluations: [permission] }, token });
      return (answer.body as { evaluations: readonly { value: boolean }[] }).evaluations[0]?.value;
    };
    const create = async (path: string) => (await ask(path, { method: 'POST', body: { name: 'churn' }, token })).status;
    assert.deepEqual([await evaluate(), await create(`${areas}/models`)], [false, 403]);
    await ask(`_apis/accesscontrolentries/${namespaceIds.area}`, {
      method: 'POST',
      body: {
        token: permission.token,
        merge: true,
        accessControlEntries: [{ descriptor: identity.descriptor, allow: 4, deny: 0 }],
      },
    });
    assert.deepEqual([await evaluate(), await create(`${areas}/models`), await create(areas)], [true, 201, 403]);
  });
});
