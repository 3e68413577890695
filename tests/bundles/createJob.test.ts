import assert from 'node:assert/strict';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { bundleOf } from '../support/builtTasks';
import { databricksEnvironment } from '../support/databricksEnvironment';
import { type ProcessEnd, startTaskProcess } from '../support/taskProcess';

const cluster = `
      spark_version: 16.4.x-scala2.12
      node_type_id: Standard_DS3_v2
      num_workers: 1`;
const notebook = `
    notebook_task:
      notebook_path: /Shared/train`;

const specs = {
  'policy defaults of a shared cluster': `
name: nightly
job_clusters:
  - job_cluster_key: main
    new_cluster:
      apply_policy_default_values: true${cluster}
tasks:
  - task_key: train
    job_cluster_key: main${notebook}`,
  'webhooks in an order of their own': `
name: hooked
webhook_notifications:
  on_failure:
    - id: ffff0000-0000-4000-8000-000000000002
    - id: aaaa0000-0000-4000-8000-000000000001
tasks:
  - task_key: train${notebook}`,
  'a JAR task': `
name: jarjob
tasks:
  - task_key: etl
    new_cluster:${cluster}
    spark_jar_task:
      main_class_name: com.example.Main
    libraries:
      - jar: /Volumes/main/default/jars/app.jar`,
};

describe('the CreateJob bundle', () => {
  let databricks: Databricks;
  before(async () => void (databricks = await startDatabricks({ hasLimits: false })));
  after(() => databricks.close());

  async function run(spec: string, dryRun = false): Promise<ProcessEnd> {
    return (
      await startTaskProcess(await bundleOf('CreateJob'), {
        ...databricksEnvironment({ url: databricks.url, token: databricks.token }),
        INPUT_SPEC: spec,
        INPUT_DRYRUN: String(dryRun),
      })
    ).end;
  }

  for (const [what, spec] of Object.entries(specs))
    it(`creates a job with ${what} without waiting, and sends nothing the second time`, async () => {
      databricks.requests.clear();
      const created = await run(spec);
      assert.equal(created.outputs['change'], 'created', created.output);
      assert.equal(databricks.requests.list('jobs/get').length, 1, created.output);
      databricks.requests.clear();
      const again = await run(spec);
      assert.equal(again.outputs['change'], 'unchanged', again.output);
      const planned = await run(spec, true);
      assert.equal(planned.outputs['change'], 'unchanged', planned.output);
      assert.match(planned.output, /is as defined/);
      assert.deepEqual(
        databricks.requests.list().filter(({ method }) => method !== 'GET'),
        [],
      );
    });
});
