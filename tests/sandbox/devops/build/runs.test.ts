import assert from 'node:assert/strict';
import { useOrganization } from '../../../support/devops/fixture';
import { PipelineProject } from './pipelineProject';

const hello = `
trigger:
- main
pool:
  vmImage: ubuntu-latest
parameters:
- name: who
  default: world
steps:
- bash: echo "hello \${{ parameters.who }} at $(Build.SourceBranchName), run $(Build.BuildId)"
`;

const deployment = `
trigger: none
pool:
  vmImage: ubuntu-latest
stages:
- stage: Build
  jobs:
  - job: Compile
    steps:
    - bash: echo compiled
- stage: Deploy
  jobs:
  - deployment: Release
    environment: production
    variables:
    - group: model
    strategy:
      runOnce:
        deploy:
          steps:
          - bash: echo "released $(NAME) with $(SECRET)"
`;

describe('Runs of pipelines in the stand-in', () => {
  let moment = 0;
  beforeEach(() => {
    moment = 0;
  });
  const fixture = useOrganization({ clock: { now: () => Date.now() + moment } });
  const project = new PipelineProject(fixture);
  const { send } = { send: (...given: Parameters<PipelineProject['send']>) => project.send(...given) };

  async function prepareDeployment(): Promise<{ definition: number; environment: number; group: number }> {
    await project.push({ 'azure-pipelines.yml': deployment });
    const environment = (await send('POST', 'local/_apis/distributedtask/environments', { name: 'production' })).body;
    const group = await send('POST', 'local/_apis/distributedtask/variablegroups', {
      name: 'model',
      type: 'Vsts',
      variables: { NAME: { value: 'churn' }, SECRET: { value: 'hunter22', isSecret: true } },
    });
    return {
      definition: await project.define('deploy'),
      environment: (environment as { id: number }).id,
      group: (group.body as { id: number }).id,
    };
  }

  const permit = (type: string, id: number, definition: number) =>
    send(
      'PATCH',
      `local/_apis/pipelines/pipelinePermissions/${type}/${id}`,
      { pipelines: [{ id: definition, authorized: true }] },
      '7.1-preview.1',
    );

  const approvalCheck = (environment: number, approverId: string, settings: object = {}) =>
    send(
      'POST',
      'local/_apis/pipelines/checks/configurations',
      {
        type: { id: '8c6f20a7-a545-4486-9777-f762fafe0d4d', name: 'Approval' },
        settings: { approvers: [{ id: approverId }], minRequiredApprovers: 0, ...settings },
        timeout: 1440,
        resource: { type: 'environment', id: String(environment) },
      },
      '7.1-preview.1',
    );

  const decide = (approvalId: string, status: string, token?: string) =>
    fixture.ask('local/_apis/pipelines/approvals', {
      method: 'PATCH',
      body: [{ approvalId, status, comment: 'seen' }],
      ...(token !== undefined && { token }),
    });

  it('runs the YAML of the pushed commit', async () => {
    const commit = await project.push({ 'azure-pipelines.yml': hello });
    const definition = await project.define('ci');
    const id = await project.queue(definition, { templateParameters: { who: 'churn' } });
    const build = await project.ended(id);
    assert.equal(build.result, 'succeeded', JSON.stringify(await project.timeline(id)));
    assert.deepEqual([build.sourceVersion, build.sourceBranch, build.reason], [commit, 'refs/heads/main', 'manual']);
    assert.match(await project.log(id), new RegExp(`hello churn at main, run ${id}`));
    const types = (await project.timeline(id)).map(({ type }) => type);
    assert.ok(['Stage', 'Job', 'Task'].every((type) => types.includes(type)));
  });

  it('waits for the permission of the pipeline and for an approval, each at its stage', async () => {
    const { definition, environment, group } = await prepareDeployment();
    const { identity, token } = fixture.tokenOf('approver@example.com', 'Contributors');
    await approvalCheck(environment, identity.id);
    const id = await project.queue(definition);

    const authorization = await project.waiting(id, 'Checkpoint.Authorization');
    assert.deepEqual(
      authorization.issues?.map(({ message }) => message.replace(/.*continue: /, '')),
      [`variablegroup ${group}`, `environment ${environment}`],
    );
    assert.equal((await project.build(id)).status, 'inProgress');
    await permit('environment', environment, definition);
    await permit('variablegroup', group, definition);

    const { id: approvalId } = await project.waiting(id, 'Checkpoint.Approval');
    const pending = (await send('GET', 'local/_apis/pipelines/approvals?state=pending')).body;
    assert.deepEqual(
      (pending as { value: { id: string }[] }).value.map((each) => each.id),
      [approvalId],
    );
    assert.equal((await decide(approvalId, 'approved')).status, 403, 'an administrator is not an approver');
    assert.equal((await decide(approvalId, 'approved', token)).status, 200);

    assert.equal((await project.ended(id)).result, 'succeeded');
    assert.match(await project.log(id), /released churn with \*\*\*/);
    assert.equal((await decide(approvalId, 'approved', token)).status, 400, 'it is decided');
  });

  it('fails when an approval is rejected', async () => {
    const { definition, environment, group } = await prepareDeployment();
    const { identity, token } = fixture.tokenOf('approver@example.com', 'Contributors');
    await permit('environment', environment, definition);
    await permit('variablegroup', group, definition);
    await approvalCheck(environment, identity.id);
    const id = await project.queue(definition);
    const { id: approvalId } = await project.waiting(id, 'Checkpoint.Approval');
    assert.equal((await decide(approvalId, 'rejected', token)).status, 200);
    assert.equal((await project.ended(id)).result, 'failed');
    assert.doesNotMatch(await project.log(id), /released/);
  });

  it('fails when nobody approves in time', async () => {
    const { definition, environment, group } = await prepareDeployment();
    await permit('environment', environment, definition);
    await permit('variablegroup', group, definition);
    await approvalCheck(environment, fixture.organization().administrator.id);
    const id = await project.queue(definition);
    const { id: approvalId } = await project.waiting(id, 'Checkpoint.Approval');
    const almost = 1440 * 60_000 - 1000;
    moment += almost;
    assert.equal((await project.build(id)).status, 'inProgress');
    moment += 1000;
    assert.equal((await project.ended(id)).result, 'failed');
    const answer = await send('GET', `local/_apis/pipelines/approvals/${approvalId}`);
    assert.equal((answer.body as { status: string }).status, 'timedOut');
  });

  it('does not let the requester approve when the check says so', async () => {
    const { definition, environment, group } = await prepareDeployment();
    await permit('environment', environment, definition);
    await permit('variablegroup', group, definition);
    const { administrator } = fixture.organization();
    await approvalCheck(environment, administrator.id, { requesterCannotBeApprover: true });
    const id = await project.queue(definition);
    const { id: approvalId } = await project.waiting(id, 'Checkpoint.Approval');
    assert.equal((await decide(approvalId, 'approved')).status, 403);
    await send('PATCH', `local/_apis/build/builds/${id}`, { status: 'cancelling' });
    assert.equal((await project.ended(id)).result, 'canceled');
  });

  it('runs one after the other where a resource has an exclusive lock', async () => {
    const { definition, environment, group } = await prepareDeployment();
    await permit('environment', environment, definition);
    await permit('variablegroup', group, definition);
    const { identity, token } = fixture.tokenOf('approver@example.com', 'Contributors');
    const lock = { type: { id: '2ef31ad6-baa0-403a-8b45-2cbc9b4e5563', name: 'ExclusiveLock' }, settings: {} };
    const resource = { type: 'environment', id: String(environment) };
    await send('POST', 'local/_apis/pipelines/checks/configurations', { ...lock, resource }, '7.1-preview.1');
    await approvalCheck(environment, identity.id);
    const [first, second] = [await project.queue(definition), await project.queue(definition)];
    const approvals = [
      await project.waiting(first, 'Checkpoint.Approval'),
      await project.waiting(second, 'Checkpoint.Approval'),
    ];
    for (const { id } of approvals) assert.equal((await decide(id, 'approved', token)).status, 200);
    const ends = [await project.ended(first), await project.ended(second)];
    assert.deepEqual(
      ends.map(({ result }) => result),
      ['succeeded', 'succeeded'],
    );
    const stages = [];
    for (const id of [first, second]) stages.push((await project.timeline(id)).find(({ name }) => name === 'Deploy'));
    const [one, other] = stages.sort((a, b) => Date.parse(a?.startTime ?? '') - Date.parse(b?.startTime ?? ''));
    assert.ok(Date.parse(one?.finishTime ?? '') <= Date.parse(other?.startTime ?? ''), JSON.stringify(stages));
  });

  it('says all that is wrong when a run cannot be queued, and keeps no run', async () => {
    await project.push({ 'azure-pipelines.yml': 'steps:\n- bash: echo 1\n  variables: {}\n', 'other.yml': deployment });
    const definitions = [
      await project.define('broken'),
      await project.define('other', 'other.yml'),
      await project.define('gone', 'gone.yml'),
    ];
    const refusals = [];
    for (const id of definitions) {
      const answer = await fixture.ask('local/_apis/build/builds', { method: 'POST', body: { definition: { id } } });
      const { typeKey, customProperties } = answer.body as {
        typeKey: string;
        customProperties: { ValidationResults: { result: string; message: string }[] };
      };
      assert.deepEqual([answer.status, typeKey], [400, 'BuildRequestValidationFailedException']);
      assert.ok(customProperties.ValidationResults.every(({ result }) => result === 'error'));
      refusals.push(customProperties.ValidationResults.map(({ message }) => message).join('\n'));
      assert.deepEqual(await project.builds(id), []);
    }
    assert.match(refusals[0] ?? '', /^\/azure-pipelines\.yml \(Line: 3, Col: 3\): /);
    assert.match(refusals[1] ?? '', /Variable group model could not be found/);
    assert.match(refusals[2] ?? '', /^File \/gone\.yml not found in repository local branch refs\/heads\/main/);
  });

  it('creates an environment that a run names, and lets its pipeline use it', async () => {
    await project.push({ 'azure-pipelines.yml': deployment.replace('    variables:\n    - group: model\n', '') });
    const definition = await project.define('deploy');
    const build = await project.ended(await project.queue(definition));
    assert.equal(build.result, 'succeeded');
    const environments = (await send('GET', 'local/_apis/distributedtask/environments?name=production')).body;
    assert.equal((environments as { count: number }).count, 1);
  });

  it('reacts to pushes only after its first run', async () => {
    await project.push({ 'azure-pipelines.yml': hello });
    const definition = await project.define('ci');
    await project.push({ 'a.txt': 'a' });
    assert.deepEqual(await project.builds(definition), [], 'a new pipeline does not react to pushes');
    await project.ended(await project.queue(definition));
    const commit = await project.push({ 'b.txt': 'b' });
    const [pushed] = await project.until(
      () => project.builds(definition),
      (all) => all.length > 1,
    );
    assert.deepEqual([pushed?.reason, pushed?.sourceVersion], ['individualCI', commit]);
    await project.ended(pushed?.id ?? 0);
    await project.push({ 'c.txt': 'c' }, 'topic');
    await project.push({ 'd.txt': 'd' }, 'main', 'No run [skip ci]');
    await project.engine.settle();
    assert.equal((await project.builds(definition)).length, 2, 'neither another branch nor [skip ci] starts a run');
  });

  it('runs after another pipeline, by its own trigger or by that of its YAML', async () => {
    const after = `
trigger: none
resources:
  pipelines:
  - pipeline: upstream
    source: ci
    trigger: true
pool: { vmImage: ubuntu-latest }
steps:
- bash: echo after
`;
    await project.push({
      'azure-pipelines.yml': hello,
      'after.yml': after,
      'plain.yml': after.replace(/resources:[^]*true\n/, ''),
    });
    const ci = await project.define('ci');
    const byYaml = await project.define('after', 'after.yml');
    const byTrigger = await project.define('classic', 'plain.yml', {
      triggers: [
        {
          triggerType: 'buildCompletion',
          definition: { id: ci },
          requiresSuccessfulBuild: true,
          branchFilters: ['+main'],
        },
      ],
    });
    for (const id of [byYaml, byTrigger]) await project.ended(await project.queue(id));
    const upstream = await project.queue(ci);
    for (const [id, reason] of [
      [byYaml, 'resourceTrigger'],
      [byTrigger, 'buildCompletion'],
    ] as const) {
      const [newest] = await project.until(
        () => project.builds(id),
        (all) => all.length === 2,
      );
      assert.deepEqual([newest?.reason, newest?.triggeredByBuild?.id], [reason, upstream]);
    }
    await project.engine.settle();
  });

  it('previews the YAML that a run would have, with an override too', async () => {
    await project.push({
      'azure-pipelines.yml': hello,
      'steps.yml': 'steps:\n- bash: echo from the template\n',
    });
    const definition = await project.define('ci');
    const preview = async (body: object) =>
      (
        (await send('POST', `local/_apis/pipelines/${definition}/preview`, { previewRun: true, ...body })).body as {
          finalYaml: string;
        }
      ).finalYaml;
    assert.match(await preview({ templateParameters: { who: 'you' } }), /- task: Bash@3[^]*script: echo "hello you at/);
    assert.match(
      await preview({ yamlOverride: 'steps:\n- template: steps.yml\n' }),
      /stage: __default[^]*echo from the template/,
    );
    const refused = await fixture.ask(`local/_apis/pipelines/${definition}/preview`, {
      method: 'POST',
      body: { previewRun: true, templateParameters: { whom: 'x' } },
    });
    assert.deepEqual(
      [refused.status, (refused.body as { typeKey: string }).typeKey],
      [400, 'PipelineValidationException'],
    );
    assert.deepEqual(await project.builds(definition), []);
  });
});
