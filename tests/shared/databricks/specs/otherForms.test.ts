import assert from 'node:assert/strict';
import { jobSchema, newClusterSchema, runSchema } from '../../../../shared/databricks/specs/specSchemas';
import type { DocumentSchema } from '../../../../shared/task/checkDocument';
import { document } from '../../../../shared/task/inputs';
import { InvalidInput } from '../../../../shared/task/invalidInput';
import { FakeAgent } from '../../../support/fakeAgent';

const settings = { name: 'A', tasks: [{ task_key: 't', notebook_task: { notebook_path: '/x' } }] };
const cluster = { spark_version: '16.4.x-scala2.12', num_workers: 1, node_type_id: 'Standard_DS3_v2' };
const running = { cluster_id: '1', state: 'RUNNING', driver: {}, ...cluster };
const single = { name: 'A', new_cluster: cluster, notebook_task: { notebook_path: '/x' }, max_retries: 1 };

describe('a specification in another form', () => {
  const cases: [what: string, DocumentSchema, content: unknown, problem: string][] = [
    [
      'the response of jobs/get',
      jobSchema,
      { job_id: 1, creator_user_name: 'a@example.com', created_time: 1, settings },
      'This is the response of jobs/get. Use only the content of settings.',
    ],
    [
      'the response of jobs/get for a run',
      runSchema,
      { job_id: 1, settings },
      'This is the response of jobs/get. Use only the content of settings.',
    ],
    [
      'the response of jobs/list',
      jobSchema,
      { jobs: [{ job_id: 1, settings }], has_more: false },
      'This is the response of jobs/list. Use only the content of one of its jobs.',
    ],
    [
      'the body of jobs/reset',
      jobSchema,
      { job_id: 1, new_settings: settings },
      'This is the body of jobs/reset or jobs/update. Use only the content of new_settings.',
    ],
    [
      'the response of jobs/runs/get',
      runSchema,
      { job_id: 1, run_id: 2, state: {}, run_name: 'A', tasks: [] },
      'This is the response of jobs/runs/get. Remove what is not a setting, also from its tasks: job_id, run_id, state.',
    ],
    [
      'a bundle with one job',
      jobSchema,
      { resources: { jobs: { my_job: settings } } },
      'This is a bundle. Use only the content of resources.jobs.my_job.',
    ],
    [
      'a bundle with two jobs',
      jobSchema,
      { bundle: { name: 'b' }, resources: { jobs: { a: settings, b: settings } } },
      'This is a bundle. Use only the content of one of resources.jobs.a, resources.jobs.b.',
    ],
    [
      'the resources of a bundle',
      runSchema,
      { jobs: { my_job: settings } },
      'This is a bundle. Use only the content of jobs.my_job.',
    ],
    [
      'a bundle with a job in a target',
      jobSchema,
      { targets: { dev: { resources: { jobs: { my_job: settings } } }, prod: null } },
      'This is a bundle. Use only the content of targets.dev.resources.jobs.my_job.',
    ],
    [
      'a bundle whose jobs are in other files',
      jobSchema,
      { bundle: { name: 'b' }, include: ['resources/*.yml'] },
      'This is a bundle. Use only the content of one of its resources.jobs.',
    ],
    [
      'a job of API 2.0',
      jobSchema,
      single,
      'This is the format of Jobs API 2.0. Move these fields into an item of tasks, together with a task_key: new_cluster, notebook_task, max_retries.',
    ],
    [
      'a run of API 2.0',
      runSchema,
      { run_name: 'A', existing_cluster_id: '1', spark_python_task: { python_file: 'dbfs:/a.py' }, libraries: [] },
      'This is the format of Jobs API 2.0. Move these fields into an item of tasks, together with a task_key: existing_cluster_id, spark_python_task, libraries.',
    ],
    [
      'the response of clusters/get',
      newClusterSchema,
      { ...running, spec: cluster },
      'This is the response of clusters/get. Use only the content of spec.',
    ],
    [
      'the answer of an older clusters/get',
      newClusterSchema,
      running,
      'This is the response of clusters/get. Remove what is not a setting: cluster_id, state, driver.',
    ],
    [
      'the response of clusters/list',
      newClusterSchema,
      { clusters: [running] },
      'This is the response of clusters/list. Use only the content of one of its clusters.',
    ],
    [
      'a bundle with a cluster',
      newClusterSchema,
      { resources: { clusters: { my_cluster: cluster }, jobs: { my_job: settings } } },
      'This is a bundle. Use only the content of resources.clusters.my_cluster.',
    ],
    [
      'the cluster of a job',
      newClusterSchema,
      { job_cluster_key: 'main', new_cluster: cluster },
      'This is the cluster of a job. Use only the content of new_cluster.',
    ],
  ];
  for (const [what, schema, content, problem] of cases)
    it(`is refused, and the error tells what to use: ${what}`, () => {
      const agent = new FakeAgent();
      assert.throws(
        () => document({ schema }).parse(JSON.stringify(content), agent),
        new InvalidInput(`is not a valid ${schema.name}:\n    line 1: ${problem}`),
      );
      assert.equal(agent.text('warning'), '');
    });

  it('has the line of what to use', () => {
    const bundle = 'resources:\n  jobs:\n    my_job:\n      name: A\n      version: 1.10';
    assert.throws(() => document({ schema: jobSchema }).parse(bundle, new FakeAgent()), /line 3: This is a bundle/);
  });

  it('is not seen in a specification that has a field of such a name beside its own', () => {
    const agent = new FakeAgent();
    for (const content of [{ ...settings, settings: {} }, { ...settings, new_cluster: cluster }, { name: 'A' }])
      assert.deepEqual(document({ schema: jobSchema }).parse(JSON.stringify(content), agent), content);
  });
});
