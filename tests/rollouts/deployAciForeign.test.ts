import assert from 'node:assert/strict';
import type { FakeAgent } from '../support/fakeAgent';
import { DeployAciAzure, foreignGroup as template, service } from '../tasks/deployAciAzure';

const lost = [
  '- tags.owner: ml-platform',
  '- identity',
  '- containers.model.environmentVariables.MODE',
  '- containers.model.environmentVariables.KEY',
  '- containers.model.volumeMounts.models',
  '- volumes.models',
  '- diagnostics',
];

describe('DeployAci and a group of another tool', () => {
  let azure: DeployAciAzure;
  beforeEach(async () => (azure = await DeployAciAzure.open()));
  afterEach(() => azure.close());

  async function run(inputs: Readonly<Record<string, string>> = {}, result = 'Succeeded'): Promise<FakeAgent> {
    azure.azure.requests.clear();
    const agent = await azure.run(inputs);
    assert.equal(agent.end.result, result, `${agent.end.message}\n${agent.text()}`);
    return agent;
  }
  const body = (name = 'score') => azure.azure.containerInstances.groups.find((group) => group.name === name)?.body;
  const image = 'models.azurecr.io/score:2';

  it('refuses to change it, and lists all that it would lose', async () => {
    await azure.deployForeign(template);
    const { end, outputs, ...agent } = await run({ image }, 'Failed');
    assert.deepEqual(azure.writes(), []);
    const lines = end.message.split('\n').map((line) => line.trim());
    for (const line of [...lost, '~ containers.model.image: models.azurecr.io/score:1 → models.azurecr.io/score:2'])
      assert.ok(lines.includes(line), `${line}\n${end.message}`);
    assert.equal(lines.filter((line) => line.startsWith('- ')).length, lost.length, end.message);
    assert.match(
      end.message,
      /lacks the tag 'model-pipeline-settings'\. Nothing was changed\. The deployment would restart/,
    );
    assert.match(end.message, /set 'adopt' to true; otherwise change 'containerGroupName'/);
    assert.equal(outputs['previousImage'], service.image);
    assert.doesNotMatch(JSON.stringify(agent.said), /batch|hush/);
  });

  it('says that it would delete it where that is so, and does not', async () => {
    await azure.deployForeign(template);
    for (const inputs of [{ cpu: '4' }, { restartPolicy: 'Always' }, { onImmutableChange: 'sideBySide', cpu: '4' }])
      assert.match((await run(inputs, 'Failed')).end.message, /The deployment would delete it and create it again/);
    azure.azure.containerInstances.groups[0]?.stop();
    await run({}, 'Failed');
    assert.deepEqual(body(), template);
  });

  it('refuses even if nothing would be lost', async () => {
    await run();
    const others = { ...body(), tags: {} };
    await azure.azure.containerInstances.delete(azure.azure.containerInstances.groups[0] as never);
    await azure.deployForeign(others);
    assert.match((await run({}, 'Failed')).end.message, /The deployment would restart it\. To take over/);
    assert.deepEqual(azure.writes(), []);
  });

  it('takes it over when asked to, without a deletion, and keeps what could only be changed by one', async () => {
    await azure.deployForeign({ ...template, properties: { ...template.properties, diagnostics: undefined } });
    const agent = await run({ image, adopt: 'true' });
    assert.deepEqual(azure.writes(), ['PUT containerGroups/score']);
    for (const line of lost.filter((each) => each !== '- diagnostics'))
      assert.ok(agent.text('log').includes(line), `${line}\n${agent.text('log')}`);
    assert.equal(agent.outputs['change'], 'updated');
    const [container] = body()?.properties.containers ?? [];
    assert.deepEqual([container?.name, container?.properties.image], ['model', image]);
    assert.deepEqual(container?.properties.resources.requests, { cpu: 2, memoryInGB: 7 });
    assert.equal(body()?.properties.restartPolicy, 'OnFailure');
    for (const adopt of ['true', 'false']) {
      assert.equal((await run({ image, adopt })).outputs['change'], 'unchanged');
      assert.deepEqual(azure.writes(), []);
    }
    assert.deepEqual((await run({ image, cpu: '4' })).outputs['change'], 'replaced');
  });

  it('keeps what the specification names', async () => {
    await azure.deployForeign(template);
    const spec = JSON.stringify(template);
    const agent = await run({ spec, image, adopt: 'true' });
    assert.deepEqual(azure.writes(), ['PUT containerGroups/score']);
    assert.doesNotMatch(agent.text('log'), /These settings are removed/);
    assert.deepEqual(body()?.identity, template.identity);
    assert.deepEqual(body()?.properties.volumes, template.properties.volumes);
    await run({ spec, image });
    assert.deepEqual(azure.writes(), []);
  });

  it('deletes it only when asked to', async () => {
    await azure.deployForeign(template);
    const gone = { action: 'delete', containerGroupName: 'score' };
    assert.match(
      (await run(gone, 'Failed')).end.message,
      /was not created by this task.*Nothing was deleted\..*'adopt'/,
    );
    assert.deepEqual(azure.writes(), []);
    assert.equal((await run({ ...gone, adopt: 'true' })).outputs['change'], 'deleted');
    assert.deepEqual(azure.endState(), []);
  });

  it('leaves alone a group that has the name of the second one', async () => {
    await azure.deployForeign(template, 'score-b');
    await run();
    await run({ image });
    assert.match(
      (await run({ image, cpu: '4', onImmutableChange: 'sideBySide' }, 'Failed')).end.message,
      /the name score-b of a second group is taken/,
    );
    assert.deepEqual(azure.writes(), []);
    await run({ action: 'delete', containerGroupName: 'score', adopt: 'true' });
    assert.deepEqual(body('score-b'), template);
    assert.equal(body(), undefined);
  });

  describe('when Azure refuses an update that should be possible', () => {
    const logs = {
      spec: 'properties: {diagnostics: {logAnalytics: {workspaceId: w, workspaceKey: k}}}',
    };

    it('replaces the group', async () => {
      await run();
      const agent = await run(logs);
      assert.equal(agent.outputs['change'], 'replaced');
      assert.deepEqual(azure.writes(), [
        'PUT containerGroups/score',
        'DELETE containerGroups/score',
        'PUT containerGroups/score',
      ]);
      assert.match(agent.text('log'), /Azure refuses to update score in place, so that it is replaced/);
      await run(logs);
      assert.deepEqual(azure.writes(), []);
    });

    it('deploys side by side, and the old group serves until the new one does', async () => {
      await run();
      const aside = { ...logs, onImmutableChange: 'sideBySide' };
      const agent = await run(aside);
      assert.equal(agent.outputs['change'], 'replaced');
      assert.equal(agent.outputs['containerGroupName'], 'score-b');
      assert.deepEqual(azure.writes(), [
        'PUT containerGroups/score',
        'PUT containerGroups/score-b',
        'DELETE containerGroups/score',
      ]);
      await run(aside);
      assert.deepEqual(azure.writes(), []);
    });
  });
});
