import assert from 'node:assert/strict';
import { ContainerGroupsApi } from '../../../../shared/azure/containerGroups/containerInstances';
import { azureDialect } from '../../../../shared/azure/dialect';
import { createHttpClient } from '../../../../shared/http/createHttpClient';
import { RecordingServer } from '../../../support/recordingServer';
import { testContext } from '../../../support/testContext';

describe('A container group that Azure returns', () => {
  let server: RecordingServer;
  let groups: ContainerGroupsApi;
  before(async () => void (server = await RecordingServer.start()));
  after(() => server.close());
  beforeEach(() => {
    const context = testContext();
    const rest = { service: 'Azure', dialect: azureDialect, userAgent: 'test', explain: () => undefined };
    const http = createHttpClient({ baseUrl: server.url, ...rest, ...context });
    groups = new ContainerGroupsApi(http, { subscriptionId: 's', resourceGroup: 'g' }, context);
  });

  it('is not taken for one of another name', async () => {
    server.reset({ body: { name: 'score-b', properties: { provisioningState: 'Succeeded' } } });
    await assert.rejects(groups.get('score'), /form than documented: it is about another container group/);
  });

  it('may have its name in other letter case, because Azure compares names so', async () => {
    server.reset({ body: { name: 'Score', properties: { provisioningState: 'Succeeded' } } });
    assert.equal((await groups.get('score'))?.name, 'Score');
  });
});
