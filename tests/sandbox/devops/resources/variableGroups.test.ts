import assert from 'node:assert/strict';
import { VariableGroups } from '../../../../sandbox/devops/resources/variableGroups/variableGroups';
import { sendToDevops, useOrganization } from '../../../support/devops/fixture';

interface Group {
  readonly id: number;
  readonly name: string;
  readonly variables: Readonly<Record<string, { value: string | null; isSecret?: boolean }>>;
}

const routes = ['local/_apis/distributedtask/variablegroups', '_apis/distributedtask/variablegroups'];

describe('Variable groups of the stand-in', () => {
  const { organization, ask, tokenOf } = useOrganization();
  const projectId = () => organization().state.projects.all()[0]?.id ?? '';
  const bodyOf = (variables: object, name = 'model') => ({
    name,
    type: 'Vsts',
    variables,
    variableGroupProjectReferences: [{ name, projectReference: { id: projectId(), name: 'local' } }],
  });
  const post = (body: object, path = routes[0] ?? '') => ask(path, { method: 'POST', body });
  const put = (id: number, body: object, path = routes[0] ?? '') => ask(`${path}/${id}`, { method: 'PUT', body });
  const stored = (id: number) => organization().state.of(VariableGroups).byId(id)?.variables;

  for (const route of routes) {
    it(`keeps and never answers secrets on ${route}`, async () => {
      const created = await post(bodyOf({ A: { value: '1' }, S: { value: 'hunter22', isSecret: true } }), route);
      const { id, variables } = created.body as Group;
      assert.deepEqual([created.status, variables], [200, { A: { value: '1' }, S: { value: null, isSecret: true } }]);
      const secret = () => stored(id)?.get('S')?.value;
      const changes: readonly [unknown, string | null | undefined][] = [
        [{ isSecret: true }, 'hunter22'],
        [{ isSecret: true, value: '' }, 'hunter22'],
        [{ isSecret: true, value: 'other' }, 'other'],
        [{ isSecret: true, value: null }, null],
      ];
      for (const [variable, expected] of changes) {
        const answer = await put(id, bodyOf({ A: { value: '2' }, S: variable }), route);
        assert.equal(answer.status, 200, answer.text);
        assert.equal(secret(), expected, JSON.stringify(variable));
        assert.doesNotMatch(answer.text, /hunter22|other/);
      }
      await put(id, bodyOf({ S: { isSecret: true, value: 'third' } }), route);
      assert.deepEqual([...(stored(id)?.keys() ?? [])], ['S'], 'a variable that is left out is gone');
      await put(id, bodyOf({ S: { isSecret: false } }), route);
      assert.equal(secret(), null, 'a secret that is one no longer is emptied');
    });
  }

  it('has names of people in reads alone, and references in all but lists', async () => {
    const created = (await post(bodyOf({ A: { value: '1' } }))).body as Group;
    const [read, list] = [
      (await ask(`${routes[0]}/${created.id}`)).body,
      (await ask(`${routes[0]}?groupName=MOD*`)).body,
    ];
    const [listed] = (list as { value: object[] }).value;
    const facts = [created, read, listed].map((each) => {
      const { createdBy, variableGroupProjectReferences } = each as {
        createdBy: { displayName: string | null };
        variableGroupProjectReferences: object[] | null;
      };
      return [createdBy.displayName, variableGroupProjectReferences?.length];
    });
    assert.deepEqual(facts, [
      [null, 1],
      ['Sandbox Admin', 1],
      ['Sandbox Admin', undefined],
    ]);
  });

  it('answers null for a group that does not exist, is in another project or may not be seen', async () => {
    const { id } = (await post(bodyOf({ A: { value: '1' } }))).body as Group;
    await organization().state.projects.create({ name: 'other' });
    const { token } = tokenOf('reader@example.com', 'Readers');
    const { security, identities } = organization().state;
    const reader = identities.all().find(({ principalName }) => principalName === 'reader@example.com');
    security.set(
      'b7e84409-6553-448a-bbb2-af228e07cbeb',
      `Library/${projectId()}/VariableGroup/${id}`,
      reader?.descriptor ?? '',
      { allow: 0, deny: 1 },
    );
    // The description knows only groups.
    const answers = [
      await sendToDevops(organization(), `${routes[0]}/999`),
      await sendToDevops(organization(), `other/_apis/distributedtask/variablegroups/${id}`),
      await sendToDevops(organization(), `${routes[0]}/${id}`, { token }),
    ];
    assert.deepEqual(
      answers.map(({ status, text }) => [status, text]),
      answers.map(() => [200, 'null']),
    );
  });

  it('refuses what the service refuses', async () => {
    const { id } = (await post(bodyOf({ A: { value: '1' } }))).body as Group;
    const other = await organization().state.projects.create({ name: 'other' });
    const twice = bodyOf({ A: { value: '1' } }, 'shared');
    const both = [
      ...twice.variableGroupProjectReferences,
      { name: 'shared', projectReference: { id: other.id, name: 'other' } },
    ];
    const { token } = tokenOf('reader@example.com', 'Readers');
    const refused = [
      await post(bodyOf({ A: { value: '1' } }, 'MODEL')),
      await post(bodyOf({}, 'empty')),
      await post({ name: 'x', type: 'Vsts', variables: { A: { value: '1' } } }, routes[1]),
      await post({ ...twice, variableGroupProjectReferences: both }, routes[1]),
      await put(id, { ...twice, variableGroupProjectReferences: both }, routes[1]),
      await put(id, bodyOf({})),
      await ask(routes[0] ?? '', { method: 'POST', body: bodyOf({ A: { value: '1' } }, 'mine'), token }),
      await ask(`${routes[1]}/${id}`, { method: 'DELETE' }),
    ];
    assert.deepEqual(
      refused.map(({ status, body }) => [status, (body as { message: string }).message]),
      [
        [409, 'Variable group MODEL already exists.'],
        [400, 'Variable group must have at least one variable defined.'],
        [400, 'Atleast one variable group project reference is required'],
        [500, 'Sharing of variable group is not allowed.'],
        [400, `Variable group is not part of project ${other.id}.`],
        [400, 'Variable group must have at least one variable defined.'],
        [403, (refused[6]?.body as { message: string }).message],
        [400, 'Atleast one variable group project reference is required'],
      ],
    );
    assert.match(refused[6]?.text ?? '', /reader@example\.com.*Create/);
    assert.equal((await ask(`${routes[1]}/${id}?projectIds=${projectId()}`, { method: 'DELETE' })).status, 204);
  });
});
