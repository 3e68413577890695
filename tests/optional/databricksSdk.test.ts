import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startDatabricks } from '../../sandbox/databricks/databricks';

const run = promisify(execFile);
/** A Python that has `databricks-sdk`; the machine's own by default. */
const python = process.env.MODEL_PIPELINES_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('databricks_sdk_check.py', import.meta.url));

describe("the Databricks sandbox, used by Databricks' own Python SDK", function () {
  this.timeout(300_000);

  before(async function () {
    try {
      await run(python, ['-c', 'import databricks.sdk']);
    } catch {
      process.stderr.write(
        `SKIPPED: ${python} has no databricks-sdk. Name a Python that has it in MODEL_PIPELINES_PYTHON.\n`,
      );
      this.skip();
    }
  });

  it('behaves as the SDK expects of a workspace', async () => {
    const databricks = await startDatabricks({ durations: { clusterStartSeconds: 1 } });
    const [principal] = databricks.servicePrincipals;
    try {
      const env = {
        ...process.env,
        DATABRICKS_HOST: databricks.url,
        DATABRICKS_TOKEN: databricks.token,
        DATABRICKS_AUTH_TYPE: 'pat',
        SERVICE_PRINCIPAL_ID: principal?.applicationId,
        SERVICE_PRINCIPAL_SECRET: principal?.secret,
      };
      const { stdout } = await run(python, [script], { env });
      const passed = stdout.match(/check_\w+/g);
      assert.deepEqual(passed, [
        'check_login',
        'check_workspace',
        'check_jobs',
        'check_clusters',
        'check_libraries',
        'check_permissions',
      ]);
    } finally {
      await databricks.close();
    }
  });
});
