import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Collection, Extensions } from '../../sandbox/devops/extensions/extensions';
import { ownExtension } from '../../shared/devops/registry/ownExtension';
import { runTask } from '../../shared/task/runTask';
import type { ModelRegistry } from '../../shared/variables/registry/modelRegistry';
import { task } from '../../tasks/LoadModelVariables/task';
import { DevopsStage } from '../support/devopsStage';
import { FakeAgent } from '../support/fakeAgent';
import { hubOf, installHub } from '../support/hub';

const baseFile = `variables:
  cluster: small
  region: westeurope
environments:
  prod: {cluster: medium}
locked: [region]
`;
const modelFile = `variables:
  modelName: churn
  modelVersion: '1'
  service: {name: churn}
  training: {epochs: 1, rate: 0.1}
environments:
  prod: {training: {epochs: 2}}
`;
const schemaFile = `{"definitions": {"variables": {"properties": {
  "service": {"type": "object", "properties": {"name": {"type": "string", "compileTime": true}}}
}}}}`;

describe('LoadModelVariables with the hub', () => {
  let folder: string;
  let stage: DevopsStage;
  let hub: ModelRegistry;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'variables-'));
    await writeFile(join(folder, 'base.yml'), baseFile);
    await writeFile(join(folder, 'model.yml'), modelFile);
    await writeFile(join(folder, 'schema.json'), schemaFile);
    stage = await DevopsStage.open();
    installHub(stage);
    hub = hubOf(stage);
  });
  afterEach(async () => {
    await stage.close();
    await rm(folder, { recursive: true });
  });

  async function run(inputs: Readonly<Record<string, string>> = {}): Promise<FakeAgent> {
    const { organization, clock, project, projectId } = stage;
    const variables = {
      'System.DefaultWorkingDirectory': folder,
      'Agent.TempDirectory': folder,
      'System.CollectionUri': organization.url,
      'System.TeamProject': project,
      'System.TeamProjectId': projectId,
      'System.AccessToken': organization.accessToken,
    };
    const files = { modelFile: join(folder, 'model.yml'), baseFile: join(folder, 'base.yml') };
    const given = { ...files, schemaFile: join(folder, 'schema.json'), registry: 'required', ...inputs };
    const agent = new FakeAgent(given, {}, variables);
    organization.requests.clear();
    await runTask(task, { agent, clock, signal: new AbortController().signal });
    return agent;
  }

  async function save(id: string, text: string): Promise<void> {
    const result =
      id === 'base'
        ? await hub.saveBase({ text, comment: 'why', base: await hub.base() })
        : await hub.save({ id, text, comment: 'why', base: await hub.model(id) });
    assert.equal(result.kind, 'saved');
  }
  const requests = (): readonly string[] =>
    stage.organization.requests
      .list()
      .filter(({ path }) => !/resourceareas/i.test(path))
      .map(({ method, path }) => `${method} ${path.split('/').slice(-3).join('/')}`);
  const documents = (collection: string): Collection => {
    const { publisherName, extensionName } = ownExtension;
    const { collections } = stage.organization.state.of(Extensions).find(publisherName, extensionName);
    return new Collection(collections, 'organization', collection);
  };
  const failure = (agent: FakeAgent): string => {
    assert.equal(agent.end.result, 'Failed', agent.text());
    assert.equal(agent.outputs['registryRevision'], undefined);
    return agent.end.message;
  };

  it('puts the values of the hub above the files of the same level, and says where each comes from', async () => {
    await save('base', 'variables:\n  cluster: hub\n  training: {rate: 0.5}\n');
    await save('churn', 'variables:\n  old: 1\n');
    await save(
      'churn',
      'variables:\n  training:\n    epochs: 10\nenvironments:\n  prod:\n    training: {epochs: 20}\n',
    );
    const agent = await run({ environment: 'prod', overrides: 'modelVersion=2' });
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    // Both are asked for at the same time.
    assert.deepEqual(
      [...requests()].sort(),
      ['base', 'churn'].map((id) => `GET models-${stage.projectId}/Documents/${id}`),
    );

    const { cluster, training_epochs, training_rate, registryRevision, registryBaseRevision } = agent.outputs;
    assert.deepEqual([cluster, training_epochs, training_rate], ['hub', '20', '0.1']);
    assert.deepEqual([registryRevision, registryBaseRevision], ['2', '1']);
    assert.equal(agent.outputs['registryHash'], (await hub.head('churn'))?.hash);
    assert.deepEqual(agent.buildTags, ['model-churn-r2', 'model-base-r1']);

    const table = agent.summaries['Model variables'] ?? '';
    assert.match(table, /^Hub: revision 2 of 'churn', saved by Ada on 2025-01-01T.*: why/);
    assert.match(table, /\| cluster \| hub \| hub base r1:2 \| base\.yml:5, base\.yml:2 \|/);
    assert.match(table, /\| training\.epochs \| 20 \| hub r2:6 \| hub r2:3, model\.yml:7, model\.yml:5 \|/);
    assert.match(table, /\| training\.rate \| 0\.1 \| model\.yml:5 \| hub base r1:3 \|/);
    assert.match(agent.text('log'), /Hub: revision 1 of the base variables, saved by Ada/);
  });

  it('loads the revisions that a run names again, whatever was saved since', async () => {
    await save('churn', 'variables:\n  training: {epochs: 10}\n');
    await save('churn', 'variables:\n  training: {epochs: 20}\n');
    await save('base', 'variables:\n  cluster: other\n');
    const pinned = await run({ registryRevision: '1', registryBaseRevision: '0' });
    assert.equal(pinned.end.result, 'Succeeded', pinned.end.message);
    const { training_epochs, cluster, registryRevision, registryBaseRevision } = pinned.outputs;
    assert.deepEqual([training_epochs, cluster, registryRevision, registryBaseRevision], ['10', 'small', '1', '0']);
    assert.deepEqual(requests().toSorted(), [`GET model-revs-${stage.projectId}-churn/Documents/000001`]);
    assert.deepEqual(pinned.buildTags, ['model-churn-r1']);
  });

  it('checks the locks of the files against the hub, and refuses what is read at compile time', async () => {
    await save('churn', 'variables:\n  region: eastus\n  service: {name: other}\n  api_url: https://a\n');
    const message = failure(await run());
    assert.match(
      message,
      /hub r1:2: region is locked by base\.yml:6: it is "westeurope" \(base\.yml:3\), not "eastus"/,
    );
    assert.match(
      message,
      /hub r1:3: service\.name is read at compile time, .*set it in model_variables\.yml instead; the hub can open the pull request/,
    );
    await save('churn', modelFile);
    assert.equal((await run()).end.result, 'Succeeded');
  });

  it('fails on a revision that was changed after it was saved, also where the hub is optional', async () => {
    await save('churn', 'variables:\n  training: {epochs: 10}\n');
    const heads = documents(`models-${stage.projectId}`);
    heads.update({ ...heads.read('churn'), text: 'variables:\n  training: {epochs: 11}\n' });
    for (const registry of ['required', 'optional'])
      assert.match(
        failure(await run({ registry })),
        /Revision 1 of the model 'churn' in the hub is damaged\..*changed after/,
      );
  });

  it('reads the values that were saved last where a save was interrupted', async () => {
    await save('churn', 'variables:\n  training: {epochs: 10}\n');
    const heads = documents(`models-${stage.projectId}`);
    const first = heads.read('churn');
    await save('churn', 'variables:\n  training: {epochs: 20}\n');
    heads.update({ ...first, __etag: heads.read('churn').__etag });
    assert.equal((await run()).outputs['training_epochs'], '10');
  });

  it('makes no request while it is off, and says which inputs have no effect then', async () => {
    const agent = await run({ registry: 'off' });
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    assert.deepEqual(stage.organization.requests.list(), []);
    assert.deepEqual([agent.buildTags, agent.outputs['registryRevision']], [[], undefined]);
    assert.match(
      failure(await run({ registry: 'off', registryRevision: '3' })),
      /registryRevision.* applies only when/,
    );
  });

  it('uses the files alone, without a warning, where an optional hub does not have the model', async () => {
    const agent = await run({ registry: 'optional' });
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    assert.deepEqual([agent.text('warning'), agent.outputs['training_epochs']], ['', '1']);
    assert.deepEqual([agent.outputs['registryRevision'], agent.outputs['registryBaseRevision']], ['', '0']);
    assert.match(agent.text('log'), /The hub has no model 'churn'\. The files are used\./);
  });

  const failing: Readonly<Record<string, readonly [prepare: () => unknown, message: RegExp, inputs?: object]>> = {
    'the extension is not installed': [
      () => {
        const { publisherName, extensionName } = ownExtension;
        stage.organization.state.of(Extensions).uninstall(publisherName, extensionName);
      },
      /The hub is not available\. .*The organization does not have this extension\. Install it/,
    ],
    'Azure DevOps does not answer': [
      () => stage.organization.faults.add({ path: /Documents/i, times: 50, effect: 'status' }),
      /The hub is not available\. .*Run the step again later/,
    ],
    'there is no such revision': [
      () => save('churn', 'variables:\n  a: 1\n'),
      /The hub has no revision 9 of the model 'churn'/,
      { registryRevision: '9' },
    ],
    'the model is archived': [
      async () => {
        await save('churn', 'variables:\n  a: 1\n');
        const base = await hub.model('churn');
        await hub.save({ id: 'churn', text: base?.text ?? '', comment: '', status: 'archived', base });
      },
      /The hub has archived the model 'churn'/,
    ],
  };
  for (const [what, [prepare, message, inputs]] of Object.entries(failing))
    it(`fails where the hub is required, and uses the files alone where it is optional, when ${what}`, async () => {
      await prepare();
      assert.match(failure(await run({ ...inputs })), message);
      const optional = await run({ ...inputs, registry: 'optional' });
      assert.equal(optional.end.result, 'Succeeded', optional.end.message);
      const warnings = optional.said.filter(({ kind }) => kind === 'warning').map(({ text }) => text);
      if (what === 'the extension is not installed') {
        assert.deepEqual(warnings, []);
        assert.match(optional.text('log'), /Install it, .* The files alone are used\./);
      } else {
        assert.equal(warnings.length, 1);
        assert.match(warnings[0] ?? '', message);
        assert.match(warnings[0] ?? '', /Values that are set only in the hub are missing; the files alone are used\.$/);
      }
      assert.equal(optional.outputs['training_epochs'], '1');
      assert.match(optional.summaries['Model variables'] ?? '', /Hub: not available/);
    });

  it('says what to do where the model is required and not there, or its id cannot be told', async () => {
    assert.match(failure(await run()), /The hub has no model 'churn'\. Create it in the hub/);
    await writeFile(join(folder, 'model.yml'), "variables:\n  modelName: '{{region}}'\n  modelVersion: '1'\n");
    assert.match(failure(await run()), /'registryModel' is required: the model file does not set modelName/);
    assert.match(failure(await run({ registryModel: 'Churn' })), /'Churn' is not a valid id/);
  });
});
