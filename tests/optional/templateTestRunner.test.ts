import { spawnSync } from 'node:child_process';
import { testRunnerCases } from '../start/testRunnerCases';

/** Any Python from 3.10 on; the machine's own by default. */
const python = process.env['MODEL_PIPELINES_PYTHON'] ?? 'python3';

describe("the template's test runner, with an installed Python", () => {
  before(function () {
    const { status } = spawnSync(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']);
    if (status === 0) return;
    process.stderr.write(`SKIPPED: ${python} is no Python from 3.10 on. Name one in MODEL_PIPELINES_PYTHON.\n`);
    this.skip();
  });

  testRunnerCases(() => python);
});
