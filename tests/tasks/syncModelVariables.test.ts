import assert from 'node:assert/strict';
import type { ModelRegistry } from '../../shared/variables/registry/modelRegistry';
import { task } from '../../tasks/SyncModelVariables/task';
import { DevopsStage } from '../support/devopsStage';
import type { FakeAgent } from '../support/fakeAgent';
import { hubOf, installHub } from '../support/hub';

const text = `# The churn model.
variables:
  modelName: churn
  modelVersion: '1'
  epochs: 10 # more is slower
  rate: 0.1
`;
const path = 'churn/model_variables.yml';

describe('SyncModelVariables', () => {
  let stage: DevopsStage;
  let hub: ModelRegistry;
  beforeEach(async () => {
    stage = await DevopsStage.open();
    installHub(stage);
    hub = hubOf(stage);
    stage.addRepository('churn');
  });
  afterEach(() => stage.close());

  const run = (mode: string, inputs: Readonly<Record<string, string>> = {}): Promise<FakeAgent> => {
    stage.clock.advance(60_000);
    stage.organization.requests.clear();
    return stage.run(task, { mode, variablesFile: path, repository: 'churn', ...inputs });
  };
  const succeeds = async (...given: Parameters<typeof run>): Promise<FakeAgent> => {
    const agent = await run(...given);
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    return agent;
  };
  const fails = async (...given: Parameters<typeof run>): Promise<string> => {
    const { end } = await run(...given);
    assert.equal(end.result, 'Failed', end.message);
    return end.message;
  };
  const repository = () => stage.git.list(stage.projectId)[0];

  /** Pushes a state of the file to a branch, as a person does. */
  async function push(content: string, branch = 'main'): Promise<void> {
    stage.clock.advance(60_000);
    const { state, personalAccessToken } = stage.organization;
    const name = `refs/heads/${branch}`;
    const oldObjectId = repository()?.tipOf(name) ?? '';
    const changeType = (await fileOn(branch)) === undefined ? 'add' : 'edit';
    const changes = [{ changeType, item: { path: `/${path}` }, newContent: { content, contentType: 'rawtext' } }];
    const answer = await fetch(`${state.url('')}${stage.project}/_apis/git/repositories/churn/pushes?api-version=7.1`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`:${personalAccessToken}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ refUpdates: [{ name, oldObjectId }], commits: [{ comment: 'Edit', changes }] }),
    });
    assert.equal(answer.status, 201, await answer.text());
  }

  async function fileOn(branch: string): Promise<string | undefined> {
    const { state, personalAccessToken } = stage.organization;
    const query = `path=/${path}&versionDescriptor.version=${encodeURIComponent(branch)}&api-version=7.1&$format=octetStream`;
    const answer = await fetch(`${state.url('')}${stage.project}/_apis/git/repositories/churn/items?${query}`, {
      headers: { authorization: `Basic ${Buffer.from(`:${personalAccessToken}`).toString('base64')}` },
    });
    return answer.ok ? answer.text() : undefined;
  }

  async function save(content: string, name?: string): Promise<void> {
    stage.clock.advance(60_000);
    const registry = name === undefined ? hub : hubOf(stage, name);
    const saved = await registry.save({ id: 'churn', text: content, comment: 'slow', base: await hub.model('churn') });
    assert.equal(saved.kind, 'saved');
  }

  it('creates the model in the hub from the file, and then finds nothing to do', async () => {
    await push(text);
    assert.match(await fails('check'), /The hub has no model 'churn'/);
    const { outputs } = await succeeds('repositoryToHub');
    assert.deepEqual([outputs['change'], outputs['registryRevision']], ['created', '1']);
    const model = await hub.model('churn');
    assert.equal(model?.text, text);
    assert.match(model.comment, /^From churn\/model_variables\.yml of churn, branch main, commit [\da-f]{8}$/);
    assert.equal(model.repository?.path, path);
    for (const mode of ['check', 'repositoryToHub', 'hubToRepository']) {
      const again = await succeeds(mode);
      assert.deepEqual(stage.writes(), []);
      assert.match(again.end.message, /same values|is unchanged/);
    }
  });

  it('creates no model in the hub from a file that sets no variables', async () => {
    await push('{}\n');
    assert.match(await fails('repositoryToHub', { registryModel: 'churn' }), /model_variables\.yml sets no variables/);
    assert.equal(await hub.model('churn'), undefined);
  });

  it('takes nothing from a file of which only a part arrives', async () => {
    await push(text);
    const rewrite = (status: number, body: string) => ({ status, body: body.slice(0, -2) });
    stage.organization.faults.add({ method: 'GET', path: '*/blobs/*', effect: 'rewritten', rewrite });
    assert.match(await fails('repositoryToHub'), /bytes that came are not its content\. Run this step again/);
    assert.deepEqual(stage.writes(), []);
  });

  it('reports the variables that differ, and not the comments', async () => {
    await push(text);
    await save(text.replace('epochs: 10 # more', 'epochs: 20 # far more'));
    assert.match(await fails('check'), /differ, from the hub to the file:\n {2}- epochs: 20 → 10\n/);
    const agent = await succeeds('check', { failOnDrift: 'false' });
    assert.deepEqual([agent.outputs['drift'], agent.outputs['differingVariables']], ['true', 'epochs']);
    assert.match(agent.text('warning'), /epochs: 20 → 10/);
    assert.match(agent.summaries['Hub and repository'] ?? '', /```diff\n[^]*- {2}epochs: 20 # far more slower|```diff/);
    assert.deepEqual(stage.writes(), []);
  });

  it('proposes what the hub has changed by one pull request, in which only that line differs', async () => {
    await push(text);
    await succeeds('repositoryToHub');
    await save(text.replace('epochs: 10', 'epochs: 20'));
    const first = await succeeds('hubToRepository');
    assert.deepEqual(stage.writtenKinds(), ['POST pushes', 'POST pullrequests']);
    assert.equal(await fileOn('model-variables/churn-r2'), text.replace('epochs: 10', 'epochs: 20'));
    const again = await succeeds('hubToRepository');
    assert.deepEqual(stage.writes(), []);
    assert.equal(again.outputs['pullRequestId'], first.outputs['pullRequestId']);

    await save(text.replace('epochs: 10', 'epochs: 30'));
    const next = await succeeds('hubToRepository');
    assert.deepEqual(stage.writtenKinds(), ['POST pushes', 'PATCH pullrequests']);
    assert.equal(next.outputs['pullRequestId'], first.outputs['pullRequestId']);
    assert.equal(await fileOn('model-variables/churn-r2'), text.replace('epochs: 10', 'epochs: 30'));
  });

  it('keeps the comments and the line ends of a file that has not changed since, also where the hub overwrites it', async () => {
    const file = text.replace('# The churn', '# This is the churn').replaceAll('\n', '\r\n');
    await push(file);
    await save(text);
    await save(text.replace('epochs: 10', 'epochs: 20'));
    await succeeds('hubToRepository');
    assert.equal(await fileOn('model-variables/churn-r2'), file.replace('epochs: 10', 'epochs: 20'));
    await push(file.replace('epochs: 10', 'epochs: 5'));
    await save(text.replace('epochs: 10', 'epochs: 30'));
    await succeeds('hubToRepository', { overwrite: 'true' });
    assert.equal(await fileOn('model-variables/churn-r2'), file.replace('epochs: 10', 'epochs: 30'));
  });

  it('merges changes of both sides, and fails with the names that both have changed', async () => {
    await push(text);
    await succeeds('repositoryToHub');
    await save(text.replace('epochs: 10', 'epochs: 20'));
    await push(text.replace('rate: 0.1', 'rate: 0.2'));
    await succeeds('repositoryToHub');
    const merged = await hub.model('churn');
    assert.match(merged?.text ?? '', /epochs: 20 # more is slower\n {2}rate: 0\.2/);

    await save((merged?.text ?? '').replace('0.2', '0.3'));
    await push(text.replace('rate: 0.1', 'rate: 0.4'));
    for (const mode of ['repositoryToHub', 'hubToRepository'])
      assert.match(await fails(mode), /have both changed:\n {2}- rate: 0\.\d in .*, 0\.\d in /);
    assert.deepEqual(stage.writes(), []);
    await succeeds('repositoryToHub', { overwrite: 'true' });
    assert.match((await hub.model('churn'))?.text ?? '', /epochs: 10 [^]*rate: 0\.4/);
  });

  it('does not take an older value that a person restored in the hub for one that nobody changed', async () => {
    await push(text);
    await succeeds('repositoryToHub');
    await push(text.replace('epochs: 10', 'epochs: 20'));
    await succeeds('repositoryToHub');
    await save(text);
    const { end } = await succeeds('repositoryToHub');
    assert.match(end.message, /is unchanged\. Only the hub has changed/);
    assert.equal((await hub.model('churn'))?.text, text);
    assert.match((await run('hubToRepository')).outputs['change'] ?? '', /created|updated/);
  });
});
