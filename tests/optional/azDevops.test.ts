import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { task as applyBranchPolicies } from '../../tasks/ApplyBranchPolicies/task';
import { task as createPipelines } from '../../tasks/CreatePipelines/task';
import { task as createRepository } from '../../tasks/CreateRepository/task';
import { task as createTeam } from '../../tasks/CreateTeam/task';
import { task as onboardModel } from '../../tasks/OnboardModel/task';
import type { DevopsStage } from '../support/devopsStage';
import { OnboardingFolder, openOnboardingStage } from '../support/onboardingStage';

const run = promisify(execFile);

type Row = Readonly<Record<string, unknown>>;

/** The command line of Microsoft, which has a client of its own, uses the stand-in; our steps and it see the same things. */
describe('az devops and the stand-in for Azure DevOps', function () {
  this.timeout(240_000);
  let stage: DevopsStage;
  let folder: string;

  before(function () {
    const has = spawnSync('az', ['extension', 'show', '--name', 'azure-devops'], { encoding: 'utf8' });
    if (has.status !== 0) {
      process.stderr.write(
        'SKIPPED: az with its extension azure-devops is not installed (Debian: azure-cli, python3-azext-devops).\n',
      );
      this.skip();
    }
  });
  beforeEach(async () => {
    stage = await openOnboardingStage();
    folder = await mkdtemp(path.join(tmpdir(), 'az-devops-'));
  });
  afterEach(async () => {
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** @returns the JSON of a command; undefined when it prints none, as some deletions do */
  async function az(...args: readonly string[]): Promise<unknown> {
    const { personalAccessToken, state } = stage.organization;
    const common = ['--org', state.url('').replace(/\/$/, ''), '--detect', 'false', '-o', 'json'];
    const { stdout } = await run('az', [...args, ...common], {
      timeout: 60_000,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        AZURE_DEVOPS_EXT_PAT: personalAccessToken,
        AZURE_CONFIG_DIR: path.join(folder, 'config'),
        // It keeps the table of routes by URL, and another test may have had the same port.
        AZURE_DEVOPS_CACHE_DIR: path.join(folder, 'cache'),
        AZURE_CORE_COLLECT_TELEMETRY: 'false',
      },
    });
    return /^\s*[[{]/.test(stdout) ? (JSON.parse(stdout) as unknown) : undefined;
  }
  const one = async (...args: readonly string[]) => (await az(...args)) as Row;
  const names = async (...args: readonly string[]) => ((await az(...args)) as Row[]).map(({ name }) => String(name));
  const inProject = () => ['--project', stage.project] as const;

  async function succeeds(...given: Parameters<DevopsStage['run']>): Promise<string | undefined> {
    const agent = await stage.run(...given);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent.outputs['change'];
  }

  it('creates, lists and deletes a repository, a team, a variable group, a folder and a pipeline', async () => {
    const repository = await one('repos', 'create', '--name', 'by-az', ...inProject());
    await assert.rejects(one('repos', 'create', '--name', 'BY-AZ', ...inProject()), /TF400948/);
    const group = ['pipelines', 'variable-group'];
    const [team, variables] = await Promise.all([
      one('devops', 'team', 'create', '--name', 'scientists', ...inProject()),
      one(...group, 'create', '--name', 'by-az', '--variables', 'A=1', '--authorize', 'true', ...inProject()),
      one('pipelines', 'folder', 'create', '--path', '\\models', ...inProject()),
    ]);
    stage.addRepository('with-file');
    const pipeline = await one(
      ...['pipelines', 'create', '--name', 'ci', '--folder-path', '\\models', '--repository', 'with-file'],
      ...['--repository-type', 'tfsgit', '--branch', 'main', '--yml-path', 'ci.yml', '--skip-first-run', 'true'],
      ...inProject(),
    );
    assert.equal(pipeline['path'], '\\models');
    const [repositories, teams, groups, pipelines] = await Promise.all([
      names('repos', 'list', ...inProject()),
      names('devops', 'team', 'list', ...inProject()),
      names(...group, 'list', ...inProject()),
      names('pipelines', 'list', ...inProject()),
    ]);
    assert.ok(repositories.includes('by-az') && teams.includes('scientists'));
    assert.deepEqual([groups, pipelines], [['by-az'], ['ci']]);
    const deletion = (id: unknown) => ['--id', String(id), '--yes'];
    await Promise.all([
      az('repos', 'delete', ...deletion(repository['id']), ...inProject()),
      az('devops', 'team', 'delete', ...deletion(team['id']), ...inProject()),
      az(...group, 'delete', '--group-id', String(variables['id']), '--yes', ...inProject()),
      az('pipelines', 'delete', ...deletion(pipeline['id']), ...inProject()),
    ]);
    await az('pipelines', 'folder', 'delete', '--path', '\\models', '--yes', ...inProject());
    assert.ok(!(await names('repos', 'list', ...inProject())).includes('by-az'));
    assert.deepEqual(await az(...group, 'list', ...inProject()), []);
    assert.deepEqual(await az('pipelines', 'list', ...inProject()), []);
  });

  it('lists the repository of CreateRepository, and CreateRepository uses one of az', async () => {
    const template = await mkdtemp(path.join(folder, 'template-'));
    await writeFile(path.join(template, 'readme.md'), '# Model\n');
    assert.equal(await succeeds(createRepository, { repositoryName: 'made', templateFolder: template }), 'created');
    const shown = await one('repos', 'show', '--repository', 'made', ...inProject());
    assert.deepEqual([shown['name'], shown['defaultBranch']], ['made', 'refs/heads/main']);

    await one('repos', 'create', '--name', 'empty', ...inProject());
    const empty = { repositoryName: 'empty', templateFolder: template };
    assert.equal(await succeeds(createRepository, empty), 'updated');
    assert.equal(await succeeds(createRepository, empty), 'unchanged');
  });

  it('lists the policies of ApplyBranchPolicies, which finds those of az unchanged', async () => {
    stage.addRepository('guarded');
    const [repository] = stage.git.list(stage.projectId).filter(({ name }) => name === 'guarded');
    const scope = ['--repository-id', repository?.id ?? '', '--branch', 'main', '--enabled', 'true'] as const;
    const policy = (kind: string, blocking: string, ...settings: readonly string[]) =>
      one('repos', 'policy', kind, 'create', ...scope, '--blocking', blocking, ...settings, ...inProject());
    await policy(
      ...(['approver-count', 'true', '--minimum-approver-count', '2', '--creator-vote-counts', 'false'] as const),
      ...(['--allow-downvotes', 'false', '--reset-on-source-push', 'true'] as const),
    );
    await policy('comment-required', 'true');
    await policy('work-item-linking', 'false');
    await policy('merge-strategy', 'true', '--allow-squash', 'true');
    const policies = [
      'minimumReviewers:',
      '  minimumNumberOfReviewers: 2',
      '  whenNewChangesArePushed: resetApprovalVotes',
      'linkedWorkItems: optional',
      'commentResolution: required',
      'mergeTypes: [squashMerge]',
    ].join('\n');
    stage.organization.requests.clear();
    assert.equal(await succeeds(applyBranchPolicies, { repository: 'guarded', policies }), 'unchanged');
    assert.deepEqual(stage.writes(), []);

    const stricter = policies.replace('Reviewers: 2', 'Reviewers: 3');
    assert.equal(await succeeds(applyBranchPolicies, { repository: 'guarded', policies: stricter }), 'updated');
    const listed = (await az(
      ...['repos', 'policy', 'list', '--repository-id', repository?.id ?? '', '--branch', 'main'],
      ...inProject(),
    )) as { type: { displayName: string }; settings: Row }[];
    assert.equal(listed.length, 4);
    const reviewers = listed.find(({ settings }) => 'minimumApproverCount' in settings);
    assert.equal(reviewers?.settings['minimumApproverCount'], 3);
  });

  it('lists all that OnboardModel created for a model', async () => {
    const onboarding = await OnboardingFolder.create();
    try {
      assert.equal(await succeeds(onboardModel, onboarding.inputs()), 'updated');
    } finally {
      await onboarding.remove();
    }
    const group = ['pipelines', 'variable-group', 'list', '--group-name', 'churn-settings'];
    const [repository, members, groups, pipelines, policies] = await Promise.all([
      one('repos', 'show', '--repository', 'churn', ...inProject()),
      az('devops', 'team', 'list-member', '--team', 'churn owners', ...inProject()) as Promise<{ identity: Row }[]>,
      az(...group, ...inProject()) as Promise<{ variables: Readonly<Record<string, Row>> }[]>,
      az('pipelines', 'list', '--folder-path', '\\models', ...inProject()) as Promise<Row[]>,
      az('repos', 'policy', 'list', ...inProject()) as Promise<{ type: { displayName: string } }[]>,
    ]);
    assert.equal(repository['defaultBranch'], 'refs/heads/main');
    assert.deepEqual(members.map(({ identity }) => identity['displayName']).sort(), ['Ada', 'Ben']);
    const { LEVEL, TOKEN } = groups[0]?.variables ?? {};
    assert.deepEqual([LEVEL?.['value'], TOKEN?.['value'], TOKEN?.['isSecret']], ['1.10', null, true]);
    assert.deepEqual(
      pipelines.map(({ name, path: of }) => [name, of]),
      [['churn-ci', '\\models']],
    );
    assert.deepEqual(policies.map(({ type }) => type.displayName).sort(), [
      'Build',
      'Minimum number of reviewers',
      'Required reviewers',
    ]);
  });

  it('creates a team and a pipeline that CreateTeam and CreatePipelines find unchanged', async () => {
    await one('devops', 'team', 'create', '--name', 'scientists', '--description', 'Models', ...inProject());
    stage.organization.requests.clear();
    assert.equal(await succeeds(createTeam, { teamName: 'Scientists', description: 'Models' }), 'unchanged');
    assert.deepEqual(stage.writes(), []);
    const template = await mkdtemp(path.join(folder, 'template-'));
    await writeFile(path.join(template, 'ci.yml'), "pool: { vmImage: ubuntu-latest }\nsteps: [{ script: 'true' }]\n");
    await succeeds(createRepository, { repositoryName: 'made', templateFolder: template });
    await one(
      ...['pipelines', 'create', '--name', 'ci', '--repository', 'made', '--repository-type', 'tfsgit'],
      ...['--branch', 'main', '--yml-path', 'ci.yml', '--skip-first-run', 'true', ...inProject()],
    );
    stage.organization.requests.clear();
    const pipelines = 'pipelines: [{ name: ci, yamlFile: ci.yml, firstRun: none }]';
    assert.equal(await succeeds(createPipelines, { repository: 'made', pipelines }), 'unchanged');
    assert.deepEqual(stage.writes(), []);
  });
});
