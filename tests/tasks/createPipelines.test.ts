import assert from 'node:assert/strict';
import { Queues } from '../../sandbox/devops/build/pools/queues';
import { BuildEngine } from '../../sandbox/devops/build/running/buildEngine';
import { namespaceIds } from '../../sandbox/devops/identities/namespaces';
import { Environments } from '../../sandbox/devops/resources/environments/environments';
import { PipelinePermissions } from '../../sandbox/devops/resources/permissions/pipelinePermissions';
import { task } from '../../tasks/CreatePipelines/task';
import { itConverges } from '../support/devopsFaults';
import type { DevopsStage, DevopsTry } from '../support/devopsStage';
import type { FakeAgent } from '../support/fakeAgent';
import { PipelineStage } from '../support/pipelineStage';

const connectionId = '0a1b2c3d-0000-4000-8000-000000000001';
const ci = `
trigger: [main]
variables:
  - group: churn-dev
pool: { vmImage: ubuntu-latest }
stages:
  - template: steps.yml
`;
const files = {
  'pipelines/ci.yml': ci,
  'pipelines/steps.yml': `
stages:
  - stage: deploy
    jobs:
      - deployment: serve
        environment: churn-test
        strategy:
          runOnce:
            deploy:
              steps:
                - checkout: none
                - task: AzureCLI@2
                  inputs: { azureSubscription: azure-dev, scriptType: bash, inlineScript: 'true' }
`,
  'pipelines/small.yml': 'variables: [{ group: churn-dev }]\nsteps: [{ script: "true" }]\n',
  'pipelines/plain.yml': 'pool: { vmImage: ubuntu-latest }\nsteps:\n  - script: "true"\n',
};
const pipelines = `
folder: models/churn
pipelines:
  - name: churn-ci
    yamlFile: pipelines/ci.yml
    variables:
      LEVEL: 1.10
      TOKEN: { isSecret: true, allowOverride: true }
`;
const given = { repository: 'churn', pipelines, secretVariables: 'churn-ci/TOKEN=s3cr3t-value' };

describe('CreatePipelines', () => {
  let on: PipelineStage;
  beforeEach(async () => (on = await open()));
  afterEach(() => on.close());

  async function open(): Promise<PipelineStage> {
    const stage = await PipelineStage.open(files);
    await stage.addGroup('churn-dev');
    await stage.addEnvironment('churn-test');
    stage.addConnection('azure-dev', connectionId);
    return stage;
  }

  const run = (inputs: Readonly<Record<string, string>>, options?: DevopsTry): Promise<FakeAgent> =>
    on.stage.run(task, inputs, options);
  const writes = (): readonly string[] => on.stage.writtenKinds();

  async function succeeds(inputs: Readonly<Record<string, string>>): Promise<FakeAgent> {
    const agent = await run(inputs);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent;
  }

  it('creates a pipeline in its folder, permits what its YAML names with templates, and queues its first run', async () => {
    const agent = await succeeds(given);
    const { id, content } = on.definition('churn-ci');
    assert.deepEqual(agent.outputs, { pipelineIds: JSON.stringify({ 'churn-ci': id }), change: 'updated' });
    assert.equal(content.path, '\\models\\churn');
    assert.deepEqual(
      [...(content.variables ?? [])].map(([name, { value, isSecret }]) => [name, value, isSecret]),
      [
        ['LEVEL', '1.10', false],
        ['TOKEN', 's3cr3t-value', true],
      ],
    );
    assert.deepEqual(on.permitted('churn-ci'), ['connection azure-dev', 'environment churn-test', 'group churn-dev']);
    assert.equal(on.builds.length, 1);
    assert.deepEqual(writes(), ['POST definitions', 'PATCH pipelinepermissions', 'POST builds']);
  });

  it('sends nothing that writes the second time', async () => {
    await succeeds(given);
    on.stage.organization.requests.clear();
    const again = await succeeds(given);
    assert.equal(again.outputs['change'], 'unchanged');
    assert.deepEqual(writes(), []);
  });

  async function fails(inputs: Readonly<Record<string, string>>, options?: DevopsTry): Promise<string> {
    const agent = await run(inputs, options);
    assert.equal(agent.end.result, 'Failed', agent.end.message);
    return agent.end.message;
  }

  const plain = (more: object = {}): Readonly<Record<string, string>> => ({
    repository: 'churn',
    pipelines: JSON.stringify({ pipelines: [{ name: 'plain', yamlFile: 'pipelines/plain.yml', ...more }] }),
    firstRun: 'none',
  });

  /** A pipeline as somebody else makes it. */
  async function define(name: string, more: object = {}, repository = 'churn'): Promise<number> {
    const { id = '' } = on.stage.git.find(on.stage.projectId, repository) ?? {};
    const created = await on.send('POST', 'build/definitions', {
      name,
      type: 'build',
      queue: { name: 'Azure Pipelines' },
      process: { type: 2, yamlFilename: 'pipelines/plain.yml' },
      repository: { id, type: 'tfsgit', defaultBranch: 'main' },
      triggers: [{ settingsSourceType: 2, triggerType: 2 }],
      ...more,
    });
    return (created as { id: number }).id;
  }

  it('changes nothing of a pipeline that somebody else made as the document has it', async () => {
    await define('plain', { variables: { OWN: { value: 'x' } } });
    const agent = await succeeds(plain({ defaultBranch: 'main' }));
    assert.equal(agent.outputs['change'], 'unchanged');
    assert.deepEqual(writes(), []);
  });

  it('updates what differs, and keeps the variables, secrets and triggers of others', async () => {
    const source = await define('train');
    await define('plain', {
      variables: { OWN: { value: 'x' }, KEY: { value: 'kept-secret', isSecret: true }, level: { value: '1' } },
      triggers: [{ triggerType: 128, definition: { id: source }, branchFilters: ['+main'] }],
      properties: { theirs: 'yes' },
      description: 'Theirs',
    });
    await on.push('churn', { 'other.yml': files['pipelines/plain.yml'] }, 'release');
    const agent = await succeeds(
      plain({ yamlFile: '/other.yml', defaultBranch: 'release', variables: { LEVEL: '2' }, pool: 'Default' }),
    );
    assert.match(agent.text('log'), /~ yamlFile: pipelines\/plain\.yml → other\.yml/);
    assert.match(agent.text('log'), /~ variables\.level: 1 → 2/);
    const { content, revision } = on.definition('plain');
    assert.equal(revision, 2);
    assert.equal(content.yamlFilename, 'other.yml');
    assert.equal(content.repository.defaultBranch, 'refs/heads/release');
    assert.equal(content.description, 'Theirs');
    assert.deepEqual(content.properties, { theirs: 'yes' });
    assert.equal(content.triggers.length, 1);
    assert.deepEqual(
      [...(content.variables ?? [])].map(([name, { value }]) => [name, value]),
      [
        ['OWN', 'x'],
        ['KEY', 'kept-secret'],
        ['level', '2'],
      ],
    );
    assert.deepEqual(writes(), ['PUT definitions', 'PATCH pipelinepermissions']);
  });

  it('reads the file of a pipeline from the branch that it has, if the document names none', async () => {
    await on.push('churn', { 'release.yml': files['pipelines/plain.yml'] }, 'release');
    const repository = {
      id: on.stage.git.find(on.stage.projectId, 'churn')?.id,
      type: 'TfsGit',
      defaultBranch: 'release',
    };
    await define('plain', { repository, process: { type: 2, yamlFilename: 'release.yml' } });
    assert.equal((await succeeds(plain({ yamlFile: 'release.yml' }))).outputs['change'], 'unchanged');
    assert.match(await fails(plain({ yamlFile: 'release.yml', name: 'new' })), /no release\.yml/);
  });

  it('never changes a pipeline of another repository, and names both repositories', async () => {
    await on.push('other', { 'pipelines/plain.yml': 'steps: []' });
    await define('plain', {}, 'other');
    const message = await fails(plain());
    assert.match(
      message,
      /There is another pipeline \\plain, of the repository 'other' \(TfsGit .*\), not of 'churn' \(/,
    );
    assert.deepEqual(writes(), []);
  });

  it('creates a pipeline beside one of the same name in another folder, which it names', async () => {
    const other = await define('plain', { path: '\\theirs' });
    const agent = await succeeds(plain());
    assert.match(agent.text('log'), new RegExp(`another pipeline of this name in the folder .theirs \\(${other}\\)`));
    assert.equal(on.definitions.length, 2);
  });

  it('lists every file, branch, pool and pipeline that is missing with its line before anything is created', async () => {
    const text = `pipelines:
  - name: a
    yamlFile: no/such.yml
  - name: b
    yamlFile: pipelines/plain.yml
    defaultBranch: Main
  - name: c
    yamlFile: pipelines/plain.yml
    pool: nowhere
    completionTriggers:
      - pipeline: models/none
    variables:
      TOKEN: { isSecret: true }
`;
    const message = await fails({ repository: 'churn', pipelines: text });
    for (const expected of [
      /line 3: pipelines\[0\]\.yamlFile is not a file on the branch refs\/heads\/main of the repository 'churn': it has no no\/such\.yml\./,
      /line 6: pipelines\[1\]\.defaultBranch is not a branch of the repository 'churn': it has no refs\/heads\/Main\. Names of branches are case-sensitive/,
      /line 9: pipelines\[2\]\.pool is not an agent pool of the project 'local', or the identity 'Sandbox Admin'.* may not see it\./,
      /line 11: pipelines\[2\]\.completionTriggers\[0\]\.pipeline is not a pipeline of the project/,
      /line 13: pipelines\[2\]\.variables\.TOKEN is a secret that does not exist yet/,
    ])
      assert.match(message, expected);
    assert.deepEqual(writes(), []);
  });

  it('refuses a repository of another project, an empty one, and one that is unknown', async () => {
    const other = await on.state.projects.create({ name: 'Other', id: on.state.newId() });
    const there = on.stage.git.create('elsewhere', other.id);
    on.stage.git.create('empty', on.stage.projectId);
    const pipelines = plain()['pipelines'] ?? '';
    assert.match(await fails({ repository: 'elsewhere', pipelines }), /has no repository 'elsewhere', or the identity/);
    assert.match(await fails({ repository: there.id, pipelines }), /belongs to the project 'Other', not to '/);
    assert.match(
      await fails({ repository: 'empty', pipelines }),
      /the repository 'empty' is empty\. Push to it first\./,
    );
    assert.deepEqual(writes(), []);
  });

  it('reads a pipeline again whose update is refused because somebody else was faster', async () => {
    await define('plain', { variables: { LEVEL: { value: '1' } } });
    const body = JSON.stringify({ message: 'Build pipeline 1 was not found', typeKey: 'DefinitionNotFoundException' });
    on.stage.organization.faults.add({ method: 'PUT', path: '*/definitions/*', effect: 'status', status: 404, body });
    await succeeds(plain({ variables: { LEVEL: '2' } }));
    assert.equal(on.definition('plain').revision, 2);
    assert.equal(on.definitions.length, 1);
  });

  it('names a pipeline that was created although its YAML is not valid, with all reasons, and uses it the next time', async () => {
    await on.push('churn', { 'bad.yml': 'steps:\n  - script: x\n    nonsense: 1\n  - bash: y\n    more: 2\n' });
    const message = await fails(plain({ yamlFile: 'bad.yml' }));
    assert.match(message, /bad\.yml of the pipeline 'plain' cannot run: .*Line: 3.*Line: 5/s);
    const { id } = on.definition('plain');
    assert.match(message, new RegExp(`Created, but neither permitted nor run: the pipeline '.plain' \\(${id}\\)`));
    await on.push('churn', { 'bad.yml': files['pipelines/plain.yml'] });
    await succeeds({ ...plain({ yamlFile: 'bad.yml' }), firstRun: 'queue' });
    assert.deepEqual([on.definitions.length, on.builds.length], [1, 1]);
  });

  it('lists in one error what the YAML of all pipelines names and what does not exist', async () => {
    await on.push('churn', {
      'a.yml':
        'jobs: [{ deployment: d, environment: nowhere, strategy: { runOnce: { deploy: { steps: [{ script: ls }] } } } }]',
      'b.yml': `resources: { repositories: [{ repository: r, type: git, name: none }], pipelines: [{ pipeline: p, source: gone }] }
pool: missing
steps: [{ task: 'AzureCLI@2', inputs: { azureSubscription: azure-none, scriptType: bash } }]`,
    });
    const text = JSON.stringify({
      pipelines: [
        { name: 'a', yamlFile: 'a.yml' },
        { name: 'b', yamlFile: 'b.yml' },
      ],
    });
    const message = await fails({ repository: 'churn', pipelines: text });
    assert.match(message, /a\.yml of the pipeline 'a' names what does not exist, or .*: environment 'nowhere'\./);
    for (const name of [
      `repository 'none'`,
      `pipeline 'gone'`,
      `agent pool 'missing'`,
      `service connection 'azure-none'`,
    ])
      assert.ok(message.includes(name), `${name}: ${message}`);
    assert.deepEqual(writes(), []);
  });

  it('says what a condition names and what does not exist once the platform has evaluated it', async () => {
    await on.push('churn', {
      'if.yml': `parameters: [{ name: on, type: boolean, default: true }]
jobs:
  - \${{ if parameters.on }}:
      - { deployment: d, environment: nowhere, strategy: { runOnce: { deploy: { steps: [{ script: ls }] } } } }`,
    });
    const message = await fails(plain({ yamlFile: 'if.yml' }));
    assert.match(message, /if\.yml of the pipeline 'plain' names what does not exist, or .*: environment 'nowhere'\./);
    assert.deepEqual([on.permitted('plain'), on.builds.length], [[], 0]);
  });

  it('says what only the page of a run can permit', async () => {
    await on.push('churn', { 'late.yml': 'pool: { name: $(agents) }\nsteps: [{ script: ls }]\n' });
    const late = plain({ yamlFile: 'late.yml' });
    const expected = /To be permitted on the page of a run, because only that knows it: agent pool \$\(agents\)\./;
    assert.match((await succeeds(late)).text('log'), expected);
    assert.match((await succeeds(late)).text('log'), expected);
  });

  it('permits nothing if it is told so, and says what a run will wait for', async () => {
    const agent = await succeeds({ ...given, grantPermissions: 'false', firstRun: 'none' });
    assert.match(agent.text('warning'), /may not use what its YAML names: variable group 'churn-dev', environment/);
    assert.deepEqual(writes(), ['POST definitions']);
    on.stage.organization.requests.clear();
    const again = await succeeds({ ...given, grantPermissions: 'false', firstRun: 'none' });
    assert.equal(again.outputs['change'], 'unchanged');
    assert.match(again.text('log'), /It may not use variable group 'churn-dev', environment 'churn-test'/);
  });

  it('permits what the platform does not expand without a permission, and expands it then', async () => {
    const { state } = on;
    on.admits = (id) => {
      const resource = { type: 'variablegroup', id: '1' } as const;
      const mayUse = state.of(PipelinePermissions).permits(on.stage.projectId, resource, id);
      return mayUse ? undefined : 'Variable group churn-dev was not found or is not authorized for use.';
    };
    await succeeds(given);
    assert.deepEqual(on.permitted('churn-ci'), ['connection azure-dev', 'environment churn-test', 'group churn-dev']);
    on.stage.organization.requests.clear();
    assert.equal((await succeeds(given)).outputs['change'], 'unchanged');
  });

  it('creates variable groups and environments before the pipelines that use them', async () => {
    await on.push('churn', {
      'new.yml': `variables: [{ group: fresh }]
jobs: [{ deployment: d, environment: fresh-env, strategy: { runOnce: { deploy: { steps: [{ script: ls }] } } } }]`,
    });
    const text = `pipelines: [{ name: fresh, yamlFile: new.yml, variables: { KEY: { isSecret: true } } }]
variableGroups: [{ name: fresh, variables: { A: 1, KEY: { isSecret: true } } }]
environments: [{ name: fresh-env }]
`;
    const secretVariables = 'fresh/KEY=another-secret';
    const wanted = { repository: 'churn', pipelines: text, secretVariables, firstRun: 'none' };
    await succeeds(wanted);
    assert.deepEqual(on.permitted('fresh'), ['environment fresh-env', 'group fresh']);
    on.stage.organization.requests.clear();
    assert.equal((await succeeds(wanted)).outputs['change'], 'unchanged');
    assert.deepEqual(writes(), []);
  });

  it('creates a pipeline after those that start it, and refuses a loop', async () => {
    const [a, b] = [
      { name: 'a', yamlFile: 'pipelines/plain.yml', completionTriggers: [{ pipeline: 'b', branches: ['main'] }] },
      { name: 'b', yamlFile: 'pipelines/plain.yml' },
    ];
    const inputs = (all: readonly object[]) => ({
      repository: 'churn',
      pipelines: JSON.stringify({ folder: 'm', pipelines: all }),
      firstRun: 'none',
    });
    await succeeds(inputs([a, b]));
    assert.deepEqual(on.definition('a').content.triggers[1], {
      triggerType: 'buildCompletion',
      definition: { id: on.definition('b').id },
      requiresSuccessfulBuild: true,
      branchFilters: ['+refs/heads/main'],
    });
    on.stage.organization.requests.clear();
    assert.equal((await succeeds(inputs([a, b]))).outputs['change'], 'unchanged');
    const loop = [a, { ...b, completionTriggers: [{ pipeline: '\\m\\a' }] }];
    assert.match(await fails(inputs(loop)), /leads back to the same pipeline/);
    assert.match(await fails(inputs([{ ...b, completionTriggers: [{ pipeline: 'b' }] }])), /is the pipeline itself/);
  });

  it('writes the value of a secret once, and again only if it is told to', async () => {
    await succeeds(given);
    const secret = () => on.definition('churn-ci').content.variables?.get('TOKEN')?.value;
    const other = { ...given, secretVariables: 'churn-ci/TOKEN=another-value' };
    assert.equal((await succeeds(other)).outputs['change'], 'unchanged');
    assert.equal(secret(), 's3cr3t-value');
    await succeeds({ ...other, updateSecrets: 'true' });
    assert.equal(secret(), 'another-value');
    assert.match(
      await fails({ ...given, secretVariables: 'churn-ci/OTHER=x-value' }),
      /has no secret variable 'churn-ci\/OTHER'/,
    );
    assert.match(
      await fails({ ...given, secretVariables: 'churn-ci/TOKEN=$(token)' }),
      /variable of the pipeline that is not defined/,
    );
    assert.match(await fails({ ...given, secretVariables: 'TOKEN=x' }), /contains the name 'TOKEN'/);
    const shown = pipelines.replace('1.10', 's3cr3t-of-job');
    const held = await fails({ ...given, pipelines: shown }, { secrets: ['s3cr3t-of-job'] });
    assert.match(held, /line 6: pipelines\[0\]\.variables\.LEVEL contains the value of a secret/);
    assert.match(
      await fails({
        ...given,
        pipelines: pipelines.replace('{ isSecret: true, allowOverride: true }', 'x'),
        secretVariables: '',
      }),
      /TOKEN is a secret of the pipeline, and stays one/,
    );
  });

  it('changes nothing in a dry run', async () => {
    const agent = await succeeds({ ...given, dryRun: 'true' });
    assert.deepEqual(agent.outputs, { pipelineIds: '{}', change: 'updated' });
    assert.match(agent.text('log'), /yamlFile: pipelines\/ci\.yml of the repository 'churn' \([\da-f-]{36}\)/);
    assert.deepEqual(writes(), []);
  });

  describe('with a first run', () => {
    const waiting = { ...plain(), firstRun: 'wait' };

    it('queues none of a pipeline that ran, and says so of one that never did', async () => {
      const agent = await succeeds(plain());
      assert.match(agent.text('log'), /may not react to pushes before its first run: queue one/);
      await on.send('POST', 'build/builds', { definition: { id: on.definition('plain').id } });
      const again = await succeeds({ ...plain(), firstRun: 'queue' });
      assert.equal(again.outputs['change'], 'unchanged');
      assert.equal(on.builds.length, 1);
    });

    it('succeeds when the run does', async () => {
      const agent = await succeeds(waiting);
      assert.match(agent.text('log'), /The first run of the pipeline '\\plain' \(1\) succeeded: run .* \(http/);
    });

    it('fails when the run does, until a run succeeded', async () => {
      on.end = (control) => {
        control.onStageEnd(failedStage);
        return Promise.resolve('failed');
      };
      assert.match(await fails(waiting), /is failed, not succeeded: run .*\n {2}- Run script: No such file/s);
      on.stage.organization.requests.clear();
      assert.match(
        await fails(waiting),
        /No run of the pipeline '\\plain' \(1\) has succeeded; the newest is failed: run/,
      );
      assert.deepEqual(writes(), []);
      on.end = () => Promise.resolve('succeeded');
      await on.send('POST', 'build/builds', { definition: { id: 1 } });
      await on.state.of(BuildEngine).settle();
      assert.equal((await succeeds(waiting)).outputs['change'], 'unchanged');
    });

    it('says what the run waits for, and waits for the same run the next time', async () => {
      const environment = on.state.of(Environments).byName(on.stage.projectId, 'churn-test')?.id;
      await on.send(
        'POST',
        'pipelines/checks/configurations',
        {
          type: { id: '8c6f20a7-a545-4486-9777-f762fafe0d4d', name: 'Approval' },
          settings: { approvers: [{ id: on.stage.organization.administrator.id }] },
          timeout: 43_200,
          resource: { type: 'environment', id: String(environment) },
        },
        '7.1-preview.1',
      );
      const message = await fails({ ...given, firstRun: 'wait', timeoutMinutes: '5' });
      assert.match(
        message,
        /Timed out waiting for the first run of .*It waits for an approval\. The run goes on: look at run .* \(http/,
      );
      on.stage.organization.requests.clear();
      const [build] = on.builds;
      const approving = on.stage.run(task, { ...given, firstRun: 'wait' });
      await on.approve(build?.id ?? 0);
      const agent = await approving;
      assert.equal(agent.end.result, 'Succeeded', agent.end.message);
      assert.equal(agent.outputs['change'], 'unchanged');
      assert.equal(on.builds.length, 1);
    });

    it('says that a pipeline is disabled, and leaves it', async () => {
      await define('plain', { queueStatus: 'disabled' });
      assert.match(await fails(plain()), /pipelines\/plain\.yml of the pipeline 'plain' cannot run: .* is disabled\./);
      assert.deepEqual(writes(), []);
    });

    it('leaves the pipeline when the platform refuses to queue it, and repeats all its reasons', async () => {
      await on.push('churn', { 'bare.yml': 'steps: [{ script: "true" }]\n' });
      await define('plain', { queue: undefined, process: { type: 2, yamlFilename: 'bare.yml' } });
      const message = await fails({ ...plain({ yamlFile: 'bare.yml' }), firstRun: 'queue' });
      assert.match(
        message,
        /The first run of the pipeline '\\plain' \(1\) could not be queued.*No pool was specified\./,
      );
    });
  });

  describe('without a permission', () => {
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
        for (const dryRun of ['true', 'false']) assert.match(await fails({ ...given, dryRun }, { token }), expected);
        assert.deepEqual(writes(), []);
        await succeeds(given);
      });

    it('names Edit build pipeline for an update', async () => {
      await define('plain', { variables: { LEVEL: { value: '1' } } });
      const token = on.withoutPermission(namespaceIds.build, 2048);
      const message = await fails(plain({ variables: { LEVEL: '2' } }), { token });
      assert.match(message, /lacks the permission 'Edit build pipeline'/);
      assert.deepEqual(writes(), []);
    });

    it('queues a run without Edit queue build configuration, because it sets no variables', async () => {
      const token = on.withoutPermission(namespaceIds.build, 65_536);
      const agent = await run({ ...plain(), firstRun: 'queue' }, { token });
      assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    });

    it('says of the default pool that it may exist without being seen', async () => {
      const queue = on.state.of(Queues).byName(on.stage.projectId, 'Azure Pipelines')?.id;
      const token = on.withoutPermission(namespaceIds.distributedTask, 1, `AgentQueues/${on.stage.projectId}/${queue}`);
      const message = await fails(plain(), { token });
      assert.match(
        message,
        /The pool 'Azure Pipelines' is not an agent pool of the project 'local', or the identity 'Limited'/,
      );
      assert.deepEqual(writes(), []);
    });
  });

  itConverges('a new pipeline', {
    task,
    inputs: () => small,
    async open() {
      const stage = await PipelineStage.open(files);
      await stage.addGroup('churn-dev');
      stages.set(stage.stage, stage);
      return stage.stage;
    },
    endState: (stage) => stages.get(stage)?.endState(),
  });
});

const stages = new WeakMap<DevopsStage, PipelineStage>();
const small = { repository: 'churn', pipelines: 'pipelines: [{ name: churn-ci, yamlFile: pipelines/small.yml }]' };

const failedStage = {
  name: '__default',
  result: 'Failed',
  milliseconds: 1,
  notes: [],
  jobs: [
    {
      name: 'Job',
      result: 'Failed',
      milliseconds: 1,
      steps: [
        {
          name: 'Run script',
          task: undefined,
          result: 'Failed',
          milliseconds: 1,
          issues: [{ type: 'error' as const, message: 'No such file' }],
        },
      ],
    },
  ],
};
