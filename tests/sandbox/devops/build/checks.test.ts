import assert from 'node:assert/strict';
import { useOrganization } from '../../../support/devops/fixture';
import { PipelineProject } from './pipelineProject';
import { scriptedRunner } from './scriptedRunner';

const [taskCheck, extendsCheck] = ['fe1de3ee-a436-41b4-bb20-f6eb4cb879a7', '4020e66e-b0f3-47e1-bc88-48f3cc59b5f3'];
const branchControl = '86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b';
const businessHours = '445fde2f-6c39-441c-807f-8a59ff2e075f';

/** A Monday, at noon in UTC. */
const noon = Date.UTC(2026, 10, 30, 12);

describe('Checks of resources in the stand-in', () => {
  let now = noon;
  beforeEach(() => {
    now = noon;
  });
  const fixture = useOrganization({ clock: { now: () => now } });
  const project = new PipelineProject(fixture);

  /** A pipeline with one stage that uses an environment with a check. */
  async function prepare(typeId: string, settings: object): Promise<number> {
    project.engine.runner = scriptedRunner([
      { name: 'Deploy', resources: [{ type: 'environment', name: 'production' }] },
    ]);
    await project.push({ 'azure-pipelines.yml': '' });
    const answer = await project.send('POST', 'local/_apis/distributedtask/environments', { name: 'production' });
    const { id } = answer.body as { id: number };
    const definition = await project.define('deploy');
    const permission = { pipelines: [{ id: definition, authorized: true }] };
    const path = `local/_apis/pipelines/pipelinePermissions/environment/${id}`;
    await project.send('PATCH', path, permission, '7.1-preview.1');
    const check = { type: { id: typeId }, settings, timeout: 60, resource: { type: 'environment', id: String(id) } };
    await project.send('POST', 'local/_apis/pipelines/checks/configurations', check, '7.1-preview.1');
    return definition;
  }

  const task = (definitionId: string, inputs: object) => ({
    displayName: 'Check',
    definitionRef: { id: definitionId, name: 'check', version: '0.0.1' },
    inputs,
  });

  const hours = (timeZone: string, startTime: string, endTime: string, businessDays = 'Monday, Tuesday') =>
    task(businessHours, { timeZone, startTime, endTime, businessDays });

  const cases: readonly [title: string, typeId: string, settings: object, problem: RegExp | undefined][] = [
    [
      'branch control with the branch',
      taskCheck,
      task(branchControl, { allowedBranches: 'refs/heads/main' }),
      undefined,
    ],
    [
      'branch control with a pattern',
      taskCheck,
      task(branchControl, { allowedBranches: 'dev, refs/heads/m*' }),
      undefined,
    ],
    [
      'branch control without the branch',
      taskCheck,
      task(branchControl, { allowedBranches: 'refs/heads/release/*' }),
      /Branch control: the branch refs\/heads\/main is not one of the allowed branches refs\/heads\/release\/\*/,
    ],
    ['business hours in them', taskCheck, hours('UTC', '09:00', '17:00'), undefined],
    [
      'business hours of another time zone',
      taskCheck,
      hours('Tokyo Standard Time', '09:00', '17:00'),
      /outside of the hours/,
    ],
    ['business hours of another day', taskCheck, hours('UTC', '09:00', '17:00', 'Sunday'), /outside of the hours/],
    ['business hours of no time zone', taskCheck, hours('Nowhere', '09:00', '17:00'), /time zone 'Nowhere'/],
    ['a check that calls a function', taskCheck, task('537fdb7a-a601-4537-aa70-92645a2b5ce4', {}), /'Check' cannot be/],
    ['a required template', extendsCheck, { extendsChecks: [] }, /cannot be evaluated by the stand-in/],
  ];
  for (const [title, typeId, settings, problem] of cases)
    it(`${problem ? 'fail' : 'pass'} a run: ${title}`, async () => {
      const id = await project.queue(await prepare(typeId, settings));
      const { result } = await project.ended(id);
      const record = (await project.timeline(id)).find(({ type }) => type === 'Checkpoint.TaskCheck');
      const expected = problem ? ['failed', 'completed', 'failed'] : ['succeeded', 'completed', 'succeeded'];
      assert.deepEqual([result, record?.state, record?.result], expected);
      if (problem) assert.match(await project.log(id), problem);
    });

  it('let a stage run when somebody approves a check with several approvers', async () => {
    const people = ['one@example.com', 'two@example.com'].map((name) => fixture.tokenOf(name, 'Contributors'));
    const approvers = people.map(({ identity }) => ({ id: identity.id }));
    const approval = '8c6f20a7-a545-4486-9777-f762fafe0d4d';
    const id = await project.queue(await prepare(approval, { approvers, minRequiredApprovers: 0 }));
    const { id: approvalId } = await project.waiting(id, 'Checkpoint.Approval');
    for (const { token } of people) {
      assert.notEqual((await project.build(id)).status, 'completed', 'all of them must approve');
      const decision = [{ approvalId, status: 'approved', comment: 'seen' }];
      const path = 'local/_apis/pipelines/approvals';
      assert.equal((await fixture.ask(path, { method: 'PATCH', body: decision, token })).status, 200);
      await project.engineIdle();
    }
    assert.equal((await project.ended(id)).result, 'succeeded');
  });
});
