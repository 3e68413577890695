import assert from 'node:assert/strict';
import { UnusableError, type Subject } from '../../../shared/errors';
import { azureIdentity } from '../../../shared/identity/azureIdentity';
import { databricksIdentity } from '../../../shared/identity/databricksIdentity';
import type { FakeConnection } from '../../support/fakeAgent';
import { clientId, clientSecret, connectionOf, makeContext, tenantId } from './signInFixture';

const workspaceUrl = 'https://workspace.example';
const endpoint = { url: 'https://organization.example', accessToken: 'secret' };
const principal = { serviceprincipalid: clientId, tenantid: tenantId };

describe('An unusable connection', () => {
  type Parts = Omit<Extract<FakeConnection, { readonly scheme: string }>, 'url'>;
  const databricks = 'The Databricks connection';
  const azure = 'The Azure connection';
  const cases: readonly (readonly [string, Subject, Parts, RegExp])[] = [
    ['a token', databricks, { scheme: 'Token' }, /has no personal access token\.$/],
    [
      'an OAuth secret',
      databricks,
      { scheme: 'UsernamePassword', parameters: { username: clientId } },
      /has no OAuth secret\.$/,
    ],
    [
      'a client ID',
      databricks,
      { scheme: 'UsernamePassword', parameters: { password: clientSecret } },
      /has no client ID of a service principal\.$/,
    ],
    [
      'a known scheme',
      databricks,
      { scheme: 'OAuth2' },
      /has the authentication scheme OAuth2: it must use a token, a service principal or token federation\.$/,
    ],
    [
      'the id of a service principal',
      azure,
      { scheme: 'ServicePrincipal', parameters: { tenantid: tenantId, serviceprincipalkey: clientSecret } },
      /has no service principal id \(serviceprincipalid\)\.$/,
    ],
    [
      'a tenant',
      azure,
      { scheme: 'WorkloadIdentityFederation', parameters: { serviceprincipalid: clientId } },
      /has no tenant id \(tenantid\)\.$/,
    ],
    [
      'a client secret',
      azure,
      { scheme: 'ServicePrincipal', parameters: principal },
      /has no client secret \(serviceprincipalkey\)\.$/,
    ],
    [
      'a certificate',
      azure,
      { scheme: 'ServicePrincipal', parameters: { ...principal, authenticationType: 'spnCertificate' } },
      /has no certificate \(servicePrincipalCertificate\)\.$/,
    ],
    [
      'a scheme with an identity',
      azure,
      { scheme: 'PublishProfile' },
      /has the authentication scheme PublishProfile: it must use workload identity federation, a service principal or a managed/,
    ],
    [
      'a known cloud',
      azure,
      { scheme: 'ServicePrincipal', parameters: principal, data: { environment: 'AzureStack' } },
      /is for the cloud AzureStack: it must be for AzureCloud or AzureUSGovernment or AzureChinaCloud\.$/,
    ],
  ];
  for (const [what, subject, parts, problem] of cases) {
    it(`without ${what} is refused before any call, in words that know no input`, () => {
      const given = makeContext({ endpoint });
      const connection = connectionOf({ url: workspaceUrl, ...parts });
      assert.throws(
        () =>
          subject === databricks
            ? databricksIdentity(connection, workspaceUrl, given)
            : azureIdentity(connection, given),
        (error) => {
          assert.ok(error instanceof UnusableError);
          assert.equal(error.subject, subject);
          assert.equal(error.message, `${subject} ${error.problem}`);
          assert.match(error.message, problem);
          assert.equal(error.message.includes(clientSecret), false);
          return true;
        },
      );
    });
  }
});
