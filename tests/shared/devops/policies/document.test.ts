import { Ajv } from 'ajv';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Json } from '../../../../shared/json';
import schema from '../../../../shared/devops/policies/branch_policies.schema.json';
import { documentSchema, type JsonSchema } from '../../../../shared/devops/documentSchema';
import { policySchema } from '../../../../shared/devops/policies/document';

const complete = {
  minimumReviewers: {
    minimumNumberOfReviewers: 2,
    allowRequestorsToApproveTheirOwnChanges: false,
    prohibitMostRecentPusherFromApproving: true,
    allowCompletionWithVotesToWaitOrReject: false,
    whenNewChangesArePushed: 'resetApprovalVotes',
  },
  linkedWorkItems: 'optional',
  commentResolution: 'required',
  mergeTypes: ['squashMerge', 'basicMerge'],
  buildValidation: [
    { buildPipeline: '\\models\\churn-ci', displayName: 'ci', buildExpiration: 12, pathFilter: ['/src/*'] },
    { buildPipeline: 22, trigger: 'manual', policyRequirement: 'optional', buildExpiration: 'never' },
  ],
  statusChecks: [{ statusName: 'quality', statusGenre: 'models', policyApplicability: 'conditional' }],
  automaticallyIncludedReviewers: [{ reviewers: ['Team A'], minimumNumberOfReviewers: 2, pathFilter: ['/data/*'] }],
};

/** What is wrong with a document, without the names of what is allowed. */
function problems(document: Json): readonly string[] {
  return policySchema.check(document).map(({ message }) => message);
}

describe('policySchema', () => {
  it('accepts a document with everything', () => {
    assert.deepEqual(problems(complete), []);
    assert.deepEqual(problems({}), []);
  });

  it('lists all problems at once', () => {
    const bad = {
      minimumReviewers: { minimumNumberOfReviewers: 11, requestorVotes: true },
      commentResolution: 'yes',
      mergeTypes: ['squashMerge', 'squashMerge'],
      buildValidation: [{ displayName: 1 }, { buildPipeline: true, buildExpiration: 0 }],
      automaticallyIncludedReviewers: [{ reviewers: [] }],
      buildvalidation: [],
    };
    assert.deepEqual(problems(bad), [
      'minimumReviewers.minimumNumberOfReviewers must be from 1 to 10.',
      'minimumReviewers.requestorVotes is not known. Known are: minimumNumberOfReviewers, allowRequestorsToApproveTheirOwnChanges, prohibitMostRecentPusherFromApproving, allowCompletionWithVotesToWaitOrReject, whenNewChangesArePushed.',
      'commentResolution must be one of required, optional.',
      'mergeTypes[1] repeats an entry above it.',
      'buildValidation[0].displayName must be text, not a number.',
      'buildValidation[0].buildPipeline is missing.',
      'buildValidation[1].buildPipeline must be the name or the path of a pipeline, or the ID of a pipeline.',
      'buildValidation[1].buildExpiration must be immediately or never, or a number of hours from 1 to 8760.',
      'automaticallyIncludedReviewers[0].reviewers must have at least one entry.',
      'buildvalidation is not known. Known are: minimumReviewers, linkedWorkItems, commentResolution, mergeTypes, buildValidation, statusChecks, automaticallyIncludedReviewers.',
    ]);
  });

  it('refuses entries that would be the same policy, and settings that exclude each other', () => {
    assert.deepEqual(
      problems({
        buildValidation: [{ buildPipeline: 'ci' }, { buildPipeline: 'CI' }],
        statusChecks: [{ statusName: 'a' }, { statusName: 'a', statusGenre: 'b' }, { statusName: 'A' }],
        automaticallyIncludedReviewers: [
          { reviewers: ['a', 'b'], minimumNumberOfReviewers: 2 },
          { reviewers: ['c'], policyRequirement: 'optional', minimumNumberOfReviewers: 1, pathFilter: ['/x'] },
          { reviewers: ['d'] },
        ],
      }),
      [
        'buildValidation[1] has the same buildPipeline as buildValidation[0].',
        'statusChecks[2] has the same statusName, statusGenre and authorizedAccount as statusChecks[0].',
        'automaticallyIncludedReviewers[2] has the same pathFilter and activityFeedMessage as automaticallyIncludedReviewers[0].',
        'automaticallyIncludedReviewers[0].minimumNumberOfReviewers can be more than 1 only for one team.',
        'automaticallyIncludedReviewers[1].minimumNumberOfReviewers applies only to reviewers that are required.',
      ],
    );
  });

  it('has text where the schema has nothing else', () => {
    assert.equal(policySchema.textAt(['buildValidation', 0, 'displayName']), true);
    assert.equal(policySchema.textAt(['automaticallyIncludedReviewers', 0, 'reviewers', 1]), true);
    assert.equal(policySchema.textAt(['statusChecks', 0, 'pathFilter', 0]), true);
    assert.equal(policySchema.textAt(['buildValidation', 0, 'buildPipeline']), false);
    assert.equal(policySchema.textAt(['minimumReviewers', 'minimumNumberOfReviewers']), false);
  });

  it('accepts what another validator of JSON Schema accepts, for any changed document', () => {
    const validate = new Ajv({ allowUnionTypes: true, strictTypes: false }).compile(schema);
    const own = documentSchema('document', schema as JsonSchema);
    const paths = [...everyPath(complete)];
    const values = fc.oneof(
      fc.constantFrom('required', 'optional', 'never', 'squashMerge', '', 0, 1, 2, 11, 1.5, true, false),
      fc.constantFrom<Json>([], {}, ['a'], ['a', 'a'], [1], { a: 1 }, 'x'),
    );
    const verdicts = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...paths), values, fc.boolean(), (path, value, isRemoved) => {
        const document = structuredClone(complete) as unknown as Record<string, unknown>;
        const holder = path
          .slice(0, -1)
          .reduce<Record<string, unknown>>((at, step) => at[step] as Record<string, unknown>, document);
        const last = path.at(-1) ?? '';
        if (isRemoved && !Array.isArray(holder)) Reflect.deleteProperty(holder, last);
        else holder[last] = value;
        const isValid = validate(document);
        verdicts[isValid ? 'valid' : 'invalid']++;
        assert.equal(own.check(document as Json).length === 0, isValid, JSON.stringify([path, value, validate.errors]));
      }),
      { numRuns: 3000 },
    );
    assert.ok(verdicts.valid > 100 && verdicts.invalid > 100, JSON.stringify(verdicts));
  });
});

function* everyPath(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, below] of Object.entries(value)) yield* everyPath(below, [...path, name]);
}
