import assert from 'node:assert/strict';
import { VariableGroups } from '../../../../sandbox/devops/resources/variableGroups/variableGroups';
import { DevopsStage, type DevopsTry } from '../../../support/devopsStage';
import type { FakeAgent } from '../../../support/fakeAgent';
import { resourcesTask } from '../../../support/resourceTasks';
import { addGroup, variableGroupState, type Kept } from './variableGroupStage';

type Given = Readonly<Record<string, string>>;

const document = `
variableGroups:
  - name: churn-dev
    description: Settings of the model
    variables:
      MODEL: churn
      VERSION: 1.10
      ENABLED: true
      API_TOKEN: { isSecret: true }
  - name: churn-prod
    variables:
      MODEL: churn
`;
const library = 'b7e84409-6553-448a-bbb2-af228e07cbeb';
const [secret, later] = ['first-secret-value', 'second-secret-value'];
const inputs = { document, secretVariables: `churn-dev/API_TOKEN=${secret}` };

describe('planVariableGroups', () => {
  let stage: DevopsStage;
  before(async () => (stage = await DevopsStage.open()));
  after(() => stage.close());
  beforeEach(() => {
    const groups = stage.organization.state.of(VariableGroups);
    for (const group of groups.ofProject(stage.projectId)) groups.remove(group);
    stage.organization.faults.clear();
    stage.organization.requests.clear();
  });

  const run = (given: Given, options?: DevopsTry): Promise<FakeAgent> => stage.run(resourcesTask, given, options);
  async function succeeds(given: Given): Promise<FakeAgent> {
    const agent = await run(given);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent;
  }
  async function fails(given: Given, options?: DevopsTry): Promise<string> {
    const { end } = await run(given, options);
    assert.equal(end.result, 'Failed', end.message);
    assert.deepEqual(stage.writes(), []);
    return end.message;
  }
  const variablesOf = (name: string): unknown => {
    const group = stage.organization.state.of(VariableGroups).byName(stage.projectId, name);
    return Object.fromEntries(
      [...(group?.variables ?? [])].map(([key, { value, isSecret }]) => [key, [value, isSecret]]),
    );
  };
  const groupOf = (variables: string, more = ''): string =>
    `variableGroups:\n  - name: churn\n${more}    variables:\n${variables.replaceAll(/^/gm, '      ')}\n`;

  it('creates groups with the values as they are written, and sends nothing that writes the second time', async () => {
    const agent = await succeeds(inputs);
    assert.deepEqual(variablesOf('churn-dev'), {
      MODEL: ['churn', false],
      VERSION: ['1.10', false],
      ENABLED: ['true', false],
      API_TOKEN: [secret, true],
    });
    assert.match(
      agent.text('log'),
      /^\+ Variable group 'churn-dev' in project '.*': create\n {4}\+ description: Settings/m,
    );
    assert.match(agent.text('log'), /\+ VERSION: 1\.10\n[^]*\+ API_TOKEN: secret$/m);
    assert.deepEqual(Object.keys(JSON.parse(agent.outputs['ids'] ?? '{}') as object), ['churn-dev', 'churn-prod']);
    stage.organization.requests.clear();
    const again = await succeeds({ document: document.replace('churn-dev', 'Churn-DEV').replace('MODEL', 'model') });
    assert.equal(again.outputs['change'], 'unchanged');
    assert.deepEqual(stage.writes(), []);
  });

  it('changes what differs, and keeps the values of secrets and the variables of others', async () => {
    addGroup(stage, 'churn', {
      A: { value: '1', isReadOnly: true },
      SECRET: { value: 'kept-secret-value', isSecret: true },
      OTHER: { value: 'x', isReadOnly: true },
      OTHER_SECRET: { value: 'other-secret-value', isSecret: true },
      EMPTIED: { value: 'y' },
    });
    const wanted = groupOf("A: 2\nSECRET: { isSecret: true }\nADDED: { isSecret: true }\nEMPTIED: ''");
    const agent = await succeeds({ document: wanted, secretVariables: `churn/ADDED=${secret}\nChurn/secret=${later}` });
    assert.deepEqual(variablesOf('churn'), {
      A: ['2', false],
      SECRET: ['kept-secret-value', true],
      ADDED: [secret, true],
      EMPTIED: ['', false],
      OTHER: ['x', false],
      OTHER_SECRET: ['other-secret-value', true],
    });
    const group = stage.organization.state.of(VariableGroups).byName(stage.projectId, 'churn');
    for (const name of ['A', 'OTHER'])
      assert.deepEqual(group?.variables.get(name)?.further, { isReadOnly: true }, name);
    assert.match(agent.text('log'), /update\n {4}~ A: 1 → 2\n {4}\+ ADDED: secret\n {4}~ EMPTIED: y → \(empty\)$/m);
  });

  it('writes a secret that exists only if a value is given and secrets are to be updated', async () => {
    addGroup(stage, 'churn', { SECRET: { value: 'kept-secret-value', isSecret: true } });
    const wanted = groupOf('SECRET: { isSecret: true }');
    for (const given of [
      { secretVariables: `churn/SECRET=${later}` },
      { updateSecrets: 'true' },
      { secretVariables: `churn/SECRET=${later}`, updateSecrets: 'true', dryRun: 'true' },
    ])
      await succeeds({ document: wanted, ...given });
    assert.deepEqual(stage.writes(), []);
    const agent = await succeeds({ document: wanted, secretVariables: `churn/SECRET=${later}`, updateSecrets: 'true' });
    assert.match(agent.text('log'), /~ SECRET: secret, written again/);
    assert.deepEqual(variablesOf('churn'), { SECRET: [later, true] });
    assert.equal(stage.writes().length, 1);
  });

  it('removes other variables only if it is told to, and shows no secret', async () => {
    addGroup(stage, 'churn', { A: { value: '1' }, OLD: { value: 'x' }, OLD_SECRET: { value: 'z', isSecret: true } });
    const agent = await succeeds({ document: groupOf('A: 1', '    removeOtherVariables: true\n') });
    assert.match(agent.text('log'), /update\n {4}- OLD: x\n {4}- OLD_SECRET: secret$/m);
    assert.deepEqual(variablesOf('churn'), { A: ['1', false] });
  });

  it('shows nothing of a value that holds a secret of the job', async () => {
    addGroup(stage, 'churn', { A: { value: `https://host/?key=${later}` } });
    const agent = await run({ document: groupOf('A: 1') }, { secrets: [later] });
    assert.match(agent.text('log'), /~ A: \*\*\* → 1/);
  });

  const conflicts: readonly (readonly [what: string, before: Kept, type: string, variables: string, note: RegExp])[] = [
    [
      'a secret as plain text',
      { A: { value: 'kept', isSecret: true } },
      'Vsts',
      'A: 1',
      /A is a secret in the group\. Write isSecret: true/,
    ],
    [
      'plain text as a secret',
      { A: { value: '1' } },
      'Vsts',
      'A: { isSecret: true }',
      /A is not a secret in the group\. Change it/,
    ],
    ['a group of a key vault', { A: {} }, 'AzureKeyVault', 'B: 1', /linked to a key vault/],
  ];
  for (const [what, before, type, variables, note] of conflicts)
    it(`does not write ${what}`, async () => {
      addGroup(stage, 'churn', before, type);
      const state = variableGroupState(stage);
      assert.match(await fails({ document: groupOf(variables) }), note);
      assert.deepEqual(variableGroupState(stage), state);
    });

  it('does not write a group that other projects share', async () => {
    const group = addGroup(stage, 'churn', { A: { value: '1' } });
    const reference = (name: string) => ({ name: 'churn', projectReference: { id: name, name } });
    const body = JSON.stringify({
      id: group.id,
      name: 'churn',
      type: 'Vsts',
      variables: { A: { value: '1' } },
      variableGroupProjectReferences: [reference(stage.projectId), reference('Sales')],
    });
    stage.organization.faults.add({
      path: `*/variablegroups/${group.id}`,
      effect: 'status',
      status: 200,
      body,
      times: 9,
    });
    assert.match(await fails({ document: groupOf('A: 2') }), /is shared with other projects \(Sales\)/);
  });

  it('lists all that is wrong with a document at once, and writes nothing', async () => {
    addGroup(stage, 'churn', { OLD: { value: 'x', isSecret: true } });
    const wanted = `variableGroups:
  - name: churn
    variables:
      PLAIN: ${later}
      NEW: { isSecret: true }
      OLD: { isSecret: true }
      EMPTY: { isSecret: true }
`;
    const given = { document: wanted, secretVariables: 'churn/EMPTY=\nchurn/NWE=abcdefgh' };
    const { end } = await run(given, { secrets: [later] });
    const lines = end.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
    assert.deepEqual(lines, [
      "line 1: variableGroups has no secret variable 'churn/NWE', for which a value is given.",
      'line 4: variableGroups[0].variables.PLAIN contains the value of a secret, which everybody who can read the document can read. Remove it, change the secret, and write isSecret: true for a variable that holds it.',
      "line 5: variableGroups[0].variables.NEW is a secret that does not exist yet, and has no value: give it among the secret variables, as 'churn/NEW'.",
      "line 7: variableGroups[0].variables.EMPTY has an empty value among the secret variables, as 'churn/EMPTY'. Give it a value, or none at all.",
    ]);
    assert.deepEqual(stage.writes(), []);
  });

  it('writes again what somebody else overwrites at the same time, and keeps what they wrote', async () => {
    const group = addGroup(stage, 'churn', { A: { value: '1' } });
    const groups = stage.organization.state.of(VariableGroups);
    // The read that follows the write shows what somebody else has written over it.
    const overwrite = (): void =>
      groups.replace(
        group,
        {
          type: 'Vsts',
          providerData: undefined,
          variables: new Map([['THEIRS', { value: 'x', isSecret: false, further: {} }]]),
          reference: group.reference,
        },
        stage.organization.administrator.id,
      );
    const replace = groups.replace.bind(groups);
    let isFirst = true;
    groups.replace = (...given) => {
      replace(...given);
      if (isFirst) {
        isFirst = false;
        overwrite();
      }
    };
    try {
      await succeeds({ document: groupOf('A: 2') });
    } finally {
      groups.replace = replace;
    }
    assert.deepEqual(variablesOf('churn'), { A: ['2', false], THEIRS: ['x', false] });
  });

  it('fails when Azure DevOps accepts a group and does not have it then', async () => {
    const group = addGroup(stage, 'churn', { A: { value: '1' } });
    const body = JSON.stringify({ id: group.id, name: 'churn', type: 'Vsts', variables: { A: { value: '1' } } });
    stage.organization.faults.add({ method: 'PUT', path: '*', effect: 'status', status: 200, body, times: 9 });
    const { end } = await run({ document: groupOf('A: 2') });
    assert.match(end.message, /^Azure DevOps accepted the variable group 'churn' 4 times, but it still differs/);
  });

  it('names each permission that is missing, of all groups at once, and writes nothing', async () => {
    const { state } = stage.organization;
    const group = addGroup(stage, 'churn-prod', { A: { value: '1' } });
    const someone = state.identities.addUser({ principalName: 's@example.com', displayName: 'Someone' });
    state.identities.addMember(someone, state.identities.groupNamed('Contributors', stage.projectId));
    const token = state.tokens.issuePersonal({ identity: someone });
    const missing = async (deny: number): Promise<readonly string[]> => {
      state.security.set(library, `Library/${stage.projectId}`, someone.descriptor, { allow: 0, deny }, false);
      const message = await fails(inputs, { token });
      return [...message.matchAll(/\((View|Create|Administer)\) on the (library|variable group)/g)].map(
        ([, name = '']) => name,
      );
    };
    assert.deepEqual(await missing(4), ['Create', 'Administer']);
    state.security.set(library, `Library/${stage.projectId}/VariableGroup/${group.id}`, someone.descriptor, {
      allow: 3,
      deny: 0,
    });
    assert.deepEqual(await missing(4), ['Create']);
    assert.deepEqual(await missing(1), ['View']);
    state.security.removeEntry(library, `Library/${stage.projectId}`, someone.descriptor);
    assert.equal((await run(inputs, { token })).end.result, 'Succeeded');
  });

  it('says so when there is a group of the name that the identity cannot see', async () => {
    const { state } = stage.organization;
    const group = addGroup(stage, 'churn', { A: { value: '1' } });
    const someone = state.identities.addUser({ principalName: 't@example.com' });
    state.identities.addMember(someone, state.identities.groupNamed('Contributors', stage.projectId));
    const token = state.tokens.issuePersonal({ identity: someone });
    state.security.set(library, `Library/${stage.projectId}/VariableGroup/${group.id}`, someone.descriptor, {
      allow: 0,
      deny: 1,
    });
    const { end } = await run({ document: groupOf('A: 2') }, { token });
    assert.match(
      end.message,
      /already exists[^]* The list of variable groups does not show it: this identity may not see it\./,
    );
    assert.deepEqual(variablesOf('churn'), { A: ['1', false] });
  });
});
