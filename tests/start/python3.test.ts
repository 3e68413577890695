import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { providePython } from '../../sandbox/python/providePython';
import { useFixture } from '../sandbox/agent/pipelineFixture';
import { testRunnerCases } from './testRunnerCases';

(process.platform === 'win32' ? describe.skip : describe)('The python3 of the sandbox', () => {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'python3-')));
  let pathEntry: string;
  before(async () => {
    const folder = path.join(root, "the stand-in's folder");
    // As in a virtual environment.
    mkdirSync(path.join(folder, 'bin'), { recursive: true });
    writeFileSync(path.join(root, 'installed'), 'the Python of the machine');
    symlinkSync(path.join(root, 'installed'), path.join(folder, 'bin', 'python3'));
    ({ pathEntry } = await providePython(folder));
  });
  after(() => rmSync(root, { recursive: true }));

  const python3 = () => path.join(pathEntry, 'python3');
  function run(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}) {
    const options = { cwd: root, input, encoding: 'utf8', env: { ...process.env, ...env } } as const;
    const { status, stdout, stderr } = spawnSync(python3(), args, options);
    return { status, stdout, stderr };
  }

  describe('in a pipeline', () => {
    const fixture = useFixture();

    it('runs modules, files and standard input, in the working folder, with the variables of the step', async () => {
      fixture().write({
        'model/__init__.py': '',
        'model/__main__.py': `
import os, sys
from pathlib import Path
from . import __name__ as package
Path(os.environ["AGENT_TEMPDIRECTORY"], "kept.txt").write_text("données", encoding="utf-8")
print(package, sys.argv[1:], os.environ["STAGE"], Path.cwd() == Path(os.environ["BUILD_SOURCESDIRECTORY"]))
print("##vso[task.setvariable variable=rows]150")
`,
        'model/fail.py': 'import sys\nprint("before")\nsys.exit("no data")\n',
      });
      const { lines, report } = await fixture().run(
        `
variables:
  stage: test
steps:
  - bash: |
      set -e
      python3 -m model --flag 'a b'
      python - <<'END' one
      import os, sys
      print(open(os.environ["AGENT_TEMPDIRECTORY"] + "/kept.txt", encoding="utf-8").read(), sys.argv)
      END
  - bash: python3 model/fail.py $(rows)
`,
        { environment: { PATH: `${pathEntry}${path.delimiter}${process.env['PATH'] ?? ''}` } },
      );
      assert.equal(report.result, 'Failed');
      for (const line of ["model ['--flag', 'a b'] test True", "données ['-', 'one']", 'before', 'no data'])
        assert.ok(lines.includes(line), `${line} is not in:\n${lines.join('\n')}`);
      assert.ok(lines.includes("##[error]Bash exited with code '1'."), lines.join('\n'));
    });
  });

  it('replaces a link without changing its target', () => {
    assert.equal(readFileSync(path.join(root, 'installed'), 'utf8'), 'the Python of the machine');
  });

  it('exits with 1 and a trace after an exception, and keeps the order of its output', () => {
    const source = 'import sys\nprint("one")\nprint("two", file=sys.stderr)\nprint("three")\nraise ValueError("é")\n';
    writeFileSync(path.join(root, 'raise.py'), source);
    const command = '"$0" raise.py 2>&1';
    const { status, stdout } = spawnSync('sh', ['-c', command, python3()], { cwd: root, encoding: 'utf8' });
    const trace = `  File "${root}/raise.py", line 5, in <module>\n    raise ValueError("é")\nValueError: é\n`;
    assert.deepEqual([status, stdout], [1, `one\ntwo\nthree\nTraceback (most recent call last):\n${trace}`]);
  });

  it('reports that packages are not available', () => {
    const message = "this Python has the standard library only and can't install packages: there is no pip\n";
    assert.deepEqual(run(['-m', 'pip', 'install', 'numpy']), { status: 1, stdout: '', stderr: `python3: ${message}` });
  });

  it('starts like a new Python process: nothing is defined, and random numbers differ', () => {
    const source = `
print(sorted(globals()))
import random, sys
print(random.random(), sys.path[:2])
sys.exit(3)
`;
    const runs = [0, 1].map(() => run(['-c', source], '', { PYTHONPATH: '/a' }));
    const numbers = runs.map(({ status, stdout, stderr }) => {
      const [, number] = /^\[('__\w+__'(?:, )?)*\]\n(?<number>0\.\d+) \['', '\/a'\]\n$/.exec(stdout)?.slice(1) ?? [];
      assert.ok(number, stdout);
      assert.deepEqual([status, stderr], [3, '']);
      return number;
    });
    assert.notEqual(numbers[0], numbers[1]);
  });

  it('reads and writes the files of the machine, also through links', () => {
    mkdirSync(path.join(root, 'data'));
    writeFileSync(path.join(root, 'data', 'in.txt'), 'rows');
    symlinkSync(path.join(root, 'data'), path.join(root, 'link'));
    const source = `
import os, shutil, sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    shutil.copy("link/in.txt", folder)
    os.makedirs(sys.argv[1] + "/out")
    shutil.move(os.path.join(folder, "in.txt"), "link/out/moved.txt")
print(os.path.realpath("link"), os.listdir("data"), os.path.exists(folder))
`;
    const { stdout, stderr } = run(['-', path.join(root, 'data')], source, { TMPDIR: tmpdir() });
    assert.equal(stdout, `${root}/data ['in.txt', 'out'] False\n`, stderr);
    assert.equal(readFileSync(path.join(root, 'data', 'out', 'moved.txt'), 'utf8'), 'rows');
  });

  it('waits for a slow reader', () => {
    const command = '"$0" -c "print(\'x\' * 1000000)" | (sleep 0.1; wc -c)';
    assert.equal(spawnSync('sh', ['-c', command, python3()], { encoding: 'utf8' }).stdout.trim(), '1000001');
  });

  describe("runs the template's tests and", () => {
    testRunnerCases(python3);
  });
});
