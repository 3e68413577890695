import assert from 'node:assert/strict';
import { ClustersApi } from '../../../../shared/databricks/api/clusters';
import { JobsApi } from '../../../../shared/databricks/api/jobs';
import { LibrariesApi } from '../../../../shared/databricks/api/librariesApi';
import { MlflowApi } from '../../../../shared/databricks/api/mlflow';
import { RunsApi } from '../../../../shared/databricks/api/runs';
import { WorkspaceApi } from '../../../../shared/databricks/api/workspace';
import { databricksDialect } from '../../../../shared/databricks/dialect';
import { createHttpClient } from '../../../../shared/http/createHttpClient';
import type { HttpClient } from '../../../../shared/http/httpClient';
import type { Json } from '../../../../shared/json';
import { RecordingServer } from '../../../support/recordingServer';
import { testContext } from '../../../support/testContext';

describe('An answer about something else', () => {
  let server: RecordingServer;
  let http: HttpClient;
  before(async () => void (server = await RecordingServer.start()));
  after(() => server.close());
  beforeEach(() => {
    const context = testContext();
    const rest = { service: 'Databricks', dialect: databricksDialect, userAgent: 'test', explain: () => undefined };
    http = createHttpClient({ baseUrl: server.url, ...rest, ...context });
  });

  it('is not taken for the cluster that was asked for', async () => {
    server.reset({ body: { cluster_id: 'other', state: 'TERMINATED' } });
    await assert.rejects(new ClustersApi(http).getCluster('mine'), /form than documented: it is about another cluster/);
  });

  it('is not taken for the job or the run that was asked for', async () => {
    server.reset({ body: { job_id: 2, settings: { name: 'mine' } } });
    await assert.rejects(new JobsApi(http).getJob('1'), /form than documented: it is about another job/);
    server.reset({ body: { run_id: 2, status: { state: 'TERMINATED' } } });
    await assert.rejects(new RunsApi(http).getRun('1'), /form than documented: it is about another run/);
    server.reset({ body: { run: { info: { run_id: 'b' } } } });
    await assert.rejects(new MlflowApi(http).getRun('a'), /form than documented: it is about another run/);
  });

  it('is not taken for a job or a run that is not an integer', async () => {
    for (const id of ['text', 1.5, 1e300, -1]) {
      server.reset({ body: { job_id: id, run_id: id } });
      await assert.rejects(new JobsApi(http).createJob({ name: 'mine' }), /'job_id' is .+, not an integer/);
      await assert.rejects(new RunsApi(http).getRun('1'), /'run_id' is .+, not an integer/);
    }
  });

  it('is not taken for the libraries of the cluster that was asked for', async () => {
    server.reset({ body: { cluster_id: 'other', library_statuses: [] } });
    await assert.rejects(new LibrariesApi(http).listLibraries('mine'), /documented: it is about another cluster/);
  });

  it('is not taken for the absence of something when it comes with success', async () => {
    server.reset({ body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'no' } });
    await assert.rejects(new ClustersApi(http).getCluster('mine'), /Databricks answered 200 RESOURCE_DOES_NOT_EXIST/);
    await assert.rejects(new WorkspaceApi(http).list('/Shared'), /Databricks answered 200 RESOURCE_DOES_NOT_EXIST/);
  });

  it('is not taken for a library', async () => {
    const libraries: readonly Json[] = [{ pypi: 'pandas' }, { maven: {} }, { cran: null }, { jar: 5 }, null];
    for (const library of libraries) {
      server.reset({ body: { library_statuses: [{ library, status: 'INSTALLED' }] } });
      await assert.rejects(
        new LibrariesApi(http).listLibraries('c'),
        /'library_statuses\.0\.library' is .*, not a library/,
      );
    }
    const future = { conda: { package: 'pandas' } };
    server.reset({ body: { library_statuses: [{ library: future, status: 'INSTALLED' }] } });
    assert.deepEqual((await new LibrariesApi(http).listLibraries('c'))[0]?.library, future);
  });
});
