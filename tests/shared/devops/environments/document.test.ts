import assert from 'node:assert/strict';
import { environmentsSchema, timeoutMinutes, timeoutText } from '../../../../shared/devops/environments/document';
import type { Json } from '../../../../shared/json';

const check = (document: Json): readonly string[] => environmentsSchema.check(document).map(({ message }) => message);
const prod = (parts: Readonly<Record<string, Json>>): Json => [{ name: 'prod', ...parts }];

describe('A list of environments', () => {
  it('takes a name alone, and every check', () => {
    assert.deepEqual(check(prod({})), []);
    const approvals = { approvers: ['a@example.com', 'Team'], minimumNumberOfApprovers: 2, timeout: '720 hours' };
    const branchControl = { allowedBranches: ['main'] };
    const businessHours = { businessDays: ['Friday'], timeZone: 'UTC', startTime: '00:00', endTime: '23:59' };
    assert.deepEqual(check(prod({ approvals, branchControl, businessHours, exclusiveLock: true })), []);
  });

  const wrong: readonly (readonly [what: string, parts: Readonly<Record<string, Json>>, message: string])[] = [
    ['no approver', { approvals: { approvers: [] } }, '[0].approvals.approvers must have at least one entry.'],
    [
      'more approvals than approvers',
      { approvals: { approvers: ['Team'], minimumNumberOfApprovers: 2 } },
      '[0].approvals.minimumNumberOfApprovers must be 1 at most, the number of approvers. A group or team approves as one.',
    ],
    [
      'a timeout that is too long',
      { approvals: { approvers: ['Team'], timeout: '31 days' } },
      '[0].approvals.timeout must be 30 days at most.',
    ],
    [
      'a timeout without a unit',
      {
        businessHours: {
          businessDays: ['Friday'],
          timeZone: 'UTC',
          startTime: '08:00',
          endTime: '16:00',
          timeout: '30',
        },
      },
      '[0].businessHours.timeout must be a number of minutes, hours or days, such as 12 hours.',
    ],
    ['a lock that is none', { exclusiveLock: false }, '[0].exclusiveLock must be one of true.'],
    [
      'a list of branches in one text',
      { branchControl: { allowedBranches: ['main,release'] } },
      '[0].branchControl.allowedBranches[0] must be the name of a branch or a pattern, such as main or refs/tags/*.',
    ],
  ];
  for (const [what, parts, message] of wrong)
    it(`is refused with ${what}`, () => {
      assert.deepEqual(check(prod(parts)), [message]);
    });

  it('is refused with a name twice', () => {
    assert.deepEqual(check([{ name: 'prod' }, { name: 'Prod' }]), ['[1].name is the name of [0], too.']);
  });

  it('reads and writes timeouts', () => {
    for (const [text, minutes] of [
      ['1 minute', 1],
      ['90 minutes', 90],
      ['2 hours', 120],
      ['1 day', 1440],
      ['30 days', 43_200],
    ] as const)
      assert.deepEqual([timeoutMinutes(text), timeoutText(minutes)], [minutes, text]);
    assert.equal(timeoutMinutes('48 hours'), timeoutMinutes('2 days'));
    assert.equal(timeoutMinutes(undefined), undefined);
  });
});
