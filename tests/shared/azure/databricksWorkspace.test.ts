import assert from 'node:assert/strict';
import { isWorkspaceResourceId, workspaceUrlOf } from '../../../shared/azure/databricksWorkspace';
import { resourceManager } from '../../../shared/azure/resourceManager/client';
import { TaskError } from '../../../shared/errors';
import { HttpError } from '../../../shared/http/errors';
import { azureIdentity } from '../../../shared/identity/azureIdentity';
import { RecordingServer, type Behaviour } from '../../support/recordingServer';
import { errorOf } from '../http/clientUnderTest';
import {
  azureConnection,
  clientId,
  fieldsOf,
  makeContext,
  queryOf,
  routes,
  tenantId,
  tokenReply,
} from '../identity/signInFixture';

const id = '/subscriptions/s/resourceGroups/my group/providers/Microsoft.Databricks/workspaces/w';

describe('The URL of a workspace', () => {
  let entra: RecordingServer;
  let arm: RecordingServer;
  before(async () => {
    entra = await RecordingServer.start();
    arm = await RecordingServer.start();
  });
  after(() => Promise.all([entra.close(), arm.close()]));
  beforeEach(() => entra.reset(routes({ [`/${tenantId}/oauth2/v2.0/token`]: tokenReply('arm-token') })));

  function lookUp(behaviour: Behaviour, given = id): Promise<string> {
    arm.reset(behaviour);
    const surroundings = makeContext();
    const identity = azureIdentity(azureConnection(entra.url), surroundings);
    return workspaceUrlOf(resourceManager(identity, arm.url, surroundings), given);
  }

  for (const given of [id, `${id}/`])
    it(`is looked up at Azure Resource Manager as documented: ${given}`, async () => {
      const host = 'adb-1.2.azuredatabricks.net';
      assert.equal(await lookUp({ body: { properties: { workspaceUrl: host } } }, given), `https://${host}`);
      const [request, ...more] = arm.requests;
      assert.equal(more.length, 0);
      assert.equal(request?.method, 'GET');
      assert.equal(new URL(request.url, 'http://here').pathname, id.replace(' ', '%20'));
      assert.deepEqual(queryOf(request), { 'api-version': '2018-04-01' });
      assert.equal(request.headers.authorization, 'Bearer arm-token-1');
      assert.equal(fieldsOf(entra.requests[0])['scope'], 'https://management.azure.com/.default');
    });

  for (const [what, body] of [
    ['no properties', {}],
    ['no URL', { properties: {} }],
    ['an empty URL', { properties: { workspaceUrl: '' } }],
  ] as const)
    it(`is missing when the workspace has ${what}`, async () => {
      await assert.rejects(
        lookUp({ body }),
        new TaskError(`The workspace ${id} has no URL yet. It may still be being created.`),
      );
    });

  for (const [status, code, advice] of [
    [403, 'AuthorizationFailed', /Assign it the role Reader on the Azure Databricks workspace/],
    [404, 'ResourceNotFound', /Check the resource id of the workspace/],
    [404, 'SubscriptionNotFound', /Check the resource id of the workspace/],
    [401, 'InvalidAuthenticationTokenTenant', /Use a service connection in the tenant that the subscription/],
  ] as const)
    it(`is unknown after ${status} ${code}, and the message says what to do`, async () => {
      const error = await errorOf(HttpError, lookUp({ status, body: { error: { code, message: 'No.' } } }));
      assert.ok(
        error.message.startsWith(
          `Could not look up the URL of the workspace ${id}: Azure Resource Manager answered ${status} ${code}: No.`,
        ),
        error.message,
      );
      assert.match(error.message, advice);
      if (status !== 404)
        assert.ok(error.message.includes(`The call was made as service principal ${clientId} of tenant ${tenantId}`));
    });
});

describe('The Azure resource id of a workspace', () => {
  for (const [what, text, expected] of [
    ['is known as Azure writes it', id, true],
    ['is known in any case', id.toLowerCase(), true],
    ['is known with a slash at its end', `${id}/`, true],
    ['is not the id of something in the workspace', `${id}/privateEndpointConnections/p`, false],
    ['is not the id of another kind of resource', id.replace('Databricks', 'Storage'), false],
    ['is not the id of a resource group', '/subscriptions/s/resourceGroups/g', false],
    ['is not a URL', 'https://adb-1.2.azuredatabricks.net', false],
    ['is not a URL that holds one', `https://portal.azure.com/#@tenant/resource${id}`, false],
  ] as const) {
    it(what, () => assert.equal(isWorkspaceResourceId(text), expected));
  }
});
