import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { task } from '../../tasks/CreateRepository/task';
import { DevopsStage, type DevopsTry } from '../support/devopsStage';
import type { FakeAgent } from '../support/fakeAgent';
import { fixedBytes } from '../support/fixedBytes';
import { TemplateFolder } from './templateFolder';

describe('CreateRepository', () => {
  let folder: TemplateFolder;
  let stage: DevopsStage;
  before(async () => (folder = await TemplateFolder.create()));
  after(() => folder.remove());
  beforeEach(async () => (stage = await DevopsStage.open()));
  afterEach(() => stage.close());

  const run = (inputs: Readonly<Record<string, string>>, options?: DevopsTry): Promise<FakeAgent> =>
    stage.run(task, inputs, options);

  async function succeeds(inputs: Readonly<Record<string, string>>, options?: DevopsTry): Promise<FakeAgent> {
    const agent = await run(inputs, options);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent;
  }

  it('creates the repository from a template, with executable bits, line ends and binary files', async () => {
    const agent = await succeeds(folder.inputs());
    const repository = stage.git.find(stage.projectId, 'churn') ?? assert.fail();
    assert.deepEqual(agent.outputs, {
      repositoryId: repository.id,
      repositoryUrl: agent.outputs['repositoryUrl'],
      remoteUrl: agent.outputs['remoteUrl'],
      defaultBranch: 'refs/heads/main',
      change: 'created',
    });
    assert.match(agent.outputs['remoteUrl'] ?? '', /^http:\/\/127\.0\.0\.1:\d+\/sandbox\/[^@]*\/_git\/churn$/);
  });

  it('pushes the files as they are', async () => {
    await succeeds(folder.inputs());
    const { objects, tips } = stage.git.find(stage.projectId, 'churn') ?? assert.fail();
    const tree = objects.readCommit(tips.get('refs/heads/main') ?? '').tree;
    const entries = (oid: string): readonly (readonly [string, string, string])[] =>
      objects.readTree(oid).map(({ name, mode, oid: id }) => [name, mode, id] as const);
    const modes = Object.fromEntries(entries(tree).map(([path, mode]) => [path, mode]));
    assert.deepEqual(modes, {
      '.model-pipelines.json': '100644',
      churn: '40000',
      'logo.png': '100644',
      'run.sh': '100755',
    });
    const contentOf = (oid: string, path: string): string =>
      objects.read(entries(oid).find(([name]) => name === path)?.[2] ?? '').content.toString('latin1');
    const below = entries(tree).find(([name]) => name === 'churn')?.[2] ?? '';
    assert.equal(contentOf(below, 'train.py'), 'name = "churn"\r\n');
    assert.equal(contentOf(tree, 'logo.png'), '\x89P\0\r\n\xff');
  });

  it('fails when Azure DevOps accepts a default branch and does not have it then', async () => {
    await succeeds(folder.inputs());
    const repository = stage.git.find(stage.projectId, 'churn') ?? assert.fail();
    const main = repository.refs.get('refs/heads/main') ?? assert.fail();
    repository.refs.set('refs/heads/trunk', main);
    const { id, name } = repository;
    const project = { id: stage.projectId, name: stage.project };
    const accepted = { id, name, project, defaultBranch: 'refs/heads/trunk', size: 1, remoteUrl: 'r', webUrl: 'w' };
    const fault = { method: 'PATCH', path: '*/git/repositories/*', effect: 'status', status: 200 } as const;
    stage.organization.faults.add({ ...fault, body: JSON.stringify(accepted) });
    const { end } = await run({ ...folder.inputs(), defaultBranch: 'trunk' });
    assert.equal(end.result, 'Failed');
    assert.match(end.message, /waiting for refs\/heads\/trunk to be the default branch of 'churn'/);
  });

  it('sends nothing that writes the second time, also after the files have changed', async () => {
    await succeeds(folder.inputs());
    stage.organization.requests.clear();
    const again = await succeeds(folder.inputs());
    assert.equal(again.outputs['change'], 'unchanged');
    const changed = await succeeds({ ...folder.inputs(), variables: 'model=other' });
    assert.equal(changed.outputs['change'], 'unchanged');
    assert.match(changed.text('log'), /The template or its variables have changed since it was created/);
    assert.deepEqual(stage.writes(), []);
  });

  it('fills an empty repository, whatever the case of its name, and sets the default branch', async () => {
    stage.git.create('Churn', stage.projectId);
    const agent = await succeeds({ ...folder.inputs(), defaultBranch: 'trunk' });
    assert.deepEqual([agent.outputs['change'], agent.outputs['defaultBranch']], ['updated', 'refs/heads/trunk']);
  });

  it('changes the default branch back if it differs, and nothing else', async () => {
    await succeeds(folder.inputs());
    const repository = stage.git.find(stage.projectId, 'churn') ?? assert.fail();
    const tip = repository.tips.get('refs/heads/main') ?? '';
    repository.refs.set('refs/heads/other', { objectId: tip, creatorId: '' });
    repository.defaultBranch = 'refs/heads/other';
    stage.organization.requests.clear();
    assert.equal((await succeeds(folder.inputs())).outputs['change'], 'updated');
    assert.equal(repository.defaultBranch, 'refs/heads/main');
    assert.deepEqual(
      stage.writes().map((write) => write.split(' ')[0]),
      ['PATCH'],
    );
    const missing = await run({ ...folder.inputs(), defaultBranch: 'nowhere' });
    assert.match(missing.end.message, /The branch refs\/heads\/nowhere does not exist/);
  });

  it('does not take a repository that others made, unless it may', async () => {
    await succeeds(folder.inputs());
    const ours = stage.git.find(stage.projectId, 'churn') ?? assert.fail();
    const { objects } = ours;
    const marker = objects.readTree(objects.readCommit(ours.tips.get('refs/heads/main') ?? '').tree);
    const tree = objects.writeTree(marker.filter(({ name }) => !name.startsWith('.')));
    const commit = objects.write(
      'commit',
      Buffer.from(`tree ${tree}\nauthor A <a@b.c> 1 +0000\ncommitter A <a@b.c> 1 +0000\n\nx\n`),
    );
    ours.refs.set('refs/heads/main', { objectId: commit, creatorId: '' });
    stage.organization.requests.clear();
    const refused = await run(folder.inputs());
    assert.match(
      refused.end.message,
      /^Repository 'churn' in project '.*': The repository exists, has content, .* Set 'adoptExisting' to true to use it as it is, or change 'repositoryName'\.$/,
    );
    assert.equal((await succeeds({ ...folder.inputs(), adoptExisting: 'true' })).outputs['change'], 'unchanged');
    assert.deepEqual(stage.writes(), []);
  });

  it('imports a repository, and joins the same import the second time', async () => {
    await succeeds(folder.inputs());
    const source = 'https://example.com/source.git';
    stage.git.importable.set(source, stage.git.find(stage.projectId, 'churn') ?? assert.fail());
    const inputs = { repositoryName: 'copy', importUrl: source };
    const agent = await succeeds(inputs);
    assert.deepEqual([agent.outputs['change'], agent.outputs['defaultBranch']], ['created', 'refs/heads/main']);
    stage.organization.requests.clear();
    assert.equal(
      (await succeeds({ ...inputs, importUrl: source.replace('.git', '/') })).outputs['change'],
      'unchanged',
    );
    assert.deepEqual(stage.writes(), []);
    const failed = await run({ repositoryName: 'other', importUrl: 'https://example.com/unknown' });
    assert.match(failed.end.message, /^The import of https:\/\/example\.com\/unknown into 'other' failed: /);
  });

  it('changes nothing in a dry run', async () => {
    const agent = await succeeds({ ...folder.inputs(), dryRun: 'true' });
    assert.deepEqual(agent.outputs, { change: 'created' });
    assert.match(agent.summaries['Repository'] ?? '', /\| create \|/);
    assert.deepEqual(stage.writes(), []);
  });

  it('names the permissions that are missing before anything is written', async () => {
    const { state } = stage.organization;
    const reader = state.identities.addUser({ principalName: 'r@example.com', displayName: 'Reader' });
    const readers = state.identities.all().find(({ displayName }) => displayName.includes('Readers')) ?? assert.fail();
    state.identities.addMember(reader, readers);
    const token = state.tokens.issuePersonal({ identity: reader });
    for (const dryRun of ['true', 'false']) {
      const { end } = await run({ ...folder.inputs(), dryRun }, { token });
      assert.match(end.message, /The identity 'Reader'.* lacks the permission 'Create repository'/);
    }
    assert.deepEqual(stage.writes(), []);
  });

  it('pushes more than 25 MiB at once, which the REST API refuses', async () => {
    const large = await mkdtemp(join(await realpath(tmpdir()), 'large-'));
    try {
      await writeFile(join(large, 'random.bin'), fixedBytes(27 * 1024 * 1024));
      await succeeds({ repositoryName: 'large', templateFolder: large });
    } finally {
      await rm(large, { recursive: true });
    }
  });

  it('reports everything that is wrong with the inputs before any call', async () => {
    const agent = await run({
      repositoryName: '_bad',
      templateFolder: folder.path,
      importUrl: 'https://user:password@example.com/x',
      defaultBranch: 'a..b',
    });
    assert.match(agent.end.message, /^\d inputs need attention:/);
    for (const name of ['repositoryName', 'importUrl', 'defaultBranch'])
      assert.ok(agent.end.message.includes(name), name);
    const unknown = await run({ ...folder.inputs(), variables: 'x=1' });
    assert.match(unknown.end.message, /^Input 'templateFolder' cannot be used:\n.*\{\{model\}\}/);
    const secret = await run({ ...folder.inputs(), variables: 'model=geheim-12345' }, { secrets: ['geheim-12345'] });
    assert.match(secret.end.message, /^Input 'variables' contains a secret of the job in model\./);
    assert.equal(stage.organization.requests.list().length, 0);
  });

  it('uses the repository that another run creates and fills at the same time', async () => {
    const agents = await Promise.all([1, 2, 3].map(() => run(folder.inputs())));
    for (const agent of agents) assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    assert.equal(stage.git.list(stage.projectId).filter(({ name }) => name === 'churn').length, 1);
  });
});
