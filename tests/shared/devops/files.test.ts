import assert from 'node:assert/strict';
import { ForeignAnswerError } from '../../../shared/http/errors';
import { errorOf } from '../http/clientUnderTest';
import { OrganizationUnderTest } from './organizationUnderTest';

describe('A file of a repository', () => {
  let organization: OrganizationUnderTest;
  before(async () => (organization = await OrganizationUnderTest.start()));
  after(() => organization.server.close());

  const read = () => organization.connect().git.file('ml', 'm1', { branch: 'refs/heads/main' }, '/docs/a b.html');
  const stored = { 'Content-Type': 'application/octet-stream' };

  it('is read byte for byte, also if it is a web page, has a byte order mark or is empty', async () => {
    for (const content of ['<!DOCTYPE html><html></html>\r\n', '\uFEFF<html>', '', '\0\x01\xff']) {
      const body = Buffer.from(content, 'latin1');
      organization.answers({ headers: stored, body });
      assert.deepEqual(Buffer.from(await read()), body);
    }
    const [request] = organization.requests;
    const { pathname, searchParams } = new URL(request?.url ?? '', 'http://localhost');
    assert.equal(pathname, '/contoso/ml/_apis/git/repositories/m1/items');
    assert.equal(searchParams.get('path'), '/docs/a b.html');
    assert.equal(searchParams.get('versionDescriptor.version'), 'main');
    assert.equal(searchParams.get('versionDescriptor.versionType'), 'branch');
    assert.equal(request?.headers.accept, 'application/octet-stream;api-version=7.1');
  });

  it('is not a sign-in page', async () => {
    const headers = { 'Content-Type': 'text/html' };
    for (const status of [200, 203]) {
      organization.answers({ status, headers, body: '<html><title>Sign In</title></html>' });
      await errorOf(ForeignAnswerError, read());
    }
  });
});
