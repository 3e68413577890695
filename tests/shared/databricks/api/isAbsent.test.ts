import assert from 'node:assert/strict';
import { ClustersApi } from '../../../../shared/databricks/api/clusters';
import { FilesApi } from '../../../../shared/databricks/api/files';
import { ModelsApi } from '../../../../shared/databricks/api/models';
import { WorkspaceApi } from '../../../../shared/databricks/api/workspace';
import { databricksDialect } from '../../../../shared/databricks/dialect';
import { createHttpClient } from '../../../../shared/http/createHttpClient';
import { HttpError } from '../../../../shared/http/errors';
import type { HttpClient } from '../../../../shared/http/httpClient';
import { RecordingServer, type Reply } from '../../../support/recordingServer';
import { testContext } from '../../../support/testContext';

const readers: Readonly<Record<string, (http: HttpClient) => Promise<unknown>>> = {
  'a cluster': (http) => new ClustersApi(http).getCluster('1'),
  'a folder': (http) => new WorkspaceApi(http).list('/a'),
  'an object of the workspace': (http) => new WorkspaceApi(http).status('/a'),
  'the content of an object': (http) => new WorkspaceApi(http).export('/a'),
  'a folder of a volume': (http) => new FilesApi(http).list('/Volumes/a'),
  'an alias': (http) => new ModelsApi(http).versionByAlias('a.b.c', 'champion'),
  'a stage': (http) => new ModelsApi(http).versionByStage('a', 'Production'),
};
const absences: readonly Reply[] = [
  { status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'It does not exist.' } },
  { status: 404, body: { error_code: 'NOT_FOUND', message: '' } },
  { status: 404, body: { error_code: 'SOME_FUTURE_CODE' } },
  { status: 404, body: '' },
  { status: 404, body: 'Not found' },
  { status: 404, body: {} },
  { status: 400, body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'It does not exist.' } },
];
const others: readonly Reply[] = [
  { status: 404, body: { error_code: 'ENDPOINT_NOT_FOUND', message: 'No API found.' } },
  { status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'It is wrong.' } },
  { status: 403, body: { error_code: 'PERMISSION_DENIED', message: 'No.' } },
];

describe('What is absent', () => {
  let server: RecordingServer;
  before(async () => void (server = await RecordingServer.start()));
  after(() => server.close());
  const open = (reply: Reply): HttpClient => {
    server.reset(reply);
    return createHttpClient({
      ...testContext(),
      baseUrl: server.url,
      service: 'Databricks',
      dialect: databricksDialect,
      isOpen: true,
      userAgent: 'test',
    });
  };

  for (const [what, read] of Object.entries(readers)) {
    for (const reply of absences)
      it(`is undefined by ${reply.status} ${JSON.stringify(reply.body)}: ${what}`, async () => {
        assert.equal(await read(open(reply)), undefined);
      });
    for (const reply of others)
      it(`is not proved by ${reply.status} ${JSON.stringify(reply.body)}: ${what}`, async () => {
        await assert.rejects(read(open(reply)), HttpError);
      });
  }
});
