import assert from 'node:assert/strict';
import { ContainerGroupsApi } from '../../../../shared/azure/containerGroups/containerInstances';
import { scoringUriOf } from '../../../../shared/azure/containerGroups/summary';
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

  for (const [ipAddress, problem] of [
    [{ fqdn: '##vso[task.complete result=Succeeded]' }, /'properties\.ipAddress\.fqdn' is text, not a host name/],
    [{ ip: '1.2.3.999' }, /'properties\.ipAddress\.ip' is text, not an IP address/],
    [{ ports: [{ port: 70_000 }] }, /'properties\.ipAddress\.ports\.0\.port' is a number, not a port/],
  ] as const)
    it(`has no address such as ${JSON.stringify(ipAddress)}`, async () => {
      server.reset({ body: { name: 'score', properties: { ipAddress } } });
      await assert.rejects(groups.get('score'), problem);
    });

  it('has the URL of its host name, or of its IP address', async () => {
    const ports = [{ port: 5001 }];
    for (const [ipAddress, uri] of [
      [{ ip: '20.1.2.3', fqdn: 'score.west', ports }, 'http://score.west:5001/score'],
      [{ ip: '20.1.2.3', fqdn: '', ports }, 'http://20.1.2.3:5001/score'],
      [{ ip: 'fd00::5', fqdn: null, ports }, 'http://[fd00::5]:5001/score'],
      [{ ip: null, ports }, ''],
      [{ ip: '20.1.2.3' }, ''],
    ] as const) {
      server.reset({ body: { name: 'score', properties: { ipAddress } } });
      const group = await groups.get('score');
      assert.equal(group && scoringUriOf(group, '/score'), uri);
    }
  });
});
