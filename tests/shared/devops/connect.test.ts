import assert from 'node:assert/strict';
import { TaskError } from '../../../shared/errors';
import { HttpError } from '../../../shared/http/errors';
import { errorOf } from '../http/clientUnderTest';
import { OrganizationUnderTest } from './organizationUnderTest';

const repository = {
  id: '00000138-0000-4000-8000-000000000138',
  name: 'm1',
  project: { id: '00000047-0000-4000-8000-000000000047', name: 'ml' },
  size: 0,
  remoteUrl: 'https://contoso@dev.azure.com/contoso/ml/_git/m1',
  webUrl: 'https://dev.azure.com/contoso/ml/_git/m1',
  isDisabled: false,
};

describe('The connection to an organization', () => {
  let organization: OrganizationUnderTest;
  before(async () => (organization = await OrganizationUnderTest.start()));
  after(() => organization.server.close());

  it('requests the resource areas once, and each resource at the host of its area', async () => {
    organization.answers({ body: repository });
    const devops = organization.connect();
    await Promise.all([devops.git.repository('ml', 'm1'), devops.git.repository('my project', 'a/b')]);
    assert.equal(organization.areaRequests, 1);
    assert.deepEqual(
      [...organization.calls].sort(),
      ['GET /contoso/ml/_apis/git/repositories/m1', 'GET /contoso/my%20project/_apis/git/repositories/a%2Fb'].sort(),
    );
  });

  it('asks for a version, and never for the sign-in page', async () => {
    organization.answers({ body: repository });
    await organization.connect().git.repository('ml', 'm1');
    const headers = organization.requests[0]?.headers;
    assert.ok(headers);
    assert.equal(headers.accept, 'application/json;api-version=7.1');
    assert.equal(headers['x-tfs-fedauthredirect'], 'Suppress');
    assert.equal(headers.authorization, 'Bearer secret-token-1');
  });

  it('sends a personal access token as a password', async () => {
    organization.answers({ body: repository });
    await organization.connect('token').git.repository('ml', 'm1');
    const password = Buffer.from(':secret-token-1').toString('base64');
    assert.equal(organization.requests[0]?.headers.authorization, `Basic ${password}`);
  });

  it('says that a collection of Azure DevOps Server is not supported', async () => {
    organization.answers({ body: repository });
    organization.resourceAreas = { body: { count: 0, value: [] } };
    const error = await errorOf(TaskError, organization.connect().git.repository('ml', 'm1'));
    assert.match(
      error.message,
      /is a collection of Azure DevOps Server\. This step supports Azure DevOps Services only/,
    );
    assert.deepEqual(organization.calls, []);
  });

  it('requests the resource areas again after they could not be read', async () => {
    organization.answers({ body: repository });
    organization.resourceAreas = { status: 403, body: { message: 'no', typeKey: 'AccessDeniedException' } };
    const devops = organization.connect();
    await errorOf(HttpError, devops.git.repository('ml', 'm1'));
    organization.answers({ body: repository });
    assert.equal((await devops.git.repository('ml', 'm1')).id, repository.id);
  });
});
