import assert from 'node:assert/strict';
import type { JsonMap } from '../../../../shared/json';
import type { BranchPolicies } from '../../../../shared/devops/policies/document';
import { planPolicies, type FoundPolicy, type PolicyChange } from '../../../../shared/devops/policies/plan';
import { policyTypes, type PolicyType } from '../../../../shared/devops/policies/policyTypes';
import { wantedPolicies } from '../../../../shared/devops/policies/wantedPolicies';

const scope = { repositoryId: '11111111-1111-4111-8111-111111111111', refName: 'refs/heads/main' };
const reviewer = 'aaaaaaaa-0000-4000-8000-000000000001';
const other = 'bbbbbbbb-0000-4000-8000-000000000002';
const exact = [{ ...scope, matchKind: 'Exact' }];
let ids = 0;

function found(type: PolicyType, settings: JsonMap, more: Partial<FoundPolicy> = {}): FoundPolicy {
  return {
    id: ++ids,
    typeId: type.id,
    typeName: type.title,
    isEnabled: true,
    isBlocking: true,
    isEnterpriseManaged: false,
    settings: { scope: exact, ...settings },
    ...more,
  };
}

function plan(
  policies: BranchPolicies,
  present: readonly FoundPolicy[],
  removeOthers = false,
): readonly PolicyChange[] {
  const wanted = wantedPolicies(policies, {
    pipelineAt: () => ({ id: 22, name: 'churn-ci' }),
    identityAt: (path) => ({ id: path.at(-1) === 1 ? other : reviewer }),
  });
  return planPolicies(wanted, present, scope, { removeOthers });
}

function kinds(changes: readonly PolicyChange[]): readonly string[] {
  return changes.map(({ kind }) => kind);
}

const everything: BranchPolicies = {
  minimumReviewers: { minimumNumberOfReviewers: 2, whenNewChangesArePushed: 'resetAllVotes' },
  linkedWorkItems: 'optional',
  commentResolution: 'required',
  mergeTypes: ['squashMerge'],
  buildValidation: [{ buildPipeline: 'churn-ci' }],
  statusChecks: [{ statusName: 'quality', statusGenre: 'models' }],
  automaticallyIncludedReviewers: [{ reviewers: ['a', 'b'], pathFilter: ['/data/*'] }],
};

/** As the service returns what is sent for `everything`. */
function everythingPresent(): FoundPolicy[] {
  const { minimumReviewers, linkedWorkItems, commentResolution, mergeTypes } = policyTypes;
  return [
    found(minimumReviewers, {
      minimumApproverCount: '2',
      creatorVoteCounts: false,
      resetOnSourcePush: true,
      resetRejectionsOnSourcePush: true,
    }),
    found(linkedWorkItems, {}, { isBlocking: false }),
    found(commentResolution, {
      scope: [{ ...scope, matchKind: 'exact', repositoryId: scope.repositoryId.toUpperCase() }],
    }),
    found(mergeTypes, { allowSquash: true }),
    found(policyTypes.buildValidation, {
      buildDefinitionId: 22,
      queueOnSourceUpdateOnly: true,
      validDuration: 720.0,
      displayName: 'by hand',
      addedLater: 7,
    }),
    found(policyTypes.statusChecks, { statusName: 'quality', statusGenre: 'models', authorId: null }),
    found(policyTypes.automaticallyIncludedReviewers, {
      requiredReviewerIds: [other.toUpperCase(), reviewer],
      filenamePatterns: ['/data/*'],
    }),
  ];
}

describe('planPolicies', () => {
  it('creates what is missing, in the form that the service documents', () => {
    const changes = plan(everything, []);
    assert.deepEqual(new Set(kinds(changes)), new Set(['create']));
    const [reviewers, , , merge, build] = changes.map(({ send }) =>
      send?.method === 'create' ? send.body : undefined,
    );
    assert.deepEqual(reviewers, {
      typeId: 'fa4e907d-c16b-4a4c-9dfa-4906e5d171dd',
      isBlocking: true,
      settings: {
        minimumApproverCount: 2,
        creatorVoteCounts: false,
        allowDownvotes: false,
        resetOnSourcePush: true,
        resetRejectionsOnSourcePush: true,
        requireVoteOnLastIteration: false,
        requireVoteOnEachIteration: false,
        blockLastPusherVote: false,
        scope: exact,
      },
    });
    assert.equal(merge?.settings['allowSquash'], true);
    assert.deepEqual(build?.settings, {
      buildDefinitionId: 22,
      manualQueueOnly: false,
      queueOnSourceUpdateOnly: true,
      validDuration: 720,
      filenamePatterns: [],
      scope: exact,
    });
  });

  it('finds no difference in what the service returns in another form', () => {
    assert.deepEqual(new Set(kinds(plan(everything, everythingPresent()))), new Set(['unchanged']));
  });

  for (const [index, [name, settings, more]] of (
    [
      ['a number of reviewers', { minimumApproverCount: 1 }, {}],
      ['a disabled policy', {}, { isEnabled: false }],
      ['a setting that is true', { blockLastPusherVote: true }, {}],
    ] as const
  ).entries())
    it(`updates a policy that differs: ${name} (${index})`, () => {
      const [first, ...others] = everythingPresent();
      assert.ok(first);
      const changed = { ...first, ...more, settings: { ...first.settings, ...settings } };
      const [change, ...rest] = plan(everything, [changed, ...others]);
      assert.deepEqual([change?.kind, new Set(kinds(rest))], ['update', new Set(['unchanged'])]);
      assert.equal(change?.send?.method === 'update' && change.send.id, first.id);
      assert.equal(change?.differences.length, 1, change?.differences.join());
    });

  it('notices each other difference: blocking, applicability, path filters and reviewers', () => {
    const alter = (at: number, settings: JsonMap, more: Partial<FoundPolicy> = {}): readonly string[] => {
      const present = everythingPresent().map((policy, index) =>
        index === at ? { ...policy, ...more, settings: { ...policy.settings, ...settings } } : policy,
      );
      return kinds(plan(everything, present)).filter((kind) => kind !== 'unchanged');
    };
    assert.deepEqual(alter(1, {}, { isBlocking: true }), ['update']);
    assert.deepEqual(alter(3, { allowRebase: true }), ['update']);
    assert.deepEqual(alter(4, { filenamePatterns: ['/src/*'] }), ['update']);
    assert.deepEqual(alter(5, { policyApplicability: 1 }), ['update']);
    assert.deepEqual(alter(6, { requiredReviewerIds: [reviewer] }), ['update']);
    assert.deepEqual(alter(6, { filenamePatterns: ['/other/*'] }), ['create']);
  });

  it('keeps settings that it does not know in an update, and drops the older form of merge types', () => {
    const present = [
      found(policyTypes.buildValidation, { buildDefinitionId: 22, addedLater: 7, displayName: 'by hand' }),
      found(policyTypes.mergeTypes, { useSquashMerge: true }),
    ];
    const bodies = plan({ buildValidation: [{ buildPipeline: 'churn-ci' }], mergeTypes: ['squashMerge'] }, present).map(
      ({ send }) => (send?.method === 'update' ? send.body.settings : undefined),
    );
    assert.equal(bodies[0]?.['allowSquash'], true);
    assert.ok(!Object.keys({ ...bodies[0] }).includes('useSquashMerge'));
    assert.deepEqual([bodies[1]?.['addedLater'], bodies[1]?.['displayName']], [7, 'by hand']);
  });

  const wideScopes: readonly (readonly [string, JsonMap])[] = [
    ['the project', { repositoryId: null, refName: 'refs/heads/main', matchKind: 'Exact' }],
    ['a prefix', { ...scope, refName: 'refs/heads/', matchKind: 'Prefix' }],
    ['the default branch', { repositoryId: null, refName: null, matchKind: 'DefaultBranch' }],
    ['another repository', { ...scope, repositoryId: other, matchKind: 'Exact' }],
  ];
  for (const [what, wide] of wideScopes)
    it(`never changes a policy for ${what}, and creates one of the branch where it demands less`, () => {
      const present = found(policyTypes.minimumReviewers, { minimumApproverCount: 1, scope: [wide] });
      const [change] = plan({ minimumReviewers: { minimumNumberOfReviewers: 2 } }, [present], true);
      assert.equal(change?.kind, 'create');
      const same = { ...present, settings: { ...present.settings, minimumApproverCount: 2 } };
      const [satisfied, ...more] = plan({ minimumReviewers: { minimumNumberOfReviewers: 2 } }, [same], true);
      assert.deepEqual([satisfied?.kind, more], ['unchanged', []]);
      assert.match(satisfied?.notes?.join() ?? '', /^Already demanded by a wider policy: \d+, for /);
      const disabled = { ...same, isEnabled: false };
      assert.deepEqual(kinds(plan({ minimumReviewers: { minimumNumberOfReviewers: 2 } }, [disabled])), ['create']);
    });

  it('does not change a policy of two branches', () => {
    const both = [...exact, { ...scope, refName: 'refs/heads/release', matchKind: 'Exact' }];
    const present = found(policyTypes.minimumReviewers, { minimumApproverCount: 1, scope: both });
    assert.deepEqual(kinds(plan({ minimumReviewers: { minimumNumberOfReviewers: 2 } }, [present], true)), ['create']);
  });

  it('takes a wider policy that blocks for one that should warn, and not the other way around', () => {
    const wide = { scope: [{ repositoryId: null, refName: 'refs/heads/main', matchKind: 'Exact' }] };
    const blocking = found(policyTypes.commentResolution, wide);
    assert.deepEqual(kinds(plan({ commentResolution: 'optional' }, [blocking])), ['unchanged']);
    assert.deepEqual(kinds(plan({ commentResolution: 'required' }, [{ ...blocking, isBlocking: false }])), ['create']);
  });

  it('reports copies of a policy as a conflict, and removes all but one with the others', () => {
    const copies = [1, 2, 3].map(() => found(policyTypes.commentResolution, {}));
    const [conflict] = plan({ commentResolution: 'required' }, copies);
    assert.equal(conflict?.kind, 'conflict');
    for (const { id } of copies) assert.ok(conflict.notes?.[0]?.includes(String(id)));
    const unknown = found({ id: 'cccccccc-0000-4000-8000-000000000009', title: 'Unknown', keys: [] }, {});
    const managed = { ...unknown, id: 999, isEnterpriseManaged: true };
    const changes = plan({ commentResolution: 'required' }, [...copies, unknown, managed], true);
    assert.deepEqual(kinds(changes), ['unchanged', 'delete', 'delete', 'delete', 'unchanged']);
  });

  it('leaves other policies of the branch alone unless they are to be removed', () => {
    const present = [found(policyTypes.buildValidation, { buildDefinitionId: 99 })];
    assert.deepEqual(kinds(plan({ commentResolution: 'required' }, present)), ['create']);
    assert.deepEqual(kinds(plan({}, present, true)), ['delete']);
  });

  it('does not touch a policy that the enterprise manages', () => {
    const present = found(policyTypes.minimumReviewers, { minimumApproverCount: 1 }, { isEnterpriseManaged: true });
    const [change] = plan({ minimumReviewers: { minimumNumberOfReviewers: 2 } }, [present]);
    assert.deepEqual([change?.kind, change?.send], ['blocked', undefined]);
  });
});
