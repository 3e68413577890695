import assert from 'node:assert/strict';
import { ClustersApi, type Cluster } from '../../../shared/databricks/api/clusters';
import { LibrariesApi } from '../../../shared/databricks/api/librariesApi';
import { PermissionsApi } from '../../../shared/databricks/api/permissions';
import { RunsApi, type Standing } from '../../../shared/databricks/api/runs';
import { describeTermination } from '../../../shared/databricks/clusters/describeCluster';
import { ensureCluster } from '../../../shared/databricks/clusters/ensureCluster';
import { restartCluster } from '../../../shared/databricks/clusters/restartCluster';
import { startCluster } from '../../../shared/databricks/clusters/startCluster';
import { stopCluster } from '../../../shared/databricks/clusters/stopCluster';
import { grantDifferences } from '../../../shared/databricks/jobs/grants';
import { followLibraries } from '../../../shared/databricks/libraries/followLibraries';
import { planLibraries } from '../../../shared/databricks/libraries/planLibraries';
import { libraryRows } from '../../../shared/databricks/libraries/rows';
import { metricsOfRun } from '../../../shared/databricks/mlflow/trackedMetrics';
import { jobParameters } from '../../../shared/databricks/runs/parameters';
import { lastAttempts, runVerdict } from '../../../shared/databricks/runs/verdict';
import { watchRun } from '../../../shared/databricks/runs/watchRun';
import { jobSchema, newClusterSchema } from '../../../shared/databricks/specs/specSchemas';
import { TaskError } from '../../../shared/errors';
import type { HttpClient, HttpRequest } from '../../../shared/http/httpClient';
import type { Json } from '../../../shared/json';
import { readDocument } from '../../../shared/task/document';
import { testContext } from '../../support/testContext';
import type { Shape } from '../../../shared/http/shape';
import { decoded } from '../../support/decoded';

const words = ['HIBERNATING', 'some_future_word', '', 'unknown'];

/** A service whose answers follow one another by path; the last one is repeated. */
function serviceOf(answers: Readonly<Record<string, readonly Json[]>>): HttpClient & { readonly sent: HttpRequest[] } {
  const sent: HttpRequest[] = [];
  return {
    sent,
    json<T>(request: HttpRequest, shape: Shape<T>): Promise<T> {
      const name = request.path.slice(request.path.lastIndexOf('/') + 1);
      const before = sent.filter(({ path }) => path === request.path).length;
      sent.push(request);
      const list = answers[name] ?? [{}];
      return Promise.resolve(decoded(structuredClone(list[Math.min(before, list.length - 1)]), shape));
    },
    bytes: () => Promise.reject(new Error('not expected')),
    save: () => Promise.reject(new Error('not expected')),
  };
}
const clusterIn = (state: string, more: object = {}): Json => ({
  cluster_id: '0101-000000-abc',
  cluster_name: 'train',
  state,
  ...more,
});
async function firstOf(clusters: ClustersApi): Promise<Cluster> {
  const cluster = await clusters.getCluster('0101-000000-abc');
  assert.ok(cluster);
  return cluster;
}
const soon = () => testContext({ deadline: testContext().clock.now() + 60_000 });

describe('A word of Databricks that is not known', () => {
  for (const word of words)
    describe(`'${word}'`, () => {
      it('as the state of a cluster is waited for', async () => {
        const http = serviceOf({ get: [clusterIn(word), clusterIn(word), clusterIn(word), clusterIn('RUNNING')] });
        const clusters = new ClustersApi(http);
        assert.equal((await startCluster(clusters, await firstOf(clusters), {}, soon())).cluster.state, 'RUNNING');
      });

      it('as the state of a cluster that stays is a failure that names it', async () => {
        const clusters = new ClustersApi(serviceOf({ get: [clusterIn(word)] }));
        const spec = { cluster_name: 'train', num_workers: 2 };
        const list = serviceOf({ get: [clusterIn(word)], list: [{ clusters: [clusterIn(word)] }] });
        for (const attempt of [
          async () => startCluster(clusters, await firstOf(clusters), {}, soon()),
          async () => stopCluster(clusters, await firstOf(clusters), { deletion: 'terminate' }, soon()),
          async () => restartCluster(clusters, await firstOf(clusters), soon()),
          async () => ensureCluster(new ClustersApi(list), { spec, pinned: false }, soon()),
        ])
          await assert.rejects(attempt, (error: unknown) => {
            assert.ok(error instanceof TaskError, String(error));
            assert.ok(error.message.includes(`is left as it is: ${word}`), error.message);
            return true;
          });
      });

      it('as the reason of a termination is reported as it is', async () => {
        const reason = { termination_reason: { code: word, type: word, parameters: { [`x${word}`]: 'y' } } };
        const clusters = new ClustersApi(serviceOf({ get: [clusterIn('TERMINATED', reason)] }));
        assert.equal(describeTermination(await firstOf(clusters)), `Reason: ${word} (${word}), x${word}: y.`);
      });

      it('as the status of a library is waited for, and is never installed', async () => {
        const library = { pypi: { package: 'numpy' } };
        const status = (text: string): Json => ({ library_statuses: [{ library, status: text }] });
        const http = serviceOf({ 'cluster-status': [status(word)], get: [clusterIn('RUNNING')] });
        const api = new LibrariesApi(http);
        const states = await api.listLibraries('c');
        const { present, missing } = planLibraries([library], states, false);
        assert.deepEqual([present, missing], [[library], []]);
        const [row] = libraryRows({ wanted: [library], requested: [], removed: [], states });
        assert.deepEqual(
          [row?.result, row?.messages],
          ['not installed yet', [`Databricks reports the status ${word}.`]],
        );

        const clusters = new ClustersApi(http);
        const options = { wanted: [library], before: [], onSeen: () => undefined };
        const cluster = await firstOf(clusters);
        await assert.rejects(
          followLibraries(api, clusters, cluster, options, soon()),
          /Timed out waiting for the libraries/,
        );
        const later = serviceOf({ 'cluster-status': [status(word), status('INSTALLED')], get: [clusterIn('RUNNING')] });
        await followLibraries(new LibrariesApi(later), new ClustersApi(later), cluster, options, soon());
      });

      it('as the state of a run is never a success', () => {
        const standings: Standing[] = [];
        for (const one of [undefined, word, 'TERMINATED', 'RUNNING'])
          for (const other of [undefined, word, 'TERMINATED'])
            for (const result of [undefined, word, 'SUCCESS'])
              for (const code of [undefined, word, 'SUCCESS'])
                standings.push({
                  status:
                    one === undefined
                      ? undefined
                      : { state: one, ...(code !== undefined && { termination_details: { code } }) },
                  state: {
                    ...(other !== undefined && { life_cycle_state: other }),
                    ...(result !== undefined && { result_state: result }),
                  },
                });
        for (const standing of standings.filter((each) => JSON.stringify(each).includes(`"${word}"`) && word !== ''))
          assert.ok(['active', 'failed'].includes(runVerdict(standing).outcome), JSON.stringify(standing));
        assert.equal(runVerdict({ status: { state: word } }).outcome, 'active');
        assert.equal(runVerdict({ state: { life_cycle_state: word } }).outcome, 'active');
      });

      it('as the state of a run is waited for, until the run has ended', async () => {
        const run = (state: string, more: object = {}): Json => ({
          run_id: 1,
          job_id: 2,
          status: { state, ...more },
          tasks: [{ run_id: 3, task_key: 't', status: { state } }],
        });
        const ended = (code: string): Json => run('TERMINATED', { termination_details: { code } });
        const options = { timeoutMinutes: 5, acceptPartialSuccess: true, repairAttempts: 0, url: 'u' };
        const good = new RunsApi(serviceOf({ get: [run(word), run(word), ended('SUCCESS')] }));
        const watched = await watchRun(good, await good.getRun('1'), options, testContext());
        assert.equal(runVerdict(watched.run).outcome, 'succeeded');
        if (word === '') return; // no code at all: the run goes on
        const bad = new RunsApi(serviceOf({ get: [run(word), ended(word)] }));
        const failed = await watchRun(bad, await bad.getRun('1'), options, testContext());
        assert.deepEqual([runVerdict(failed.run).outcome, runVerdict(failed.run).word], ['failed', word]);
        assert.equal(lastAttempts(failed.run.tasks).length, 1);
      });

      it('as a permission or a principal of a job does not disturb the others', async () => {
        const http = serviceOf({
          '7': [
            {
              access_control_list: [
                { user_name: 'a', all_permissions: [{ permission_level: 'IS_OWNER' }] },
                { group_name: 'b', all_permissions: [{ permission_level: word }] },
                { [`${word}_name`]: 'c', all_permissions: [{ permission_level: 'CAN_VIEW' }] },
              ],
            },
          ],
        });
        const held = await new PermissionsApi(http).jobGrants('7');
        const wanted = [{ kind: 'group_name', name: 'b', level: word }] as const;
        assert.deepEqual(grantDifferences(wanted, held), []);
      });

      it('as the status of an MLflow run is a failure that names it', async () => {
        const http = serviceOf({ get: [{ run: { info: { run_id: 'r', status: word } } }] });
        await assert.rejects(
          metricsOfRun({ http }, 'r'),
          new RegExp(`The MLflow run r is ${word}: only a FINISHED run`),
        );
      });

      it('as the kind of a task does not keep parameters from the other tasks', () => {
        const job = { id: '1', name: 'j', parameterNames: [], taskKinds: [`${word}_task`, 'notebook_task'] };
        assert.deepEqual(jobParameters({ a: '1' }, job), { notebook_params: { a: '1' } });
      });

      it('in a specification is at most a warning', () => {
        const check = (schema: typeof jobSchema, text: string) =>
          schema.check(readDocument(text)).filter(({ severity }) => severity === 'error');
        assert.deepEqual(
          check(
            newClusterSchema,
            `{spark_version: x, data_security_mode: '${word}', runtime_engine: '${word}', 'a${word}': 1}`,
          ),
          [],
        );
        const task = `{task_key: t, run_if: '${word}', 'a${word}_task': {}}`;
        assert.deepEqual(
          check(
            jobSchema,
            `{name: j, tasks: [${task}], schedule: {quartz_cron_expression: x, timezone_id: UTC, pause_status: '${word}'}}`,
          ),
          [],
        );
      });
    });

  it('is not missed because of its case: the providers of Git', () => {
    const git = (provider: string): string =>
      `{name: g, tasks: [], git_source: {git_url: 'https://a/b', git_provider: ${provider}, git_branch: main}}`;
    for (const provider of ['azuredevopsservices', 'github', 'gitHubEnterprise', 'BITBUCKETCLOUD'])
      assert.deepEqual(jobSchema.check(readDocument(git(provider))), []);
    const [finding] = jobSchema.check(readDocument(git('sourceHut')));
    assert.deepEqual(finding?.severity, 'warning');
  });
});
