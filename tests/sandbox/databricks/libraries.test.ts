import assert from 'node:assert/strict';
import type { Databricks } from '../../../sandbox/databricks/databricks';
import { type Json, type JsonObject, objectsOf } from '../../../sandbox/databricks/json';
import type { NotebookOutcome, NotebookRequest } from '../../../sandbox/databricks/notebooks/notebookRunner';
import { pyodideRunner } from '../../../sandbox/databricks/notebooks/pyodideRunner';
import { writeZip } from '../../../sandbox/databricks/workspace/zip';
import { RunBench, task, taskOf, verdict } from './runBench';
import { startTestWorkspace, type WorkspaceClient } from './workspaceClient';

const spec = { spark_version: '15.4.x-scala2.12', node_type_id: 'Standard_DS3_v2', num_workers: 1 };
const pypi = (name: string): JsonObject => ({ pypi: { package: name } });
/** The end record of an archive without entries. */
const emptyZip = Buffer.concat([Buffer.from('504b0506', 'hex'), Buffer.alloc(18)]);

describe('Databricks sandbox: libraries', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;
  let cluster: Json;

  beforeEach(async () => {
    ({ databricks, client } = await startTestWorkspace({
      durations: { clusterStartSeconds: 60, clusterStopSeconds: 10, libraryInstallSeconds: 10 },
    }));
    cluster = (await client.post('/api/2.1/clusters/create', spec)).json.cluster_id;
  });
  afterEach(() => databricks.close());

  const wait = (seconds: number) => databricks.clock.advance(seconds * 1000);
  const act = (action: string) => client.post(`/api/2.1/clusters/${action}`, { cluster_id: cluster });
  const install = (...libraries: JsonObject[]) =>
    client.post('/api/2.0/libraries/install', { cluster_id: cluster, libraries });
  const uninstall = (...libraries: JsonObject[]) =>
    client.post('/api/2.0/libraries/uninstall', { cluster_id: cluster, libraries });
  const answers = async () => {
    const { json } = await client.get('/api/2.0/libraries/cluster-status', { cluster_id: cluster as string });
    return objectsOf(json.library_statuses);
  };
  const statuses = async () => (await answers()).map(({ status }) => status);
  /** What the one library says after its installation. */
  const outcome = async (library: JsonObject) => {
    await wait(60);
    await install(library);
    await wait(30);
    const [entry] = (await answers()).slice(-1);
    return [entry?.status, (entry?.messages as string[] | undefined)?.join('\n') ?? ''] as const;
  };

  it('are pending until their cluster runs, and are then installed one after the other', async () => {
    assert.equal((await install(pypi('pandas==2.2.0'), pypi('requests'))).status, 200);
    await wait(59);
    assert.deepEqual(await statuses(), ['PENDING', 'PENDING']);
    await wait(1);
    assert.deepEqual(await statuses(), ['RESOLVING', 'PENDING']);
    await wait(5);
    assert.deepEqual(await statuses(), ['INSTALLING', 'PENDING']);
    await wait(5);
    assert.deepEqual(await statuses(), ['INSTALLED', 'RESOLVING']);
    await wait(10);
    assert.deepEqual(await statuses(), ['INSTALLED', 'INSTALLED']);
    const [first] = await answers();
    assert.deepEqual(first, {
      library: pypi('pandas==2.2.0'),
      status: 'INSTALLED',
      is_library_for_all_clusters: false,
    });
    await install(pypi('requests'));
    assert.deepEqual(await statuses(), ['INSTALLED', 'INSTALLED']);
  });

  it('are restored by a restart, and pending while the cluster is terminated', async () => {
    await install(pypi('pandas'));
    await wait(70);
    await act('restart');
    assert.deepEqual(await statuses(), ['PENDING']);
    await wait(70);
    assert.deepEqual(await statuses(), ['RESTORED']);
    await act('delete');
    await wait(10);
    await install(pypi('requests'));
    await wait(600);
    assert.deepEqual(await statuses(), ['PENDING', 'PENDING']);
    await act('start');
    await wait(80);
    assert.deepEqual(await statuses(), ['RESTORED', 'INSTALLED']);
  });

  it('are removed by a restart after they were uninstalled, unless they were installed again before', async () => {
    await install(pypi('a'), pypi('b'), pypi('c'));
    await wait(90);
    await uninstall(pypi('a'), pypi('b'), pypi('unknown'));
    assert.deepEqual(await statuses(), ['INSTALLED', 'UNINSTALL_ON_RESTART', 'UNINSTALL_ON_RESTART']);
    assert.deepEqual((await answers())[0]?.library, pypi('c'));
    await install(pypi('b'));
    assert.deepEqual(await statuses(), ['INSTALLED', 'INSTALLED', 'UNINSTALL_ON_RESTART']);
    await act('restart');
    await wait(80);
    assert.deepEqual(
      (await answers()).map(({ library, status }) => [library, status]),
      [
        [pypi('b'), 'RESTORED'],
        [pypi('c'), 'RESTORED'],
      ],
    );
  });

  it('continue to be installed after a restart', async () => {
    await install(pypi('a'));
    await wait(62);
    await act('restart');
    await wait(64);
    assert.deepEqual(await statuses(), ['RESOLVING']);
    await wait(6);
    assert.deepEqual(await statuses(), ['INSTALLED']);
  });

  it('report why pip could not install them, and are retried on request', async () => {
    const [status, messages] = await outcome(pypi('no-such-package==1.0'));
    assert.equal(status, 'FAILED');
    assert.match(
      messages,
      /^Library installation attempted on the driver node of cluster .* and failed\. Pip could not find a version .* Error Code: NO_MATCHING_DISTRIBUTION_ERROR\. .*No matching distribution found for no-such-package==1\.0$/s,
    );
    await install(pypi('no-such-package==1.0'));
    await wait(1);
    assert.deepEqual(await statuses(), ['RESOLVING']);
  });

  it('fail when the same package is already installed in another version', async () => {
    await install(pypi('scikit_learn==1.4'));
    const [status, messages] = await outcome(pypi('Scikit-Learn==1.5'));
    assert.equal(status, 'FAILED');
    assert.match(messages, /PyPI package scikit-learn has been installed already\.$/);
    await uninstall(pypi('scikit_learn==1.4'));
    await install(pypi('Scikit-Learn==1.5'));
    await wait(30);
    assert.deepEqual(await statuses(), ['FAILED', 'UNINSTALL_ON_RESTART']);
    await act('restart');
    await wait(80);
    assert.deepEqual(await statuses(), ['INSTALLED']);
  });

  for (const [library, status, message] of [
    [pypi('not a requirement'), 'FAILED', /Invalid requirement: 'not a requirement'/],
    [pypi('scikit-learn[extra]>=1.4,<2 ; python_version > "3.8"'), 'INSTALLED', /^$/],
    [pypi('git+https://example.com/a.git'), 'INSTALLED', /^$/],
    [{ maven: { coordinates: 'org.jsoup:jsoup:1.7.2' } }, 'INSTALLED', /^$/],
    [{ maven: { coordinates: 'org.jsoup:no-such:1' } }, 'FAILED', /unresolved dependency: org.jsoup:no-such:1/],
    [{ maven: { coordinates: 'jsoup' } }, 'FAILED', /Invalid coordinates/],
    [{ maven: { coordinates: 'a:b_2.11:1.0' } }, 'SKIPPED', /Scala 2\.11/],
    [{ cran: { package: 'no-such' } }, 'FAILED', /R package: no-such/],
    [{ egg: '/Workspace/Shared/a.egg' }, 'FAILED', /not supported on Databricks Runtime 14\.0/],
    [{ whl: '/Workspace/Shared/none.whl' }, 'FAILED', /File does not exist: \/Workspace\/Shared\/none\.whl/],
    [{ jar: 'dbfs:/a.jar' }, 'FAILED', /File does not exist: dbfs:\/a\.jar/],
  ] as const) {
    it(`${JSON.stringify(library)} ends as ${status}`, async () => {
      const [found, text] = await outcome(library);
      assert.equal(found, status);
      assert.match(text, message);
    });
  }

  it('from files require an existing file of the right format in the workspace or a volume', async () => {
    const files = '/Volumes/main/default/files';
    await client.send('PUT', `/api/2.0/fs/files${files}/a-1.0-py3-none-any.whl`, emptyZip);
    await client.send('PUT', `/api/2.0/fs/files${files}/broken-1.0-py3-none-any.whl`, 'text');
    await client.send('PUT', `/api/2.0/fs/files${files}/a.whl`, emptyZip);
    await client.importFile('/Shared/requirements.txt', 'pandas==2.2.0 # data\n-r other.txt\nnumpy \\\n  >=1\n');
    await client.importFile('/Shared/bad.txt', 'pandas\nno-such-package\n');
    const libraries = [
      { whl: `${files}/a-1.0-py3-none-any.whl` },
      { whl: `${files}/broken-1.0-py3-none-any.whl` },
      { whl: `${files}/a.whl` },
      { requirements: '/Workspace/Shared/requirements.txt' },
      { requirements: '/Workspace/Shared/bad.txt' },
    ];
    await wait(60);
    await install(...libraries);
    await wait(50);
    assert.deepEqual(
      (await answers()).map(({ status, messages }) => [
        status,
        /ERROR: (.*)$/.exec((messages as string[] | undefined)?.[0] ?? '')?.[1],
      ]),
      [
        ['INSTALLED', undefined],
        ['FAILED', `Wheel 'broken-1.0-py3-none-any.whl' located at ${files}/broken-1.0-py3-none-any.whl is invalid.`],
        ['FAILED', 'a.whl is not a valid wheel filename.'],
        ['INSTALLED', undefined],
        ['FAILED', 'No matching distribution found for no-such-package'],
      ],
    );
  });

  it('are refused when they are invalid, or for a cluster that does not exist', async () => {
    for (const wrong of [{}, { conda: { package: 'a' } }, { pypi: {} }, { ...pypi('a'), jar: '/a.jar' }]) {
      const { status, json } = await install(wrong);
      assert.deepEqual([status, json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
    }
    assert.match((await install({ requirements: 'dbfs:/r.txt' })).json.message as string, /^Only Workspace paths/);
    assert.equal((await install()).json.message, 'Missing required field: libraries');
    const reply = await client.get('/api/2.0/libraries/cluster-status', { cluster_id: 'none' });
    assert.equal(reply.json.message, 'Cluster none does not exist');
  });

  it('can be scripted', async () => {
    databricks.scriptLibrary({ matching: { library: 'pandas' }, seconds: 100 });
    await client.post('/__sandbox/library-scripts', {
      matching: { library: 'requests' },
      times: 1,
      status: 'FAILED',
      messages: ['no network'],
    });
    await install(pypi('requests==2.0'), pypi('pandas'));
    await wait(60 + 10 + 99);
    const [failed, slow] = await answers();
    assert.deepEqual([failed?.status, failed?.messages, slow?.status], ['FAILED', ['no network'], 'INSTALLING']);
    await wait(1);
    assert.deepEqual(await statuses(), ['FAILED', 'INSTALLED']);
  });

  it('of all clusters are returned in one response, and are removed with their cluster', async () => {
    assert.deepEqual((await client.get('/api/2.0/libraries/all-cluster-statuses')).json, {});
    await install(pypi('pandas'));
    const { statuses: all } = (await client.get('/api/2.0/libraries/all-cluster-statuses')).json;
    assert.deepEqual(
      objectsOf(all).map(({ cluster_id: id }) => id),
      [cluster],
    );
    await act('permanent-delete');
    assert.deepEqual((await client.get('/api/2.0/libraries/all-cluster-statuses')).json, {});
  });
});

describe('Databricks sandbox: runs on clusters', () => {
  const bench = new RunBench();
  beforeEach(() => bench.start());
  afterEach(() => bench.databricks.close());

  it('install the libraries of a task before it runs', async () => {
    const libraries = [pypi('pandas')];
    const run = await bench.ended(await bench.submit([task('a', { new_cluster: spec, libraries })]));
    assert.equal(verdict(run)[1], 'SUCCESS');
    const [cluster] = bench.databricks.clusters.list();
    assert.deepEqual(
      bench.databricks.libraries.list(cluster?.id ?? '').map(({ library }) => library),
      libraries,
    );
  });

  it('can import only the wheels that are installed on their cluster', async function () {
    this.timeout(60_000);
    await bench.databricks.close();
    const python = pyodideRunner();
    const outcomes: Promise<NotebookOutcome>[] = [];
    const start = (request: NotebookRequest, signal: AbortSignal): Promise<NotebookOutcome> => {
      const outcome = python.run(request, signal);
      outcomes.push(outcome);
      return outcome;
    };
    await bench.start({ notebooks: { run: start, close: () => python.close() } });
    const wheel = '/Volumes/main/default/files/demo_model-1.0-py3-none-any.whl';
    const content = writeZip([{ path: 'demo_model.py', bytes: Buffer.from('answer = 42\n') }]);
    await bench.client.send('PUT', `/api/2.0/fs/files${wheel}`, content);
    const source = '# Databricks notebook source\nimport demo_model\ndbutils.notebook.exit(str(demo_model.answer))';
    await bench.client.importFile('/Shared/w.py', source);
    const lacks = await bench.submit([task('w', { new_cluster: spec })]);
    const has = await bench.submit([task('w', { new_cluster: spec, libraries: [{ whl: wheel }] })]);
    // Python takes the real time that it needs; what comes before and after it takes none.
    await bench.ended(lacks);
    assert.equal(outcomes.length, 2);
    await Promise.all(outcomes);
    const output = await bench.output(await bench.ended(lacks), 'w');
    assert.equal(output.error, "ModuleNotFoundError: No module named 'demo_model'");
    const { notebook_output: result } = await bench.output(await bench.ended(has), 'w');
    assert.equal((result as JsonObject).result, '42');
  });

  it('fail with the messages of a library whose installation failed', async () => {
    const run = await bench.ended(
      await bench.submit([task('a', { new_cluster: spec, libraries: [pypi('pandas'), pypi('no-such')] })]),
    );
    assert.deepEqual(verdict(taskOf(run, 'a')).slice(1), ['FAILED', 'TERMINATED', 'LIBRARY_INSTALLATION_ERROR']);
    assert.match(
      (taskOf(run, 'a').state as JsonObject).state_message as string,
      /^Library installation failed for library due to user error for pypi \{\n {2}package: "no-such"\n\}\n Error messages:\nLibrary installation attempted/,
    );
    assert.equal(bench.notebooks.requests.length, 0);
  });

  it('fail with the reason of a cluster that did not start', async () => {
    bench.databricks.scriptCluster({ failure: 'quota', times: 1 });
    bench.databricks.scriptCluster({ failure: 'stockout', times: 1 });
    const run = await bench.ended(
      await bench.submit([
        task('a', { new_cluster: spec }),
        task('b', { new_cluster: { ...spec, spark_version: '1' } }),
      ]),
    );
    const again = await bench.ended(await bench.submit([task('a', { new_cluster: spec })]));
    assert.deepEqual(
      [verdict(taskOf(run, 'a'))[3], verdict(taskOf(run, 'b'))[3], verdict(taskOf(again, 'a'))[3]],
      ['CLOUD_FAILURE', 'INVALID_CLUSTER_REQUEST', 'CLUSTER_ERROR'],
    );
    assert.match(
      (taskOf(again, 'a').state as JsonObject).state_message as string,
      /^Cluster (\S+) was terminated while waiting on it to be ready: Cluster \1 is in unexpected state \w+: AZURE_QUOTA_EXCEEDED_EXCEPTION\(CLIENT_ERROR\): azure_error_code:QuotaExceeded,azure_error_message:/,
    );
  });

  it('refuse libraries on serverless compute', async () => {
    const reply = await bench.client.post('/api/2.2/jobs/runs/submit', {
      tasks: [task('a', { libraries: [pypi('a')] })],
    });
    assert.equal(
      reply.json.message,
      'Libraries field is not supported for serverless task, please specify libraries in environment.',
    );
  });
});
