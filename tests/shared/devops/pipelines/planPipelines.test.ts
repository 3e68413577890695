import assert from 'node:assert/strict';
import { connectDevops } from '../../../../shared/devops/connect';
import type { PipelineEntry } from '../../../../shared/devops/pipelines/document';
import { planPipelines } from '../../../../shared/devops/pipelines/planPipelines';
import type { WantedPipelines } from '../../../../shared/devops/pipelines/wanted';
import { UnresolvedError } from '../../../../shared/devops/unresolvedError';
import { FixedToken } from '../../../../shared/identity/fixedToken';
import type { Fault } from '../../../../sandbox/http/faults';
import { VariableGroups } from '../../../../sandbox/devops/resources/variableGroups/variableGroups';
import { FakeAgent } from '../../../support/fakeAgent';
import { PipelineStage } from '../../../support/pipelineStage';
import { testContext } from '../../../support/testContext';

const ci = 'variables: [{ group: churn-dev }]\nsteps: [{ script: ls }]\n';
const entry: PipelineEntry = { name: 'ci', yamlFile: 'ci.yml', variables: { LEVEL: 1 } };

describe('planPipelines', () => {
  let on: PipelineStage;
  before(async () => (on = await PipelineStage.open({ 'ci.yml': ci })));
  after(() => on.close());

  function plan(pipelines: readonly PipelineEntry[], more: Partial<WantedPipelines> = {}) {
    const { personalAccessToken } = on.stage.organization;
    const identity = {
      kind: 'token' as const,
      tokens: new FixedToken('the token of the test', personalAccessToken, new FakeAgent()),
    };
    const context = testContext({ clock: on.stage.clock });
    const devops = connectDevops(identity, on.state.url('').replace(/\/$/, ''), context);
    const wanted = { project: on.stage.project, repository: 'churn', secrets: new Map<string, string>() };
    return planPipelines(devops, { ...wanted, firstRun: 'none', pipelines, ...more }, context);
  }

  const findings = async (...given: Parameters<typeof plan>): Promise<readonly string[]> => {
    const error = await plan(...given).then(
      () => assert.fail('It was planned.'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof UnresolvedError, String(error));
    return error.findings.map(({ message }) => message);
  };

  describe('with a repository that is going to be created', () => {
    const repository = {
      name: 'fresh',
      defaultBranch: 'refs/heads/main',
      files: new Map([['pipelines/ci.yml', Buffer.from(ci)]]),
    };
    const given = { repository: 'Fresh', planned: { repository } };
    const own = { name: 'fresh-ci', yamlFile: '/pipelines/ci.yml' };

    it('finds the files that it will have, and says what is determined later', async () => {
      const [change] = (await plan([own], given)).changes;
      assert.equal(change?.kind, 'create');
      assert.match(change.differences.join('\n'), /of the repository 'fresh' \(not created yet\)/);
      assert.match((change.notes ?? []).join(' '), /is determined, and the pipeline permitted to use it, when/);
    });

    it('misses other files and branches', async () => {
      const missing = await findings(
        [
          { ...own, yamlFile: 'ci.yml' },
          { ...own, name: 'b', defaultBranch: 'next' },
        ],
        given,
      );
      assert.match(missing[0] ?? '', /^pipelines\[0\]\.yamlFile is not a file on the branch refs\/heads\/main/);
      assert.match(missing[1] ?? '', /^pipelines\[1\]\.defaultBranch is not a branch of the repository 'fresh'/);
    });

    it('never takes over a pipeline of the name that exists', async () => {
      await on.push('old', { 'ci.yml': ci });
      const { id } = on.stage.git.find(on.stage.projectId, 'old') ?? {};
      await on.send('POST', 'build/definitions', {
        name: own.name,
        type: 'build',
        process: { type: 2, yamlFilename: 'ci.yml' },
        repository: { id, type: 'TfsGit' },
      });
      const [change] = (await plan([own], given)).changes;
      assert.equal(change?.kind, 'conflict');
      assert.match((change.notes ?? []).join(' '), /not of 'fresh' \(which does not exist yet\)/);
    });
  });

  it('finds a planned variable group in YAML that the platform does not expand yet', async () => {
    const refused = await plan([entry]);
    await assert.rejects(refused.apply(), /names what does not exist, .*: variable group 'churn-dev'\./);
    assert.equal(on.definitions.length, 0);
    await on.addGroup('churn-dev');
    await (await plan([entry])).apply();
    const groups = on.state.of(VariableGroups);
    groups.remove(groups.byName(on.stage.projectId, 'churn-dev') ?? assert.fail());
    const [conflict] = (await plan([entry])).changes;
    assert.equal(conflict?.kind, 'conflict');
    const [change] = (await plan([entry], { planned: { variableGroups: ['Churn-Dev'] } })).changes;
    assert.equal(change?.kind, 'unchanged', (change?.notes ?? []).join(' '));
  });

  const faults: readonly Fault[] = [
    { effect: 'reset', when: 'before' },
    { effect: 'reset', when: 'after' },
    { effect: 'status', status: 503, when: 'before' },
    { effect: 'status', status: 503, when: 'after' },
    { effect: 'status', status: 429 },
    { effect: 'truncated' },
    { effect: 'status', status: 404, body: '{"message":"Build pipeline 1 was not found"}' },
  ];
  for (const [index, fault] of faults.entries())
    it(`brings an update to its end: ${JSON.stringify(fault)}`, async () => {
      if (!on.state.of(VariableGroups).byName(on.stage.projectId, 'churn-dev')) await on.addGroup('churn-dev');
      on.stage.organization.faults.add({ method: 'PUT', path: '*/build/definitions/*', ...fault });
      const level = String(index + 10);
      await (await plan([{ ...entry, variables: { LEVEL: level } }])).apply();
      assert.equal(on.definition('ci').content.variables?.get('LEVEL')?.value, level);
      assert.ok(on.stage.organization.requests.list().some((request) => request.fault !== undefined));
      on.stage.organization.faults.clear();
      on.stage.organization.requests.clear();
      const [change] = (await plan([{ ...entry, variables: { LEVEL: level } }])).changes;
      assert.equal(change?.kind, 'unchanged');
    });
});
