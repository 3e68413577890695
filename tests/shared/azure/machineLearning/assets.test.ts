import assert from 'node:assert/strict';
import { AssetsApi } from '../../../../shared/azure/machineLearning/api/assets';
import { WorkspaceClient } from '../../../../shared/azure/machineLearning/api/client';
import { WorkspaceApi } from '../../../../shared/azure/machineLearning/api/workspace';
import { ensureModelVersion } from '../../../../shared/azure/machineLearning/assets/ensureAssets';
import { warnOfQuota } from '../../../../shared/azure/machineLearning/deploy/preflight';
import { azureDialect } from '../../../../shared/azure/dialect';
import { createHttpClient } from '../../../../shared/http/createHttpClient';
import { FakeAgent } from '../../../support/fakeAgent';
import { RecordingServer, type RecordedRequest, type Reply } from '../../../support/recordingServer';
import { testContext } from '../../../support/testContext';

type Answer = (request: RecordedRequest) => Reply;

describe('a workspace of Azure Machine Learning', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  function open(answer: Answer, agent = new FakeAgent()) {
    server.requests.length = 0;
    server.behaviours = [
      (request, response) => {
        const { status = 200, body = {} } = answer(request);
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      },
    ];
    const context = testContext({ agent });
    const http = createHttpClient({
      ...context,
      baseUrl: server.url,
      service: 'Azure',
      dialect: azureDialect,
      userAgent: 'test',
    });
    const place = { subscriptionId: 's', resourceGroup: 'g', workspaceName: 'w' };
    return { client: new WorkspaceClient(http, place, context), context };
  }

  describe('has models, of which others register versions, too', () => {
    /** A registry in which somebody else takes the next number of a model, `taken` times. */
    function registry(taken: number, isRefused: boolean): Answer {
      const versions = new Map<string, object>([['1', { tags: {} }]]);
      return ({ method, url, body }) => {
        const asset = (name: string, properties: object) => ({
          id: `/models/churn/versions/${name}`,
          name,
          properties,
        });
        if (method === 'GET')
          return { body: { value: [...versions].map(([name, each]) => asset(name, each)).reverse() } };
        const name = /versions\/(\d+)/.exec(url)?.[1] ?? '';
        if (versions.size - 1 < taken) {
          versions.set(name, { tags: { 'model-pipeline-content': 'of others' } });
          if (isRefused)
            return { status: 400, body: { error: { code: 'UserError', message: 'Asset paths cannot be updated.' } } };
          return { status: 200, body: asset(name, versions.get(name) ?? {}) };
        }
        const { properties } = JSON.parse(body.toString()) as { readonly properties: object };
        versions.set(name, properties);
        return { status: 201, body: asset(name, properties) };
      };
    }
    const content = {
      name: 'churn',
      identity: { 'model-pipeline-content': 'abc' },
      upload: () => Promise.resolve({ modelUri: 'u' }),
    };

    for (const [how, isRefused] of [
      ['refuses the number', true],
      ['answers with the version of the others', false],
    ] as const)
      it(`takes the next number when Azure ${how}`, async () => {
        const { client, context } = open(registry(2, isRefused));
        const { version } = await ensureModelVersion(new AssetsApi(client), content, context);
        assert.equal(version, '4');
      });

    it('gives up when others take every number', async () => {
      const { client, context } = open(registry(1000, true));
      await assert.rejects(
        ensureModelVersion(new AssetsApi(client), content, context),
        /other runs took 10 version numbers/,
      );
    });

    it('passes on a refusal that is about something else', async () => {
      const refusal = { status: 400, body: { error: { code: 'UserError', message: 'The name is too long.' } } };
      const { client, context } = open(({ method }) => (method === 'GET' ? { body: { value: [] } } : refusal));
      await assert.rejects(ensureModelVersion(new AssetsApi(client), content, context), /The name is too long/);
    });
  });

  describe('has a quota, which', () => {
    const sizes = {
      value: [
        { name: 'Standard_DS3_v2', family: 'standardDSv2Family', vCPUs: 4 },
        { name: 'Standard_ND96asr_v4', family: 'NDASv4', vCPUs: 96 },
      ],
    };
    const usages = (currentValue: number) => ({
      value: [
        { name: { value: 'standardDSv2Family' }, currentValue, limit: 24 },
        { name: { value: 'NDASv4' }, currentValue: 0, limit: 96 },
      ],
    });
    async function warnings(
      used: number,
      instances: number,
      instanceType = 'standard_ds3_v2',
      status = 200,
    ): Promise<string> {
      const agent = new FakeAgent();
      const { client, context } = open(
        ({ url }) => ({ status, body: url.includes('/vmSizes') ? sizes : usages(used) }),
        agent,
      );
      await warnOfQuota(
        new WorkspaceApi(client),
        'West Europe',
        { sku: { capacity: instances }, properties: { instanceType } },
        context,
      );
      assert.match(server.requests[0]?.url ?? '', /\/locations\/westeurope\/vmSizes/);
      return agent.text('warning');
    }

    it('is compared with the cores of the instances and a fifth more', async () => {
      assert.equal(await warnings(16, 1), '');
      assert.match(
        await warnings(17, 1),
        /1 instance of standard_ds3_v2 need 8 cores, and 7 of 24 of the family standardDSv2Family are free in West Europe/,
      );
      assert.equal(await warnings(0, 5), '');
      assert.match(await warnings(1, 5), /5 instances of standard_ds3_v2 need 24 cores, and 23 of 24/);
    });

    it('has no reserve for large machines with GPUs', async () => {
      assert.equal(await warnings(0, 1, 'Standard_ND96asr_v4'), '');
      assert.match(await warnings(0, 2, 'Standard_ND96asr_v4'), /need 192 cores/);
    });

    it('is left out where the size is not known or the quota may not be read', async () => {
      assert.equal(await warnings(24, 9, 'Standard_New'), '');
      assert.equal(await warnings(24, 9, 'standard_ds3_v2', 403), '');
    });
  });
});
