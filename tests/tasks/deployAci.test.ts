import assert from 'node:assert/strict';
import type { FakeAgent } from '../support/fakeAgent';
import { DeployAciAzure, sample, scores, service } from './deployAciAzure';

describe('DeployAci', () => {
  let azure: DeployAciAzure;
  beforeEach(async () => (azure = await DeployAciAzure.open()));
  afterEach(() => azure.close());

  async function run(inputs: Readonly<Record<string, string>> = {}): Promise<FakeAgent> {
    azure.azure.requests.clear();
    return azure.run(inputs);
  }
  async function succeeds(inputs: Readonly<Record<string, string>> = {}): Promise<FakeAgent> {
    const agent = await run(inputs);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent;
  }
  async function fails(cause: RegExp, inputs: Readonly<Record<string, string>> = {}): Promise<FakeAgent> {
    const agent = await run(inputs);
    assert.equal(agent.end.result, 'Failed', agent.text());
    assert.match(agent.text('error') || agent.end.message, cause);
    assert.ok(agent.end.message.includes(agent.text('error')), agent.end.message);
    return agent;
  }
  const group = () => azure.azure.containerInstances.groups[0]?.body;
  const containers = () =>
    (group()?.properties.containers ?? []).map(({ name, properties }) => ({ name, ...properties }));

  it('creates a group that serves, and reports its address', async () => {
    const agent = await succeeds({ ...sample, modelName: 'churn', modelVersion: '7', environment: 'LEVEL=info' });
    const uri = 'http://score-model.westeurope.azurecontainer.io:5001/score';
    assert.deepEqual(agent.outputs, {
      containerGroupName: 'score',
      scoringUri: uri,
      image: 'models.azurecr.io/score:1',
      change: 'created',
      resultState: 'Running',
    });
    assert.equal(agent.end.message, `The container group 'score' was created. ${uri}`);
    assert.match(agent.summaries['Container group'] ?? '', /\| score \| created \| Running \|/);
    assert.equal(group()?.tags?.['modelName'], 'churn');
    assert.deepEqual(containers()[0]?.environmentVariables, [{ name: 'LEVEL', value: 'info' }]);
    assert.deepEqual(containers()[0]?.resources, { requests: { cpu: 1, memoryInGB: 1.5 } });
  });

  it('changes nothing and ends at once when the group is as described', async () => {
    await succeeds(sample);
    azure.clock.advance(60_000);
    azure.clock.sleeps.length = 0;
    const agent = await succeeds(sample);
    assert.equal(agent.outputs['change'], 'unchanged');
    assert.equal(agent.outputs['previousImage'], service.image);
    assert.deepEqual(azure.writes(), []);
    assert.deepEqual(azure.clock.sleeps, []);
    assert.deepEqual(agent.summaries, {});
  });

  it('updates in place what can be updated, and logs the differences', async () => {
    await succeeds();
    const agent = await succeeds({ image: 'models.azurecr.io/score:2', environment: 'KEY=hush' });
    assert.deepEqual(azure.writes(), ['PUT containerGroups/score']);
    assert.match(agent.text('log'), /~ containers\.score\.image: models\.azurecr\.io\/score:1 → models.*score:2/);
    assert.doesNotMatch(agent.text(), /hush/);
    assert.equal(agent.outputs['change'], 'updated');
    assert.equal(agent.outputs['previousImage'], service.image);
  });

  it('sends texts of a specification as they are written, and finds them unchanged', async () => {
    const spec = `
tags: {build: 20261128.10, commit: 831877e8}
properties:
  containers:
    - name: score
      properties:
        command: [serve, --version, 1.10]
        environmentVariables: [{name: ZIP, value: 01234}, {name: PIN, secureValue: 007}]
        resources: {requests: {cpu: 1.0, memoryInGB: 1.50}}
  newSetting: 1.10
`;
    const agent = await succeeds({ spec });
    assert.deepEqual([group()?.tags?.['build'], group()?.tags?.['commit']], ['20261128.10', '831877e8']);
    const [container] = containers();
    assert.deepEqual(container?.environmentVariables?.[0], { name: 'ZIP', value: '01234' });
    assert.deepEqual(container.resources, { requests: { cpu: 1, memoryInGB: 1.5 } });
    assert.match(JSON.stringify(container), /"command":\["serve","--version","1\.10"\]/);
    assert.match(agent.text('secret'), /007/);
    assert.equal(
      agent.text('warning'),
      'specification of a container group, line 9: properties.newSetting is sent as a number or boolean, not as the text that is written. Put it in quotes if it is text.',
    );
    assert.equal((await succeeds({ spec })).outputs['change'], 'unchanged');
  });

  it('updates when only a secret has changed, and never logs it', async () => {
    await succeeds({ secrets: 'KEY=first-secret' });
    const agent = await succeeds({ secrets: 'KEY=second-secret' });
    assert.equal(agent.outputs['change'], 'updated');
    assert.match(agent.text('log'), /differs in a setting that Azure does not return/);
    assert.doesNotMatch(agent.text('log', 'debug', 'warning', 'error'), /first-secret|second-secret/);
    assert.match(agent.text('secret'), /second-secret/);
    assert.doesNotMatch(JSON.stringify(group()?.tags), /secret/);
    assert.equal((await succeeds({ secrets: 'KEY=second-secret' })).outputs['change'], 'unchanged');
  });

  it('updates when a setting was removed', async () => {
    await succeeds({ environment: 'A=1' });
    assert.equal((await succeeds()).outputs['change'], 'updated');
    assert.deepEqual(containers()[0]?.environmentVariables, []);
  });

  it('replaces a group that Azure cannot update', async () => {
    await succeeds();
    const agent = await succeeds({ cpu: '2' });
    assert.equal(agent.outputs['change'], 'replaced');
    assert.deepEqual(azure.writes(), ['DELETE containerGroups/score', 'PUT containerGroups/score']);
  });

  describe('side by side', () => {
    const aside = { ...sample, onImmutableChange: 'sideBySide' };

    it('deploys the new group beside the old one, and deletes the old one when the new one serves; and back again', async () => {
      await succeeds(aside);
      const there = await succeeds({ ...aside, cpu: '2' });
      assert.deepEqual(azure.writes(), ['PUT containerGroups/score-b', 'DELETE containerGroups/score']);
      assert.equal(there.outputs['containerGroupName'], 'score-b');
      assert.equal(there.outputs['scoringUri'], 'http://score-model-b.westeurope.azurecontainer.io:5001/score');
      assert.equal((await succeeds({ ...aside, cpu: '2' })).outputs['change'], 'unchanged');
      assert.deepEqual(azure.writes(), []);
      const back = await succeeds({ ...aside, cpu: '1' });
      assert.deepEqual(azure.writes(), ['PUT containerGroups/score', 'DELETE containerGroups/score-b']);
      assert.equal(back.outputs['containerGroupName'], 'score');
    });

    it('keeps the old group when the new one does not serve', async () => {
      await succeeds(aside);
      const agent = await fails(/sklearn/, { ...aside, cpu: '2', image: 'models.azurecr.io/score-crash:2' });
      assert.match(agent.end.message, /score still serves as before; score-b was deleted\./);
      assert.equal(agent.outputs['containerGroupName'], 'score');
      assert.deepEqual(
        azure.azure.containerInstances.groups.map(({ name }) => name),
        ['score'],
      );
    });
  });

  it('starts a stopped group', async () => {
    await succeeds();
    azure.azure.containerInstances.groups[0]?.stop();
    assert.equal((await succeeds(sample)).outputs['change'], 'started');
    assert.deepEqual(azure.writes(), ['POST score/start']);
  });

  it('replaces a group that has ended', async () => {
    const image = 'models.azurecr.io/batch:1';
    azure.azure.containerInstances.images.set(image, { endsAfterSeconds: 3 });
    await fails(/A scoring service must not exit/, { image, restartPolicy: 'Never' });
    azure.azure.containerInstances.images.set(image, {});
    await succeeds({ image, restartPolicy: 'Never' });
    assert.deepEqual(azure.writes(), ['DELETE containerGroups/score', 'PUT containerGroups/score']);
  });

  it('deletes the group, and succeeds when there is none', async () => {
    await succeeds();
    const gone = { containerGroupName: 'score', action: 'delete' };
    assert.equal((await succeeds(gone)).outputs['change'], 'deleted');
    assert.deepEqual(azure.endState(), []);
    const agent = await succeeds(gone);
    assert.equal(agent.outputs['change'], 'unchanged');
    assert.equal(agent.outputs['resultState'], 'Absent');
  });

  it('waits for slow deletions, whichever header Azure uses', async () => {
    for (const shape of ['asyncOperation', 'location', 'both', 'neither'] as const) {
      azure.azure.containerInstances.shapes.delete = shape;
      await succeeds();
      await succeeds({ containerGroupName: 'score', action: 'delete' });
      assert.deepEqual(azure.endState(), [], shape);
    }
  });

  it('deploys whichever way Azure reports its operations', async () => {
    for (const shape of ['asyncOperation', 'location', 'both', 'neither'] as const) {
      azure.azure.containerInstances.shapes.put = shape;
      await succeeds({ ...sample, environment: `SHAPE=${shape}` });
    }
  });

  it('sends the samples until the model is loaded', async () => {
    azure.azure.containerInstances.images.set('models.azurecr.io/score', { ...scores, readyAfterSeconds: 90 });
    await succeeds(sample);
  });

  it('reads a group from a specification, whose settings inputs override', async () => {
    const spec = [
      'tags: {team: churn}',
      'properties:',
      '  containers:',
      '    - name: model',
      '      properties:',
      '        environmentVariables: [{name: A, value: "1"}, {name: B, value: "2"}]',
      '        resources: {requests: {cpu: 4, memoryInGB: 8}}',
      '    - name: sidecar',
      '      properties:',
      '        image: models.azurecr.io/sidecar:1',
      '        resources: {requests: {cpu: 0.5, memoryInGB: 0.5}}',
    ].join('\n');
    await succeeds({ spec, memoryGb: '16', environment: 'B=3' });
    assert.equal(group()?.tags?.['team'], 'churn');
    assert.deepEqual(
      containers().map(({ name, resources }) => [name, resources.requests]),
      [
        ['model', { cpu: 4, memoryInGB: 16 }],
        ['sidecar', { cpu: 0.5, memoryInGB: 0.5 }],
      ],
    );
    assert.deepEqual(
      new Set(containers()[0]?.environmentVariables),
      new Set([
        { name: 'A', value: '1' },
        { name: 'B', value: '3' },
      ]),
    );
    assert.equal((await succeeds({ spec, memoryGb: '16', environment: 'B=3' })).outputs['change'], 'unchanged');
  });

  it('pulls the image with a managed identity, which is assigned to the group', async () => {
    const identity =
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Pull';
    azure.azure.containerInstances.images.set('models.azurecr.io/score', { ...scores, credentials: { identity } });
    await succeeds({ ...sample, registryIdentity: identity });
    assert.deepEqual(group()?.properties.imageRegistryCredentials, [{ server: 'models.azurecr.io', identity }]);
    assert.equal((await succeeds({ ...sample, registryIdentity: identity })).outputs['change'], 'unchanged');
  });

  it('pulls the image with a password, and never logs it', async () => {
    const password = 'registry-password';
    azure.azure.containerInstances.images.set('models.azurecr.io/score', { ...scores, credentials: { password } });
    const agent = await succeeds({ ...sample, registryUsername: 'puller', registryPassword: password });
    assert.doesNotMatch(agent.text('log', 'debug'), /registry-password/);
  });

  describe('reports why', () => {
    it('a container runs out of memory, with the evidence', async () => {
      const agent = await fails(/exit code 137 \(OOMKilled\).*more memory than it has \(1\.5 GB\)/, {
        image: 'models.azurecr.io/score-oom:1',
      });
      const said = agent.said.map(({ kind, text }) => (kind === 'error' ? 'error' : text));
      assert.ok(said.indexOf('error') < said.findIndex((text) => text.startsWith('[Log of score]')));
      assert.match(agent.text('log'), /\[Log of score\] Loading the model/);
      assert.equal(agent.outputs['image'], 'models.azurecr.io/score-oom:1');
    });

    it('a container crashes, from its log', async () => {
      await fails(/exits repeatedly.*The Python package 'sklearn' is missing/, {
        image: 'models.azurecr.io/score-crash:1',
      });
    });

    it('an image cannot be pulled', async () => {
      await fails(/^Azure can't pull the image: .*AcrPull/, { image: 'models.azurecr.io/score-not-found:1' });
      await fails(/^Azure can't pull the image: .*AcrPull/, { image: 'models.azurecr.io/score-unauthorized:1' });
      await fails(/^The registry refused the pull/, { image: 'docker.io/score-registry-error:1' });
    });

    it('there is no capacity', async () => {
      azure.azure.containerInstances.capacity.set('westeurope', 'refused');
      await fails(/This region currently lacks the capacity/);
      azure.azure.containerInstances.capacity.set('westeurope', 'failing');
      await fails(/This region currently lacks the capacity .* not available in the location 'westeurope'/);
      azure.azure.containerInstances.capacity.clear();
      azure.azure.containerInstances.quotas.set('westeurope', 0);
      await fails(/does not allow that many cores/);
    });

    it('the DNS name is taken', async () => {
      await succeeds();
      await fails(/This DNS name label is already taken/, { containerGroupName: 'other' });
    });

    it('a service never answers', async () => {
      await fails(/Timed out waiting for an answer from http:/, {
        ...sample,
        image: 'models.azurecr.io/score-unready:1',
        timeoutMinutes: '5',
      });
    });

    it('an answer is wrong', async () => {
      await fails(/has 0\.5 at \$\.predictions\[0\], not 0\.7/, { ...sample, expectedJson: '$.predictions[0]=0.7' });
      await fails(/has status 200, not 201/, { ...sample, expectedStatus: '201' });
    });

    it('an identity lacks a permission', async () => {
      azure.azure.allowedActions.set('c11e4711-0000-4000-8000-000000000001', ['*/read']);
      await fails(/lacks the action Microsoft\.ContainerInstance\/containerGroups\/write\. .*Contributor/);
    });

    it('inputs are not valid, all at once and before any call', async () => {
      const agent = await run({
        location: '',
        image: '',
        port: '',
        samplePayload: 'no json',
        expectedJson: '$[=1',
        registryUsername: 'u',
        dnsNameLabel: 'x',
        subnetId: '/subscriptions/s/subnet',
      });
      for (const input of [
        'location',
        'image',
        'port',
        'samplePayload',
        'expectedJson',
        'registryPassword',
        'dnsNameLabel',
      ])
        assert.match(agent.end.message, new RegExp(`Input '${input}' `));
      assert.deepEqual(azure.calls(), []);
    });
  });
});
