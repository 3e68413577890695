import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'mocha';
import { machinePythonRunner } from '../../sandbox/databricks/notebooks/machinePythonRunner';
import type {
  NotebookOutcome,
  NotebookRequest,
  NotebookRunner,
} from '../../sandbox/databricks/notebooks/notebookRunner';
import { pyodideRunner } from '../../sandbox/databricks/notebooks/pyodideRunner';
import { NotebookWorkspace } from './notebookWorkspace';

const separator = '\n\n# COMMAND ----------\n\n';
const never = new AbortController().signal;

/** A notebook in source format out of the texts of its cells. */
function notebook(...cells: readonly string[]): string {
  return `# Databricks notebook source\n${cells.join(separator)}\n`;
}

function withoutColours(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

const hasPython = spawnSync('python3', ['--version']).status === 0;

for (const { name, start, present } of [
  { name: 'Pyodide', start: pyodideRunner, present: true },
  { name: "the machine's Python", start: machinePythonRunner, present: hasPython },
]) {
  (present ? describe : describe.skip)(`A notebook run in ${name}`, function () {
    this.timeout(60_000);
    let runner: NotebookRunner;

    before(() => {
      runner = start();
    });
    after(() => runner.close());

    async function run(
      contents: Readonly<Record<string, string | Uint8Array>>,
      changes: Partial<NotebookRequest> = {},
    ): Promise<NotebookOutcome> {
      return runner.run(new NotebookWorkspace(contents).request('/Shared/model/main', changes), never);
    }

    async function failureOf(source: string): Promise<{ error: string; trace: string; logs: string }> {
      const outcome = await run({ '/Shared/model/main': source });
      assert.equal(outcome.kind, 'failed', outcome.logs);
      return { ...outcome, trace: withoutColours(outcome.trace) };
    }

    it('runs its cells in one namespace, skips Markdown, installs nothing and returns its output', async () => {
      const outcome = await run({
        '/Shared/model/main': notebook(
          '# MAGIC %md\n# MAGIC # A title',
          '# MAGIC %pip install numpy==2.0',
          '# DBTITLE 1,First\nimport sys\nx = 20',
          '# MAGIC %python\n# MAGIC y = x + 1\n# MAGIC y * 2',
          '%pip install scipy\nprint(y)\nprint("trouble", file=sys.stderr)',
          'display({"a": 1})',
        ),
      });
      assert.deepEqual(outcome, {
        kind: 'finished',
        logs: "[sandbox] not executed: %pip install numpy==2.0\n42\n[sandbox] not executed: %pip install scipy\n21\ntrouble\n{'a': 1}\n",
        taskValues: {},
      });
    });

    it('can be a Jupyter file, with a top-level await', async () => {
      const cells = [
        { cell_type: 'markdown', source: ['# not *Python*'] },
        {
          cell_type: 'code',
          source: ['import asyncio\n', 'async def two():\n', '    await asyncio.sleep(0)\n', '    return 2'],
        },
        { cell_type: 'code', source: 'dbutils.notebook.exit(str(await two()))' },
      ];
      const outcome = await run({ '/Shared/model/main': JSON.stringify({ cells, metadata: {}, nbformat: 4 }) });
      assert.equal(outcome.kind === 'exited' && outcome.result, '2');
    });

    it('reads widgets from parameters, otherwise from defaults', async () => {
      const outcome = await run(
        {
          '/Shared/model/main': notebook(
            'dbutils.widgets.text("rows", "10")\ndbutils.widgets.dropdown("mode", "fast", ["fast", "slow"])',
            'dbutils.widgets.remove("mode")\ntry:\n    dbutils.widgets.get("mode")\nexcept Exception as error:\n    print(type(error).__name__, error)',
            'print(dbutils.widgets.getAll(), dbutils.widgets.get("only parameter"), dbutils.widgets.getArgument("none", "other"))',
          ),
        },
        { parameters: { rows: '500', 'only parameter': 'yes' } },
      );
      assert.equal(
        outcome.logs,
        "InputWidgetNotDefined No input widget named mode is defined\n{'rows': '500', 'only parameter': 'yes'} yes other\n",
      );
    });

    it('includes another notebook with %run, with its own widget values', async () => {
      const outcome = await run({
        '/Shared/model/main': notebook(
          '# MAGIC %run ../common/settings $scale="3" $unit=cm',
          'print(scaled(5), dbutils.widgets.get("unit"))',
        ),
        '/Shared/common/settings': notebook(
          '# MAGIC %run ./deeper',
          'dbutils.widgets.text("scale", "1")\ndbutils.widgets.text("unit", "mm")\ndef scaled(x):\n    return times(x, int(dbutils.widgets.get("scale")))',
        ),
        '/Shared/common/deeper': 'def times(a, b):\n    return a * b',
      });
      assert.equal(outcome.logs, '15 cm\n');
    });

    it('runs another notebook with its own namespace and receives its exit value or its error', async () => {
      const outcome = await run({
        '/Shared/model/main': notebook(
          'secret = 1\nprint(dbutils.notebook.run("./child", 60, {"x": "4"}))',
          'for path in ["./broken", "./absent"]:\n    try:\n        dbutils.notebook.run(path, 0)\n    except Exception as error:\n        print(error)',
          'print(dbutils.notebook.run("/Shared/model/silent", 0), "bystander" in globals())',
        ),
        '/Shared/model/child':
          'try:\n    dbutils.notebook.exit(dbutils.widgets.get("x") + str("secret" in globals()))\nexcept Exception:\n    print("swallowed")',
        '/Shared/model/broken': '1 / 0',
        '/Shared/model/silent': 'bystander = 1',
      });
      assert.equal(
        outcome.logs,
        '4False\nFAILED: /Shared/model/broken: ZeroDivisionError: division by zero\nFAILED: Notebook not found: ./absent\nNone False\n',
      );
    });

    it('stops another notebook at the given timeout', async () => {
      const outcome = await run({
        '/Shared/model/main':
          'import time\nfor path in ["busy", "asleep"]:\n    try:\n        dbutils.notebook.run(path, 0.05)\n    except Exception as error:\n        print(error)',
        '/Shared/model/busy': 'while True:\n    try:\n        pass\n    except Exception:\n        pass',
        '/Shared/model/asleep': 'import time\ntime.sleep(3600)',
      });
      assert.equal(
        outcome.logs,
        'TIMEDOUT: /Shared/model/busy was not done within 0.05 s\nTIMEDOUT: /Shared/model/asleep was not done within 0.05 s\n',
      );
    });

    it('reads the task values of earlier tasks and sets its own', async () => {
      const outcome = await run(
        {
          '/Shared/model/main': notebook(
            'values = dbutils.jobs.taskValues\nprint(values.get("prepare", "rows"), values.get("prepare", "none", default=7))',
            'values.set("scores", {"a": [1, 2.5]})\nfor key, value in [("big", "x" * 50000), ("odd", {1, 2})]:\n    try:\n        values.set(key, value)\n    except Exception as error:\n        print(error)',
            'values.get(taskKey="prepare", key="none")',
          ),
        },
        { taskValues: new Map([['prepare', new Map([['rows', 150]])]]) },
      );
      assert.equal(
        outcome.kind === 'failed' && outcome.error,
        'ValueError: No earlier task prepare has set a task value none, and no default was given',
      );
      assert.equal(
        outcome.logs,
        '150 7\nTask value big takes 50002 bytes as JSON; the limit is 49152\nObject of type set is not JSON serializable\n',
      );
      assert.deepEqual(outcome.taskValues, { scores: { a: [1, 2.5] } });
    });

    it('imports modules and opens files by relative and by workspace path, and saves its changes to the workspace', async () => {
      const workspace = new NotebookWorkspace({
        '/Shared/model/main': notebook(
          'import os, sys, pathlib\nimport near\nsys.path.append("/Workspace/Shared/lib")\nimport far',
          'print(os.getcwd(), near.NAME, far.NAME, open("data/rows.csv").read(), list(open("/Workspace/Shared/raw.bin", "rb").read()))',
          'os.makedirs("/Workspace/Shared/model/out", exist_ok=True)\npathlib.Path("/Workspace/Shared/model/out/model.json").write_text("{}")',
          'with open("data/rows.csv", "w") as file:\n    file.write("1,3")',
        ),
        '/Shared/model/near.py': 'NAME = "near"',
        '/Shared/lib/far.py': 'NAME = "far"',
        '/Shared/model/data/rows.csv': '1,2',
        '/Shared/raw.bin': new Uint8Array([0, 255, 128]),
      });
      const written: string[] = [];
      const request = workspace.request('/Shared/model/main', {
        writeFile: (path, content) => written.push(`${path}: ${Buffer.from(content).toString()}`),
      });
      const outcome = await runner.run(request, never);
      assert.deepEqual(outcome, {
        kind: 'finished',
        logs: '/Workspace/Shared/model near far 1,2 [0, 255, 128]\n2\n',
        taskValues: {},
      });
      assert.deepEqual(written, ['/Shared/model/data/rows.csv: 1,3', '/Shared/model/out/model.json: {}']);
    });

    it('provides its path, job and user', async () => {
      const outcome = await run({
        '/Shared/model/main': notebook(
          'context = dbutils.notebook.entry_point.getDbutils().notebook().getContext()',
          'print(context.notebookPath().get(), context.userName().get(), context.tags().apply("jobId"))',
        ),
      });
      assert.equal(outcome.logs, '/Shared/model/main ada@example.com 11\n');
    });

    it('fails with the error and a trace of only the code of the workspace', async () => {
      const outcome = await run({
        '/Shared/model/main': notebook(
          'x = 0',
          'from near import divide\ntry:\n    divide(1, x)\nexcept ZeroDivisionError as error:\n    raise ValueError("bad thing") from error',
        ),
        '/Shared/model/near.py': 'def divide(a, b):\n    return a / b\n',
      });
      assert.equal(outcome.kind === 'failed' && outcome.error, 'ValueError: bad thing');
      assert.equal(
        outcome.kind === 'failed' && withoutColours(outcome.trace),
        [
          '---------------------------------------------------------------------------',
          'ValueError                                Traceback (most recent call last)',
          'File /Workspace/Shared/model/main (cell 2), line 8',
          '      6 from near import divide',
          '      7 try:',
          '----> 8     divide(1, x)',
          '      9 except ZeroDivisionError as error:',
          '     10     raise ValueError("bad thing") from error',
          '',
          'File /Workspace/Shared/model/near.py, line 2, in divide',
          '      1 def divide(a, b):',
          '----> 2     return a / b',
          '',
          'ZeroDivisionError: division by zero',
          '',
          'The above exception was the direct cause of the following exception:',
          '',
          'File /Workspace/Shared/model/main (cell 2), line 10',
          '      8     divide(1, x)',
          '      9 except ZeroDivisionError as error:',
          '---> 10     raise ValueError("bad thing") from error',
          '',
          'ValueError: bad thing',
        ].join('\n'),
      );
    });

    it('reports the line that requires Spark', async () => {
      const imported = await failureOf(notebook('x = 1', 'import math\nimport pyspark.sql'));
      assert.equal(
        imported.error,
        'NoSpark: The sandbox has no Spark. The notebook asked for it in /Shared/model/main (cell 2), line 7.',
      );
      const used = await failureOf('rows = 3\nspark.range(rows)');
      assert.equal(
        used.error,
        'NoSpark: The sandbox has no Spark. The notebook asked for it in /Shared/model/main (cell 1), line 2.',
      );
    });

    it('uses Spark if it is available', async () => {
      const outcome = await run({
        '/Shared/model/main': 'print(spark.version, sc.name)',
        '/Shared/model/pyspark/__init__.py': '',
        '/Shared/model/pyspark/sql.py': [
          'from types import SimpleNamespace as Object',
          'session = Object(version="4.0", sparkContext=Object(name="context"))',
          'SparkSession = Object(builder=Object(getOrCreate=lambda: session))',
        ].join('\n'),
      });
      assert.equal(outcome.logs, '4.0 context\n');
    });

    it('fails with an explanation on features that only a workspace has', async () => {
      const sql = await failureOf(notebook('print(1)', '# MAGIC %sql\n# MAGIC SELECT 1'));
      assert.equal(sql.error, 'SandboxLimitation: The sandbox runs no SQL: /Shared/model/main (cell 2), line 6.');
      assert.equal(sql.logs, '1\n');
      const magic = await failureOf('x = 1\n%time x = 2');
      assert.equal(
        magic.error,
        "SandboxLimitation: The sandbox does not know the magic '%time x = 2': /Shared/model/main (cell 1), line 2.",
      );
      const secret = await failureOf('dbutils.secrets.get("scope", "key")');
      assert.match(secret.error, /^SandboxLimitation: The sandbox has no secret scopes/);
    });

    it('fails on a syntax error, on sys.exit and when Python exits, and keeps its output and its task values', async () => {
      const syntax = await failureOf(notebook('x = 1', 'x = = 2'));
      assert.match(syntax.error, /^SyntaxError: invalid syntax/);
      assert.match(syntax.trace, /File "\/Workspace\/Shared\/model\/main \(cell 2\)", line 6\n +x = = 2/);
      assert.equal((await failureOf('import sys\nsys.exit(3)')).error, 'SystemExit: 3');
      const gone = await run({
        '/Shared/model/main': 'import os\ndbutils.jobs.taskValues.set("a", 1)\nprint("last words")\nos._exit(3)',
      });
      assert.match(gone.kind === 'failed' ? gone.error : '', /Python interpreter/);
      assert.equal(gone.logs, 'last words\n');
      assert.deepEqual(gone.taskValues, { a: 1 });
    });

    it('is stopped at its timeout', async () => {
      const outcome = await run({ '/Shared/model/main': 'while True:\n    pass' }, { timeoutSeconds: 0.05 });
      assert.equal(outcome.kind, 'timedOut');
    });

    it('is canceled by its signal, before it starts and while it runs', async () => {
      const workspace = new NotebookWorkspace({ '/Shared/model/main': 'while True:\n    pass' });
      const request = workspace.request('/Shared/model/main');
      assert.equal((await runner.run(request, AbortSignal.abort())).kind, 'canceled');
      assert.equal((await runner.run(request, AbortSignal.timeout(200))).kind, 'canceled');
    });

    it('shares nothing with earlier and concurrent runs', async () => {
      const contents = {
        '/Shared/model/main': notebook(
          'import builtins, random\nprint(hasattr(builtins, "leak"))',
          'builtins.leak = 1',
          'dbutils.notebook.exit(str(random.random()))',
        ),
      };
      const outcomes = [...(await Promise.all([run(contents), run(contents)])), await run(contents)];
      assert.deepEqual(
        outcomes.map(({ logs }) => logs),
        ['False\n', 'False\n', 'False\n'],
      );
      const numbers = outcomes.map((outcome) => (outcome.kind === 'exited' ? outcome.result : ''));
      assert.equal(new Set(numbers).size, 3);
    });
  });
}

(hasPython ? describe : describe.skip)("A notebook run in the machine's Python", () => {
  it('ends the background processes of the notebook', async () => {
    // Until its end a child process keeps the output open, and the run with it.
    const source =
      'import subprocess, threading, time\nchild = subprocess.Popen(["sleep", "3600"])\nthreading.Thread(target=time.sleep, args=(3600,)).start()';
    const outcome = await machinePythonRunner().run(new NotebookWorkspace({ '/n': source }).request('/n'), never);
    assert.equal(outcome.kind, 'finished');
  });
});

describe('A notebook runner that is closed', function () {
  this.timeout(60_000);

  it('cancels active runs', async () => {
    const runner = pyodideRunner();
    const running = runner.run(new NotebookWorkspace({ '/n': 'while True:\n    pass' }).request('/n'), never);
    await runner.close();
    assert.equal((await running).kind, 'canceled');
  });
});

describe('A notebook runner without a Python', () => {
  it('fails the run with this reason', async () => {
    const outcome = await machinePythonRunner('/no/such/python').run(
      new NotebookWorkspace({ '/n': '1' }).request('/n'),
      never,
    );
    assert.equal(
      outcome.kind === 'failed' && outcome.error,
      '/no/such/python could not be started: spawn /no/such/python ENOENT.',
    );
  });
});
