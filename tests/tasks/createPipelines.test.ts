import assert from 'node:assert/strict';
import { PipelinePermissions } from '../../sandbox/devops/resources/permissions/pipelinePermissions';
import type { PipelineStage } from '../support/pipelineStage';
import { CreatePipelinesStage, files, given, pipelines, plain } from './createPipelinesStage';

describe('CreatePipelines', () => {
  let stage: CreatePipelinesStage;
  let on: PipelineStage;
  beforeEach(async () => {
    stage = await CreatePipelinesStage.open();
    on = stage.on;
  });
  afterEach(() => stage.close());

  it('creates a pipeline in its folder, permits what its YAML names with templates, and queues its first run', async () => {
    const agent = await stage.succeeds(given);
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
    assert.deepEqual(stage.writes(), ['POST definitions', 'PATCH pipelinepermissions', 'POST builds']);
  });

  it('sends nothing that writes the second time', async () => {
    await stage.succeeds(given);
    on.stage.organization.requests.clear();
    const again = await stage.succeeds(given);
    assert.equal(again.outputs['change'], 'unchanged');
    assert.deepEqual(stage.writes(), []);
  });

  it('changes nothing of a pipeline that somebody else made as the document has it', async () => {
    await stage.define('plain', { variables: { OWN: { value: 'x' } } });
    const agent = await stage.succeeds(plain({ defaultBranch: 'main' }));
    assert.equal(agent.outputs['change'], 'unchanged');
    assert.deepEqual(stage.writes(), []);
  });

  it('updates what differs, and keeps the variables, secrets and triggers of others', async () => {
    const source = await stage.define('train');
    await stage.define('plain', {
      variables: { OWN: { value: 'x' }, KEY: { value: 'kept-secret', isSecret: true }, level: { value: '1' } },
      triggers: [{ triggerType: 128, definition: { id: source }, branchFilters: ['+main'] }],
      properties: { theirs: 'yes' },
      description: 'Theirs',
    });
    await on.push('churn', { 'other.yml': files['pipelines/plain.yml'] }, 'release');
    const agent = await stage.succeeds(
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
    assert.deepEqual(stage.writes(), ['PUT definitions', 'PATCH pipelinepermissions']);
  });

  it('reads the file of a pipeline from the branch that it has, if the document names none', async () => {
    await on.push('churn', { 'release.yml': files['pipelines/plain.yml'] }, 'release');
    const repository = {
      id: on.stage.git.find(on.stage.projectId, 'churn')?.id,
      type: 'TfsGit',
      defaultBranch: 'release',
    };
    await stage.define('plain', { repository, process: { type: 2, yamlFilename: 'release.yml' } });
    assert.equal((await stage.succeeds(plain({ yamlFile: 'release.yml' }))).outputs['change'], 'unchanged');
    assert.match(await stage.fails(plain({ yamlFile: 'release.yml', name: 'new' })), /no release\.yml/);
  });

  it('never changes a pipeline of another repository, and names both repositories', async () => {
    await on.push('other', { 'pipelines/plain.yml': 'steps: []' });
    await stage.define('plain', {}, 'other');
    const message = await stage.fails(plain());
    assert.match(
      message,
      /There is another pipeline \\plain, of the repository 'other' \(TfsGit .*\), not of 'churn' \(/,
    );
    assert.deepEqual(stage.writes(), []);
  });

  it('creates a pipeline beside one of the same name in another folder, which it names', async () => {
    const other = await stage.define('plain', { path: '\\theirs' });
    const agent = await stage.succeeds(plain());
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
    const message = await stage.fails({ repository: 'churn', pipelines: text });
    for (const expected of [
      /line 3: pipelines\[0\]\.yamlFile is not a file on the branch refs\/heads\/main of the repository 'churn': it has no no\/such\.yml\./,
      /line 6: pipelines\[1\]\.defaultBranch is not a branch of the repository 'churn': it has no refs\/heads\/Main\. Names of branches are case-sensitive/,
      /line 9: pipelines\[2\]\.pool is not an agent pool of the project 'local', or the identity 'Sandbox Admin'.* may not see it\./,
      /line 11: pipelines\[2\]\.completionTriggers\[0\]\.pipeline is not a pipeline of the project/,
      /line 13: pipelines\[2\]\.variables\.TOKEN is a secret that does not exist yet/,
    ])
      assert.match(message, expected);
    assert.deepEqual(stage.writes(), []);
  });

  it('refuses a repository of another project, an empty one, and one that is unknown', async () => {
    const other = await on.state.projects.create({ name: 'Other', id: on.state.newId() });
    const there = on.stage.git.create('elsewhere', other.id);
    on.stage.git.create('empty', on.stage.projectId);
    const pipelines = plain()['pipelines'] ?? '';
    assert.match(
      await stage.fails({ repository: 'elsewhere', pipelines }),
      /has no repository 'elsewhere', or the identity/,
    );
    assert.match(await stage.fails({ repository: there.id, pipelines }), /belongs to the project 'Other', not to '/);
    assert.match(
      await stage.fails({ repository: 'empty', pipelines }),
      /the repository 'empty' is empty\. Push to it first\./,
    );
    assert.deepEqual(stage.writes(), []);
  });

  it('reads a pipeline again whose update is refused because somebody else was faster', async () => {
    await stage.define('plain', { variables: { LEVEL: { value: '1' } } });
    const body = JSON.stringify({ message: 'Build pipeline 1 was not found', typeKey: 'DefinitionNotFoundException' });
    on.stage.organization.faults.add({ method: 'PUT', path: '*/definitions/*', effect: 'status', status: 404, body });
    await stage.succeeds(plain({ variables: { LEVEL: '2' } }));
    assert.equal(on.definition('plain').revision, 2);
    assert.equal(on.definitions.length, 1);
  });

  it('names a pipeline that was created although its YAML is not valid, with all reasons, and uses it the next time', async () => {
    await on.push('churn', { 'bad.yml': 'steps:\n  - script: x\n    nonsense: 1\n  - bash: y\n    more: 2\n' });
    const message = await stage.fails(plain({ yamlFile: 'bad.yml' }));
    assert.match(message, /bad\.yml of the pipeline 'plain' cannot run: .*Line: 3.*Line: 5/s);
    const { id } = on.definition('plain');
    assert.match(message, new RegExp(`Created, but neither permitted nor run: the pipeline '.plain' \\(${id}\\)`));
    await on.push('churn', { 'bad.yml': files['pipelines/plain.yml'] });
    await stage.succeeds({ ...plain({ yamlFile: 'bad.yml' }), firstRun: 'queue' });
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
    const message = await stage.fails({ repository: 'churn', pipelines: text });
    assert.match(message, /a\.yml of the pipeline 'a' names what does not exist, or .*: environment 'nowhere'\./);
    for (const name of [
      `repository 'none'`,
      `pipeline 'gone'`,
      `agent pool 'missing'`,
      `service connection 'azure-none'`,
    ])
      assert.ok(message.includes(name), `${name}: ${message}`);
    assert.deepEqual(stage.writes(), []);
  });

  it('says what a condition names and what does not exist once the platform has evaluated it', async () => {
    await on.push('churn', {
      'if.yml': `parameters: [{ name: on, type: boolean, default: true }]
jobs:
  - \${{ if parameters.on }}:
      - { deployment: d, environment: nowhere, strategy: { runOnce: { deploy: { steps: [{ script: ls }] } } } }`,
    });
    const message = await stage.fails(plain({ yamlFile: 'if.yml' }));
    assert.match(message, /if\.yml of the pipeline 'plain' names what does not exist, or .*: environment 'nowhere'\./);
    assert.deepEqual([on.permitted('plain'), on.builds.length], [[], 0]);
  });

  it('says what only the page of a run can permit', async () => {
    await on.push('churn', { 'late.yml': 'pool: { name: $(agents) }\nsteps: [{ script: ls }]\n' });
    const late = plain({ yamlFile: 'late.yml' });
    const expected = /To be permitted on the page of a run, because only that knows it: agent pool \$\(agents\)\./;
    assert.match((await stage.succeeds(late)).text('log'), expected);
    assert.match((await stage.succeeds(late)).text('log'), expected);
  });

  it('permits nothing if it is told so, and says what a run will wait for', async () => {
    const agent = await stage.succeeds({ ...given, grantPermissions: 'false', firstRun: 'none' });
    assert.match(agent.text('warning'), /may not use what its YAML names: variable group 'churn-dev', environment/);
    assert.deepEqual(stage.writes(), ['POST definitions']);
    on.stage.organization.requests.clear();
    const again = await stage.succeeds({ ...given, grantPermissions: 'false', firstRun: 'none' });
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
    await stage.succeeds(given);
    assert.deepEqual(on.permitted('churn-ci'), ['connection azure-dev', 'environment churn-test', 'group churn-dev']);
    on.stage.organization.requests.clear();
    assert.equal((await stage.succeeds(given)).outputs['change'], 'unchanged');
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
    await stage.succeeds(wanted);
    assert.deepEqual(on.permitted('fresh'), ['environment fresh-env', 'group fresh']);
    on.stage.organization.requests.clear();
    assert.equal((await stage.succeeds(wanted)).outputs['change'], 'unchanged');
    assert.deepEqual(stage.writes(), []);
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
    await stage.succeeds(inputs([a, b]));
    assert.deepEqual(on.definition('a').content.triggers[1], {
      triggerType: 'buildCompletion',
      definition: { id: on.definition('b').id },
      requiresSuccessfulBuild: true,
      branchFilters: ['+refs/heads/main'],
    });
    on.stage.organization.requests.clear();
    assert.equal((await stage.succeeds(inputs([a, b]))).outputs['change'], 'unchanged');
    const loop = [a, { ...b, completionTriggers: [{ pipeline: '\\m\\a' }] }];
    assert.match(await stage.fails(inputs(loop)), /leads back to the same pipeline/);
    assert.match(
      await stage.fails(inputs([{ ...b, completionTriggers: [{ pipeline: 'b' }] }])),
      /is the pipeline itself/,
    );
  });

  it('writes the value of a secret once, and again only if it is told to', async () => {
    await stage.succeeds(given);
    const secret = () => on.definition('churn-ci').content.variables?.get('TOKEN')?.value;
    const other = { ...given, secretVariables: 'churn-ci/TOKEN=another-value' };
    assert.equal((await stage.succeeds(other)).outputs['change'], 'unchanged');
    assert.equal(secret(), 's3cr3t-value');
    await stage.succeeds({ ...other, updateSecrets: 'true' });
    assert.equal(secret(), 'another-value');
    assert.match(
      await stage.fails({ ...given, secretVariables: 'churn-ci/OTHER=x-value' }),
      /has no secret variable 'churn-ci\/OTHER'/,
    );
    assert.match(
      await stage.fails({ ...given, secretVariables: 'churn-ci/TOKEN=$(token)' }),
      /variable of the pipeline that is not defined/,
    );
    assert.match(await stage.fails({ ...given, secretVariables: 'TOKEN=x' }), /contains the name 'TOKEN'/);
    const shown = pipelines.replace('1.10', 's3cr3t-of-job');
    const held = await stage.fails({ ...given, pipelines: shown }, { secrets: ['s3cr3t-of-job'] });
    assert.match(held, /line 6: pipelines\[0\]\.variables\.LEVEL contains the value of a secret/);
    assert.match(
      await stage.fails({
        ...given,
        pipelines: pipelines.replace('{ isSecret: true, allowOverride: true }', 'x'),
        secretVariables: '',
      }),
      /TOKEN is a secret of the pipeline, and stays one/,
    );
  });

  it('changes nothing in a dry run', async () => {
    const agent = await stage.succeeds({ ...given, dryRun: 'true' });
    assert.deepEqual(agent.outputs, { pipelineIds: '{}', change: 'updated' });
    assert.match(agent.text('log'), /yamlFile: pipelines\/ci\.yml of the repository 'churn' \([\da-f-]{36}\)/);
    assert.deepEqual(stage.writes(), []);
  });
});
