import assert from 'node:assert/strict';
import type { HeldGrant } from '../../../../shared/databricks/api/permissions';
import { differenceLine } from '../../../../shared/comparison/difference';
import { grantDifferences, grantsOf, grantsProblem, withOwner } from '../../../../shared/databricks/jobs/grants';
import type { Json } from '../../../../shared/json';

const entry = (kind: string, name: string, permission_level: string): Json => ({ [kind]: name, permission_level });
const held = (list: Json, isInherited = false): readonly HeldGrant[] =>
  grantsOf(list).map((grant) => ({ ...grant, isInherited }));

const owner = entry('user_name', 'Owner@x.y', 'IS_OWNER');
const viewers = entry('group_name', 'Viewers', 'CAN_VIEW');
const admins = held([entry('group_name', 'admins', 'CAN_MANAGE')], true);

describe('The permissions of a job', () => {
  const lines = (wanted: Json, present: readonly HeldGrant[]): readonly string[] =>
    grantDifferences(grantsOf(wanted), present).map(differenceLine);

  it('are as wanted whoever inherits more, and however names are written', () => {
    assert.deepEqual(lines([viewers], [...held([owner, viewers]), ...admins]), []);
    assert.deepEqual(lines([entry('user_name', 'OWNER@X.Y', 'IS_OWNER')], [...held([owner]), ...admins]), []);
    assert.deepEqual(lines([entry('group_name', 'admins', 'CAN_MANAGE')], [...held([owner]), ...admins]), []);
  });

  it('differ where somebody has more, less or something else', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => entry('group_name', name, 'CAN_VIEW'));
    const manager = entry('group_name', 'a', 'CAN_MANAGE');
    assert.deepEqual(lines([manager, b] as Json, [...held([owner, a, c] as Json), ...admins]), [
      "~ permissions['group a']: CAN_VIEW → CAN_MANAGE",
      "+ permissions['group b']: CAN_VIEW",
      "- permissions['group c']: CAN_VIEW",
    ]);
    assert.deepEqual(lines([entry('user_name', 'other@x.y', 'IS_OWNER')], held([owner])), [
      "+ permissions['user other@x.y']: IS_OWNER",
      "- permissions['user owner@x.y']: IS_OWNER",
    ]);
  });

  it('keep the owner when none is given, also where the owner is given a lower level', () => {
    const present = [...held([owner]), ...admins];
    const titles = (wanted: Json): readonly string[] =>
      withOwner(grantsOf(wanted), present).map(({ name, level }) => `${name} ${level}`);
    assert.deepEqual(titles([viewers]), ['Owner@x.y IS_OWNER', 'Viewers CAN_VIEW']);
    assert.deepEqual(titles([entry('user_name', 'owner@x.y', 'CAN_VIEW')]), ['Owner@x.y IS_OWNER']);
    assert.deepEqual(titles([entry('user_name', 'other@x.y', 'IS_OWNER')]), ['other@x.y IS_OWNER']);
    assert.deepEqual(lines([entry('user_name', 'owner@x.y', 'CAN_VIEW')], present), []);
  });

  const wrong: [Json, RegExp][] = [
    [{ group_name: 'a', permission_level: 'CAN_VIEW' }, /must be a list/],
    [
      ['a'],
      /must have a permission_level and one of user_name, group_name, service_principal_name, .* in entry 1 of the list/,
    ],
    [[viewers, { permission_level: 'CAN_VIEW' }], /and nothing else, in entry 2/],
    [[{ user_name: 'a', group_name: 'b', permission_level: 'CAN_VIEW' }], /and nothing else, in entry 1/],
    [[{ user_name: 'a', level: 'CAN_VIEW' }], /one of the levels IS_OWNER, CAN_MANAGE, CAN_MANAGE_RUN, CAN_VIEW/],
    [[entry('user_name', '', 'CAN_VIEW')], /has no name in entry 1/],
    [[entry('user_name', 'a', 'CAN_READ')], /must have one of the levels .* in entry 1 of the list/],
    [[entry('group_name', 'a', 'IS_OWNER')], /has a group as the owner/],
    [[owner, entry('user_name', 'b', 'IS_OWNER')], /has several owners/],
    [[viewers, entry('group_name', 'Viewers', 'CAN_MANAGE')], /has the group Viewers twice/],
  ];
  for (const [list, problem] of wrong)
    it(`are refused before any call: ${problem.source}`, () => {
      assert.match(grantsProblem(list) ?? '', problem);
    });

  it('are accepted as the API has them', () => {
    const principal = entry('service_principal_name', '11111111-2222-4333-8444-555555555555', 'IS_OWNER');
    assert.equal(grantsProblem([principal, viewers, entry('user_name', 'a', 'CAN_MANAGE_RUN')]), undefined);
    assert.equal(grantsProblem([]), undefined);
  });
});
