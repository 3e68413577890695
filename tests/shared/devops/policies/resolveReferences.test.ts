import assert from 'node:assert/strict';
import { resolveReferences } from '../../../../shared/devops/policies/resolveReferences';
import { UnresolvedError } from '../../../../shared/devops/unresolvedError';
import type { PlannedObjects } from '../../../../shared/devops/plannedObjects';
import type { BranchPolicies } from '../../../../shared/devops/policies/document';
import { OrganizationUnderTest } from '../organizationUnderTest';

const project = { id: '11111111-1111-4111-8111-111111111111', name: 'models' };

describe('resolveReferences', () => {
  let organization: OrganizationUnderTest;
  before(async () => (organization = await OrganizationUnderTest.start()));
  after(() => organization.server.close());

  const pipeline = (id: number, path: string, name = 'ci') => ({ id, name, path, revision: 1, type: 'build' });
  const two = { body: { count: 2, value: [pipeline(1, '\\'), pipeline(2, '\\models\\churn')] } };

  async function pipelineFor(buildPipeline: string | number, planned?: PlannedObjects): Promise<number | undefined> {
    const policies: BranchPolicies = { buildValidation: [{ buildPipeline }] };
    const references = await resolveReferences(organization.connect(), project, policies, planned);
    return references.pipelineAt(['buildValidation', 0, 'buildPipeline']).id;
  }

  async function problemFor(buildPipeline: string | number): Promise<string> {
    const error: unknown = await pipelineFor(buildPipeline).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof UnresolvedError, String(error));
    return error.message;
  }

  it('finds a pipeline by its path, written with either slash and in any case', async () => {
    for (const path of ['\\models\\churn\\ci', 'models/churn/CI', '/Models/Churn/ci']) {
      organization.answers(two);
      assert.equal(await pipelineFor(path), 2, path);
    }
    organization.answers(two);
    assert.equal(await pipelineFor('\\ci'), 1);
  });

  it('refuses a name that two pipelines have, and names their paths', async () => {
    organization.answers(two);
    assert.equal(
      await problemFor('ci'),
      'buildValidation[0].buildPipeline is the name of 2 pipelines: \\ci (1), \\models\\churn\\ci (2). Write the path or the ID.',
    );
  });

  it('takes no pipeline that only has a similar name', async () => {
    organization.answers({ body: { count: 1, value: [pipeline(1, '\\', 'ci-nightly')] } });
    assert.match(
      await problemFor('ci'),
      /is not a pipeline of the project 'models', or this identity may not see it\.$/,
    );
    organization.answers({ status: 404, body: { message: 'Build pipeline 9 was not found', typeKey: 'X' } });
    assert.match(await problemFor(9), /is not a pipeline of the project 'models'/);
  });

  it('takes a pipeline that is going to be created, and tells it from those that exist', async () => {
    const planned: PlannedObjects = { pipelines: [{ folder: '\\models', name: 'ci' }] };
    const none = { body: { count: 0, value: [] } };
    for (const path of ['ci', 'models/CI']) {
      organization.answers(none);
      assert.equal(await pipelineFor(path, planned), undefined, path);
    }
    organization.answers({ body: { count: 1, value: [pipeline(1, '\\')] } });
    const error: unknown = await pipelineFor('ci', planned).catch((thrown: unknown) => thrown);
    assert.match(String(error), /is the name of 2 pipelines: \\ci \(1\), \\models\\ci \(to be created\)\. Write/);
    organization.answers({ body: { count: 1, value: [pipeline(3, '\\models')] } });
    assert.equal(await pipelineFor('models/ci', planned), 3);
    organization.answers(none);
    await assert.rejects(pipelineFor('other/ci', planned), UnresolvedError);
  });
});
