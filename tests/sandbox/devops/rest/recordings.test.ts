import assert from 'node:assert/strict';
import type { Organization } from '../../../../sandbox/devops/organization';
import { recordingsIfAny, required } from '../../../support/devops/facts';
import { useOrganization } from '../../../support/devops/fixture';
import { replay, type ReplayOptions } from '../../../support/devops/replay';

/** The areas of the recordings that the core of the organisation answers. */
const areas = /^(locations|resourceAreas|core|work|wit\/class|graph|ims|memberEntitlement|security)/;

/** What was there before the scenarios were recorded. */
async function prepare({ state }: Organization): Promise<void> {
  await state.projects.create({ name: 'projectTest000001', description: 'This is a sample project description' });
  for (const name of ['user2', 'user3', 'user4', 'user1'])
    state.identities.addUser({ principalName: `${name}@example.com` });
}

describe('The organisation in the recorded scenarios', () => {
  const { organization } = useOrganization({ name: 'example-org' });
  const notMoved = 'the recording lacks the step that moved the node';
  const scenarios: Readonly<Record<string, Pick<ReplayOptions, 'exceptions' | 'skips'>>> = {
    boards_areas: { skips: { 30: notMoved, 32: notMoved, 36: notMoved } },
    boards_iterations: { skips: { 21: notMoved } },
    devops_group_and_member_tests: {},
    devops_projects_CreateListShowDelete: {},
    devops_security_permission_tests: {},
    devops_user_command_addUpdateListShowRemove: {},
    invoke_command_basic: {},
  };
  for (const [scenario, options] of Object.entries(scenarios)) {
    it(`answers ${scenario} as the service did`, async function () {
      const recordings = required(this, recordingsIfAny());
      await prepare(organization());
      const isWanted = (area: string) => areas.test(area);
      const report = await replay(organization(), recordings, scenario, { isWanted, ...options });
      assert.deepEqual(report.deviations, []);
      assert.deepEqual(report.unusedExceptions, []);
      assert.ok(report.compared > 0);
    });
  }
});
