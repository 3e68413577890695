import assert from 'node:assert/strict';
import { InputError } from '../../../shared/errors';
import { azureIdentity } from '../../../shared/identity/azureIdentity';
import { databricksIdentity } from '../../../shared/identity/databricksIdentity';
import type { FakeConnection } from '../../support/fakeAgent';
import { clientId, clientSecret, connectionOf, makeSurroundings, tenantId } from './signInFixture';

const workspaceUrl = 'https://workspace.example';
const endpoint = { url: 'https://organization.example', accessToken: 'secret' };
const principal = { serviceprincipalid: clientId, tenantid: tenantId };

describe('A connection that can not be used', () => {
  type Parts = Omit<Extract<FakeConnection, { readonly scheme: string }>, 'url'>;
  const cases: readonly (readonly [string, 'connection' | 'azureConnection', Parts, RegExp])[] = [
    ['a token', 'connection', { scheme: 'Token' }, /without a personal access token\.$/],
    [
      'an OAuth secret',
      'connection',
      { scheme: 'UsernamePassword', parameters: { username: clientId } },
      /without an OAuth secret\.$/,
    ],
    [
      'a client ID',
      'connection',
      { scheme: 'UsernamePassword', parameters: { password: clientSecret } },
      /without the client ID of its service principal\.$/,
    ],
    ['a scheme that is known', 'connection', { scheme: 'OAuth2' }, /of the kind OAuth2: it must be a token, a service/],
    [
      'the id of a service principal',
      'azureConnection',
      { scheme: 'ServicePrincipal', parameters: { tenantid: tenantId, serviceprincipalkey: clientSecret } },
      /without the id of a service principal \(serviceprincipalid\)\.$/,
    ],
    [
      'a tenant',
      'azureConnection',
      { scheme: 'WorkloadIdentityFederation', parameters: { serviceprincipalid: clientId } },
      /without a tenant id \(tenantid\)\.$/,
    ],
    [
      'a client secret',
      'azureConnection',
      { scheme: 'ServicePrincipal', parameters: principal },
      /without a client secret \(serviceprincipalkey\)\.$/,
    ],
    [
      'a certificate',
      'azureConnection',
      { scheme: 'ServicePrincipal', parameters: { ...principal, authenticationType: 'spnCertificate' } },
      /without a certificate \(servicePrincipalCertificate\)\.$/,
    ],
    [
      'a scheme that signs in',
      'azureConnection',
      { scheme: 'PublishProfile' },
      /of the kind PublishProfile: it must sign in by workload identity federation, a service principal or a managed/,
    ],
    [
      'a cloud of Microsoft',
      'azureConnection',
      { scheme: 'ServicePrincipal', parameters: principal, data: { environment: 'AzureStack' } },
      /to AzureStack: only AzureCloud, AzureUSGovernment, AzureChinaCloud are known\.$/,
    ],
  ];
  for (const [what, input, parts, problem] of cases) {
    it(`because it lacks ${what} is refused before any call, with the name of the input`, () => {
      const given = makeSurroundings({ endpoint });
      const connection = connectionOf({ url: workspaceUrl, ...parts });
      assert.throws(
        () =>
          input === 'connection'
            ? databricksIdentity(connection, workspaceUrl, given)
            : azureIdentity(connection, given),
        (error) => {
          assert.ok(error instanceof InputError);
          assert.deepEqual(
            error.problems.map((each) => each.input),
            [input],
          );
          assert.match(error.message, problem);
          assert.equal(error.message.includes(clientSecret), false);
          return true;
        },
      );
    });
  }
});
