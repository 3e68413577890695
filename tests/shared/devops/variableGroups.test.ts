import assert from 'node:assert/strict';
import { ForeignAnswerError, HttpError } from '../../../shared/http/errors';
import { errorOf } from '../http/clientUnderTest';
import { OrganizationUnderTest } from './organizationUnderTest';

const answered = {
  id: 5,
  name: 'g',
  type: 'Vsts',
  description: 'd',
  variables: { a: { value: '1' }, b: { value: null, isSecret: true }, c: { value: 'leaked-value', isSecret: true } },
  variableGroupProjectReferences: null,
};
const group = {
  name: 'g',
  description: 'd',
  project: { id: 'p1', name: 'ml' },
  variables: {
    a: { value: '1', isSecret: false },
    kept: { isSecret: true },
    set: { value: 'new-secret', isSecret: true },
  },
} as const;

describe('A variable group', () => {
  let organization: OrganizationUnderTest;
  before(async () => (organization = await OrganizationUnderTest.start()));
  after(() => organization.server.close());

  it('is read without the values of secrets, whatever comes', async () => {
    organization.answers({ body: answered });
    const read = await organization.connect().taskAgent.variableGroup('ml', 5);
    assert.deepEqual(read?.variables, {
      a: { isSecret: false, value: '1' },
      b: { isSecret: true },
      c: { isSecret: true },
    });
    assert.doesNotMatch(JSON.stringify(read), /leaked-value/);
  });

  it('that does not exist is answered with null', async () => {
    organization.answers({ body: 'null' });
    assert.equal(await organization.connect().taskAgent.variableGroup('ml', 5), undefined);
  });

  it('is written without the key of a value that a secret keeps', async () => {
    organization.answers({ body: answered });
    const { taskAgent } = organization.connect();
    await taskAgent.updateVariableGroup(5, group);
    assert.deepEqual(organization.calls, ['PUT /contoso/_apis/distributedtask/variablegroups/5']);
    assert.deepEqual(JSON.parse(organization.requests[0]?.body.toString() ?? ''), {
      name: 'g',
      description: 'd',
      type: 'Vsts',
      variables: {
        a: { value: '1', isSecret: false },
        kept: { isSecret: true },
        set: { value: 'new-secret', isSecret: true },
      },
      variableGroupProjectReferences: [{ name: 'g', description: 'd', projectReference: { id: 'p1', name: 'ml' } }],
    });
  });

  it('never has a secret in an error', async () => {
    organization.answers({ status: 400, body: { message: "The value 'new-secret' is too long." } });
    const { taskAgent } = organization.connect();
    const refused = await errorOf(HttpError, taskAgent.createVariableGroup(group));
    assert.match(refused.message, /The value '\*\*\*' is too long/);
    organization.answers({ body: { id: 'x', variables: { c: { value: 'leaked-value' } } } });
    const foreign = await errorOf(ForeignAnswerError, taskAgent.createVariableGroup(group));
    assert.doesNotMatch(foreign.message, /leaked-value/);
  });
});
