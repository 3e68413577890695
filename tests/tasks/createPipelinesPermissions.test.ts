import assert from 'node:assert/strict';
import { Queues } from '../../sandbox/devops/build/pools/queues';
import { namespaceIds } from '../../sandbox/devops/identities/namespaces';
import type { PipelineStage } from '../support/pipelineStage';
import { CreatePipelinesStage, given, plain } from './createPipelinesStage';

describe('CreatePipelines, without a permission,', () => {
  let stage: CreatePipelinesStage;
  let on: PipelineStage;
  beforeEach(async () => {
    stage = await CreatePipelinesStage.open();
    on = stage.on;
  });
  afterEach(() => stage.close());

  const rows: readonly (readonly [string, string, number, RegExp])[] = [
    [
      'CreateBuildDefinition',
      namespaceIds.build,
      32_768,
      /lacks the permission 'Create build pipeline' \(CreateBuildDefinition\) on the pipeline folder/,
    ],
    ['ViewBuildDefinition', namespaceIds.build, 1024, /'View build pipeline'/],
    ['QueueBuilds', namespaceIds.build, 128, /lacks the permission 'Queue builds'/],
    [
      'Administer of variable groups',
      namespaceIds.library,
      2,
      /'Administrator' \(Administer\) on the variable group 'churn-dev'/,
    ],
    ['Administer of environments', namespaceIds.environment, 8, /on the environment 'churn-test'/],
    ['Administer of service connections', namespaceIds.serviceEndpoints, 2, /on the service connection 'azure-dev'/],
    ['GenericRead of the repository', namespaceIds.git, 2, /has no repository 'churn', or the identity/],
  ];
  for (const [name, namespace, bit, expected] of rows)
    it(`names it before anything is created: ${name}`, async () => {
      const token = on.withoutPermission(namespace, bit);
      for (const dryRun of ['true', 'false'])
        assert.match(await stage.fails({ ...given, dryRun }, { token }), expected);
      assert.deepEqual(stage.writes(), []);
      await stage.succeeds(given);
    });

  it('names Edit build pipeline for an update', async () => {
    await stage.define('plain', { variables: { LEVEL: { value: '1' } } });
    const token = on.withoutPermission(namespaceIds.build, 2048);
    const message = await stage.fails(plain({ variables: { LEVEL: '2' } }), { token });
    assert.match(message, /lacks the permission 'Edit build pipeline'/);
    assert.deepEqual(stage.writes(), []);
  });

  it('queues a run without Edit queue build configuration, because it sets no variables', async () => {
    const token = on.withoutPermission(namespaceIds.build, 65_536);
    const agent = await stage.run({ ...plain(), firstRun: 'queue' }, { token });
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
  });

  it('says of the default pool that it may exist without being seen', async () => {
    const queue = on.state.of(Queues).byName(on.stage.projectId, 'Azure Pipelines')?.id;
    const token = on.withoutPermission(namespaceIds.distributedTask, 1, `AgentQueues/${on.stage.projectId}/${queue}`);
    const message = await stage.fails(plain(), { token });
    assert.match(
      message,
      /The pool 'Azure Pipelines' is not an agent pool of the project 'local', or the identity 'Limited'/,
    );
    assert.deepEqual(stage.writes(), []);
  });
});
