import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { projectRoot } from '../../tools/commandLine';

const python = process.env.MODEL_PIPELINES_PYTHON ?? '';
const template = resolve(projectRoot, 'template');

describe("the linter of the template's ci pipeline", () => {
  it('reports nothing, in the version of the pipeline', async function () {
    const lint = (...args: readonly string[]) =>
      spawnSync(python, ['-m', 'ruff', ...args], { cwd: template, encoding: 'utf8' });
    if (python === '' || lint('--version').status !== 0) {
      process.stderr.write('SKIPPED: name a Python that has ruff in MODEL_PIPELINES_PYTHON.\n');
      this.skip();
    }
    const step = await readFile(resolve(template, 'pipelines/steps/test_code.yml'), 'utf8');
    const version = /pipx run ruff==(\S+) check/.exec(step)?.[1] ?? assert.fail('the pipeline has no ruff');
    assert.equal(lint('--version').stdout.trim(), `ruff ${version}`);
    const { status, stdout, stderr } = lint('check', '--output-format', 'azure', '.');
    assert.equal(`${stdout}${stderr}`, '');
    assert.equal(status, 0);
  });
});
