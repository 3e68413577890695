import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { configCases, recordedReadings } from '../cli/signIn/configCases';

/** A Python that has `databricks-sdk`; the machine's own by default. */
const python = process.env.MODEL_PIPELINES_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('databricks_config_check.py', import.meta.url));

describe("the recorded configuration files, read by Databricks' own Python SDK", function () {
  this.timeout(120_000);

  before(async function () {
    try {
      await promisify(execFile)(python, ['-c', 'import databricks.sdk']);
    } catch {
      process.stderr.write(
        `SKIPPED: ${python} has no databricks-sdk. Name a Python that has it in MODEL_PIPELINES_PYTHON.\n`,
      );
      this.skip();
    }
  });

  it('are read as recorded', async () => {
    const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(JSON.stringify(configCases));
    const readings: unknown = JSON.parse(await text(child.stdout));
    assert.deepEqual(readings, recordedReadings);
  });
});
