import assert from 'node:assert/strict';
import type { Identity } from '../../../../sandbox/devops/identities/identity';
import { CheckConfigurations, checkTypes } from '../../../../sandbox/devops/resources/checks/checkConfigurations';
import { Environments } from '../../../../sandbox/devops/resources/environments/environments';
import { changeText } from '../../../../shared/devops/change';
import { connectDevops } from '../../../../shared/devops/connect';
import { planEnvironments, type WantedEnvironments } from '../../../../shared/devops/environments/planEnvironments';
import { FixedToken } from '../../../../shared/identity/fixedToken';
import type { DevopsStage, DevopsTry } from '../../../support/devopsStage';
import { FakeAgent } from '../../../support/fakeAgent';
import { resourcesTask } from '../../../support/resourceTasks';
import { testContext } from '../../../support/testContext';
import {
  account,
  addCheck,
  addEnvironment,
  approvalOf,
  environmentState,
  namespace,
  openEnvironmentStage,
  rolesOf,
  type JsonObject,
} from './environmentStage';

type Given = Readonly<Record<string, string>>;
const document = `
environments:
  - name: churn-staging
  - name: churn-prod
    description: The model in production
    approvals:
      approvers: [${account}, '[local]\\Contributors']
      minimumNumberOfApprovers: 1
      allowApproversToApproveTheirOwnRuns: false
      instructions: Check the evaluation.
      timeout: 2 days
    branchControl:
      allowedBranches: [main, refs/tags/*]
      verifyBranchProtection: true
    businessHours:
      businessDays: [Monday, Tuesday]
      timeZone: UTC
      startTime: 08:00
      endTime: 16:30
    exclusiveLock: true
`;

describe('planEnvironments', () => {
  let stage: DevopsStage;
  let ada: Identity;
  before(async () => {
    stage = await openEnvironmentStage();
    ada =
      stage.organization.state.identities.all().find(({ principalName }) => principalName === account) ?? assert.fail();
  });
  after(() => stage.close());
  beforeEach(() => {
    const { state, faults, requests } = stage.organization;
    for (const check of state.of(CheckConfigurations).ofProject(stage.projectId))
      state.of(CheckConfigurations).remove(check);
    for (const each of state.of(Environments).ofProject(stage.projectId)) state.of(Environments).remove(each);
    faults.clear();
    requests.clear();
  });

  /** The document names groups of the project of the stage. */
  const run = ({ document: text = '', ...more }: Given, options?: DevopsTry): Promise<FakeAgent> =>
    stage.run(resourcesTask, { document: text.replaceAll('[local]', `[${stage.project}]`), ...more }, options);
  async function succeeds(given: Given): Promise<FakeAgent> {
    const agent = await run(given);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent;
  }
  async function fails(given: Given, options?: DevopsTry): Promise<string> {
    const { end } = await run(given, options);
    assert.equal(end.result, 'Failed', end.message);
    assert.deepEqual(stage.writes(), []);
    return end.message;
  }
  const prod = (parts: string): string => `environments:\n  - name: churn-prod\n${parts.replaceAll(/^/gm, '    ')}\n`;
  const approvals = (text: string): string => prod(`approvals: { ${text} }`);
  const settingsOf = (type: keyof typeof checkTypes): JsonObject =>
    stage.organization.state
      .of(CheckConfigurations)
      .ofProject(stage.projectId)
      .find((each) => each.type.id === checkTypes[type].id)?.settings ?? assert.fail();

  it('creates environments with their checks and shows them to approvers, and writes nothing the second time', async () => {
    const agent = await succeeds({ document });
    const everything = { name: 'evaluatebranchProtection', version: '0.0.1' };
    assert.deepEqual(environmentState(stage), [
      {
        name: 'churn-prod',
        description: 'The model in production',
        checks: [
          [
            'Approval',
            {
              ...approvalOf([]),
              approvers: [
                { displayName: null, id: 'Ada' },
                { displayName: null, id: 'Contributors' },
              ],
              minRequiredApprovers: 1,
              requesterCannotBeApprover: true,
              instructions: 'Check the evaluation.',
            },
            2880,
          ],
          ['ExclusiveLock', {}, 43_200],
          [
            'Task Check',
            {
              displayName: 'Branch control',
              definitionRef: { id: '86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b', ...everything },
              retryInterval: 5,
              inputs: {
                allowedBranches: 'refs/heads/main, refs/tags/*',
                ensureProtectionOfBranch: 'true',
                allowUnknownStatusBranch: 'false',
              },
            },
            43_200,
          ],
          [
            'Task Check',
            {
              displayName: 'Business hours',
              definitionRef: {
                id: '445fde2f-6c39-441c-807f-8a59ff2e075f',
                name: 'evaluateBusinessHours',
                version: '0.0.1',
              },
              retryInterval: 5,
              inputs: { businessDays: 'Monday, Tuesday', timeZone: 'UTC', startTime: '08:00', endTime: '16:30' },
            },
            43_200,
          ],
        ],
        // The administrator has created it; Contributors have a role in the project.
        roles: { 'Sandbox Admin': 27, Ada: 17 },
      },
      { name: 'churn-staging', description: '', checks: [], roles: { 'Sandbox Admin': 27 } },
    ]);
    assert.match(
      agent.text('log'),
      /A run waits for the approval of 1 of ada@example\.com, \[.*\]\\Contributors; approvers cannot approve their own runs\./,
    );
    assert.deepEqual(Object.keys(JSON.parse(agent.outputs['ids'] ?? '{}') as object), ['churn-staging', 'churn-prod']);
    stage.organization.requests.clear();
    assert.equal(
      (await succeeds({ document: document.replace('churn-prod', 'Churn-PROD') })).outputs['change'],
      'unchanged',
    );
    assert.deepEqual(stage.writes(), []);
  });

  it('changes what differs in the check that there is, and keeps what the document does not name', async () => {
    const { administrator } = stage.organization;
    const grace = stage.organization.state.identities.addUser({ principalName: account, displayName: 'Another Ada' });
    const environment = addEnvironment(stage, 'churn-prod', 'kept');
    const settings = { blockedApprovers: [{ id: administrator.id }], instructions: 'kept', minRequiredApprovers: 1 };
    addCheck(stage, environment, 'approval', approvalOf([grace, ada], settings), 120);
    stage.organization.state.identities.remove(grace);
    const agent = await succeeds({
      document: approvals(`approvers: [${account}], allowApproversToApproveTheirOwnRuns: false`),
    });
    assert.match(
      agent.text('log'),
      new RegExp(
        String.raw`update\n {4}\+ role User: ada@example\.com\n {4}~ approvals\.approvers: ada@example\.com, ${grace.id} → ada@example\.com\n {4}~ approvals\.minimumNumberOfApprovers: 1 → all\n {4}- approvals\.allowApproversToApproveTheirOwnRuns: true\n`,
      ),
    );
    assert.deepEqual(settingsOf('approval'), {
      ...approvalOf([ada], settings),
      minRequiredApprovers: 0,
      requesterCannotBeApprover: true,
      blockedApprovers: [{ displayName: null, id: administrator.id }],
    });
    const [check] = stage.organization.state.of(CheckConfigurations).ofProject(stage.projectId);
    assert.deepEqual([check?.timeout, environment.description], [120, 'kept']);
    assert.deepEqual(
      stage.writes().map((write) => write.split(' ')[0]),
      ['PUT', 'PATCH'],
    );
  });

  it('knows a check that means the same, however it is written', async () => {
    const environment = addEnvironment(stage, 'churn-prod');
    const { state, administrator } = stage.organization;
    const contributors = state.identities.groupNamed('Contributors', stage.projectId);
    const settings = { minRequiredApprovers: 2, executionOrder: 'AnyOrder', instructions: 'By hand ' };
    addCheck(stage, environment, 'approval', approvalOf([contributors, administrator], settings));
    addCheck(stage, environment, 'task', {
      displayName: 'Ours only',
      definitionRef: { id: '86B05A0C-73E6-4F7D-B3CF-E38F3B39A75B', name: 'evaluatebranchProtection', version: '0.0.2' },
      inputs: { allowedBranches: 'refs/tags/*,refs/heads/main', ensureProtectionOfBranch: 'True' },
    });
    const same = prod(`approvals:
  approvers: [${administrator.principalName}, '[local]\\Contributors']
  instructions: By hand
  timeout: 1 hour
branchControl: { allowedBranches: [main, refs/tags/*], verifyBranchProtection: true }`);
    state.security.set(namespace, `Environments/${stage.projectId}/${environment.id}`, administrator.descriptor, {
      allow: 1,
      deny: 0,
    });
    const agent = await succeeds({ document: same });
    assert.equal(agent.outputs['change'], 'unchanged', agent.text('log'));
    assert.deepEqual(stage.writes(), []);
    // Their order has a meaning only in sequence.
    const inSequence = same.replace('  timeout', '  approvalOrder: inSequence\n      timeout');
    assert.match(
      (await succeeds({ document: inSequence, dryRun: 'true' })).text('log'),
      /~ approvals\.approvers: .*Contributors, .* → /,
    );
  });

  it('keeps the role that an approver has, and names the checks of others', async () => {
    const environment = addEnvironment(stage, 'churn-prod');
    const token = `Environments/${stage.projectId}/${environment.id}`;
    stage.organization.state.security.set(namespace, token, ada.descriptor, { allow: 27, deny: 0 });
    const others = [
      addCheck(stage, environment, 'extends'),
      addCheck(stage, environment, 'task', { displayName: 'Query alerts', definitionRef: { id: 'other' } }),
    ];
    const agent = await succeeds({ document: approvals(`approvers: [${account}]`) });
    assert.equal(rolesOf(stage, 'churn-prod')['Ada'], 27);
    const note = `Checks that the document does not name stay as they are: ExtendsCheck (${others[0] ?? ''}), Query alerts (${others[1] ?? ''}).`;
    assert.ok(agent.text('log').includes(note), agent.text('log'));
    assert.deepEqual(
      stage.writes().map((write) => write.split(' ')[0]),
      ['POST'],
    );
  });

  it('changes nothing where an environment has several checks of a kind', async () => {
    const environment = addEnvironment(stage, 'churn-prod');
    const ids = [0, 1].map(() => addCheck(stage, environment, 'approval', approvalOf([ada])));
    const state = environmentState(stage);
    const message = await fails({ document: `${approvals(`approvers: [${account}]`)}  - name: another\n` });
    assert.ok(
      message.includes(`The environment has 2 checks of the kind approvals: ${ids.join(', ')}. Delete all but one.`),
      message,
    );
    assert.deepEqual(environmentState(stage), state);
  });

  it('lists all that is wrong with a document at once, with its lines', async () => {
    const text = `environments:
  - name: a
    approvals:
      approvers:
        - nobody@example.com
        - ${account}
        - ${account.toUpperCase()}
        - No such team
`;
    const message = await fails({ document: text });
    assert.deepEqual(
      message
        .split('\n')
        .slice(1)
        .map((line) => line.trim().replace(/ of the project.*/, '')),
      [
        'line 5: environments[0].approvals.approvers[0] is not a person of the organization.',
        `line 7: environments[0].approvals.approvers[2] is the same approver as '${account}'.`,
        'line 8: environments[0].approvals.approvers[3] is not a team',
      ],
    );
  });

  it('plans with a team that is to be created, also where there is an approval already', async () => {
    const { state, personalAccessToken } = stage.organization;
    const url = state.url('').replace(/\/$/, '');
    const tokens = new FixedToken('the token of the test', personalAccessToken, new FakeAgent());
    const devops = connectDevops({ kind: 'token', tokens }, url, testContext());
    addCheck(stage, addEnvironment(stage, 'old'), 'approval', approvalOf([ada]));
    const approvals = { approvers: [account, 'Churn Team'] };
    const wanted: WantedEnvironments = {
      project: stage.project,
      environments: [
        { name: 'old', approvals },
        { name: 'new', approvals: { approvers: [`[${stage.project}]\\churn team`] } },
      ],
    };
    await assert.rejects(
      planEnvironments(devops, wanted, testContext()),
      /approvers\[1\] is not a team of the project/,
    );
    const { changes } = await planEnvironments(
      devops,
      { ...wanted, planned: { teams: ['Churn team'] } },
      testContext(),
    );
    assert.deepEqual(
      changes.map(({ kind }) => kind),
      ['update', 'create'],
    );
    assert.match(
      changeText(changes[0] ?? assert.fail()),
      /~ approvals\.approvers: ada@example\.com → ada@example\.com, Churn Team/,
    );
    assert.deepEqual(stage.writes(), []);
  });

  it('fails when Azure DevOps accepts a check and does not have it then', async () => {
    const body = JSON.stringify({ id: 1, type: checkTypes.exclusiveLock, resource: { type: 'environment', id: '1' } });
    stage.organization.faults.add({
      method: 'POST',
      path: '*/configurations',
      effect: 'status',
      status: 200,
      body,
    });
    const { end } = await run({ document: prod('exclusiveLock: true') });
    assert.equal(
      end.message,
      "Azure DevOps accepted the environment 'churn-prod', but it still differs:\n  + exclusiveLock",
    );
  });

  it('names each permission that is missing, of all environments at once, and writes nothing', async () => {
    const { state } = stage.organization;
    const environment = addEnvironment(stage, 'churn-prod');
    const someone = state.identities.addUser({ principalName: 's@example.com', displayName: 'Someone' });
    state.identities.addMember(someone, state.identities.groupNamed('Contributors', stage.projectId));
    const token = state.tokens.issuePersonal({ identity: someone });
    const [all, own] = [`Environments/${stage.projectId}`, `Environments/${stage.projectId}/${environment.id}`];
    const missing = async (at: string, allow: number, deny: number): Promise<readonly string[]> => {
      state.security.set(namespace, at, someone.descriptor, { allow, deny }, false);
      const message = await fails({ document }, { token });
      return [...message.matchAll(/\((\w+)\) on the environments?\b/g)].map(([, name = '']) => name);
    };
    assert.deepEqual(await missing(all, 0, 32), ['Create', 'Manage', 'Administer']);
    assert.deepEqual(await missing(own, 2, 0), ['Create', 'Administer']);
    assert.deepEqual(await missing(own, 8, 0), ['Create', 'Manage']);
    assert.deepEqual(await missing(own, 10, 0), ['Create']);
    assert.deepEqual(await missing(all, 0, 1), ['View', 'View']);
    state.security.removeEntry(namespace, all, someone.descriptor);
    const { end } = await run({ document }, { token });
    assert.equal(end.result, 'Succeeded', end.message);
    state.identities.remove(someone);
  });

  it('says so when there is an environment of the name that the identity cannot see', async () => {
    const { state } = stage.organization;
    const { id } = addEnvironment(stage, 'churn-prod');
    const someone = state.identities.addUser({ principalName: 't@example.com' });
    state.identities.addMember(someone, state.identities.groupNamed('Contributors', stage.projectId));
    const token = state.tokens.issuePersonal({ identity: someone });
    state.security.set(namespace, `Environments/${stage.projectId}/${id}`, someone.descriptor, { allow: 0, deny: 1 });
    const { end } = await run({ document: prod('exclusiveLock: true') }, { token });
    assert.match(
      end.message,
      /already exists[^]* The list of environments does not show it: this identity may not see it\./,
    );
    assert.deepEqual(state.of(CheckConfigurations).ofProject(stage.projectId), []);
  });
});
