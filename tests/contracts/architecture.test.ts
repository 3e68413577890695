import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../tools/commandLine';
import { architectureViolations, partRoots } from './architecture';
import { importCircles } from './importGraph';

const mostFilesOfAFolder = 15;

/** The program files of some folders of the project, by path from its root. */
async function sourcesOf(roots: readonly string[]): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for (const root of roots.filter((part) => existsSync(path.join(projectRoot, part)))) {
    const files = await readdir(path.join(projectRoot, root), { recursive: true });
    for (const name of files.filter((name) => /\.(tsx?|mjs)$/.test(name)).sort()) {
      const file = path.posix.join(root, ...name.split(path.sep));
      sources.set(file, await readFile(path.join(projectRoot, file), 'utf8'));
    }
  }
  return sources;
}

describe('the architecture', () => {
  it('is kept by every file', async () => {
    const sources = await sourcesOf(partRoots);
    assert.deepEqual(
      [...sources].flatMap(([file, source]) => architectureViolations(file, source)),
      [],
    );
  });

  it('has no import circle', async () => {
    assert.deepEqual(
      importCircles(await sourcesOf(['cli', 'local', 'shared', 'tasks', 'sandbox', 'tools', 'template', 'hub'])),
      [],
    );
  });

  it('finds import circles, of types too', () => {
    const sources = {
      'a/a.ts': "import { b } from './b';",
      'a/b.ts': "import type { C } from '../c';\nimport './d.mjs';",
      'c.ts': "export type A = import('./a/a').A;",
      'a/d.mjs': "import './e.ts';\nimport 'node:fs';",
    };
    assert.deepEqual(importCircles(new Map(Object.entries(sources))), [['a/a.ts', 'a/b.ts', 'c.ts', 'a/a.ts']]);
  });

  it(`has at most ${mostFilesOfAFolder} files in each folder of shared/ and hub/`, async () => {
    const folders = [...(await sourcesOf(['shared', 'hub'])).keys()].map((file) => path.posix.dirname(file));
    const tooLarge = [...new Set(folders)]
      .map((folder) => ({ folder, files: folders.filter((other) => other === folder).length }))
      .filter(({ files }) => files > mostFilesOfAFolder);
    assert.deepEqual(tooLarge, []);
  });

  const forbidden: readonly [what: string, file: string, source: string, violation: string][] = [
    ['a task that imports another', 'tasks/A/task.ts', "import '../B/task';", ':1 imports tasks/B/task'],
    [
      'an arrow that points up',
      'shared/http/a.ts',
      "\nimport { b } from '../databricks/b';",
      ':2 imports shared/databricks/b',
    ],
    [
      'an API that imports an operation',
      'shared/databricks/api/a.ts',
      "export * from '../b';",
      ':1 imports shared/databricks/b',
    ],
    [
      'an operation that knows of inputs',
      'shared/databricks/a.ts',
      "type A = import('../task/inputs').Input;",
      ':1 imports shared/task/inputs',
    ],
    ['the product on the sandbox', 'tasks/A/task.ts', "await import('../../sandbox/a');", ':1 imports sandbox/a'],
    ['the sandbox on what starts it', 'sandbox/a.ts', "import '../local/a';", ':1 imports local/a'],
    ['the command line on the sandbox', 'cli/a.ts', "import '../sandbox/a';", ':1 imports sandbox/a'],
    ['the sandbox on the product', 'sandbox/a.mjs', "require('../shared/errors');", ':1 imports shared/errors'],
    [
      'task-lib elsewhere',
      'shared/task/a.ts',
      "import 'azure-pipelines-task-lib/task';",
      ':1 imports azure-pipelines-task-lib/task',
    ],
    [
      'the real agent elsewhere',
      'shared/task/a.ts',
      "import '../agent/taskLibAgent';",
      ':1 imports shared/agent/taskLibAgent',
    ],
    ['a stand-in on another', 'sandbox/databricks/a.ts', "import '../entra/entra';", ':1 imports sandbox/entra/entra'],
    ['a stand-in on the whole sandbox', 'sandbox/entra/a.ts', "import '../sandbox';", ':1 imports sandbox/sandbox'],
    ['a stand-in that nobody described', 'sandbox/misc/a.ts', '', ':1 is in no part'],
    ['axios elsewhere', 'shared/databricks/a.ts', "import axios from 'axios';", ':1 imports axios'],
    [
      'the Azure DevOps client elsewhere',
      'tasks/A/task.ts',
      "import 'azure-devops-node-api';",
      ':1 imports azure-devops-node-api',
    ],
    ["Node's modules in what a browser runs", 'shared/variables/a.ts', "import 'node:path';", ':1 imports node:path'],
    ['the file system elsewhere', 'shared/task/a.ts', "import { stat } from 'node:fs/promises';", ':1 imports node:fs'],
    ['the file system in a task', 'tasks/A/task.ts', "import 'fs';", ':1 imports fs'],
    [
      'the environment in an operation',
      'shared/databricks/a.ts',
      'const home = process.env.HOME;',
      ':1 uses process.env',
    ],
    ['an exit', 'shared/task/runTask.ts', 'process.exit(1);', ':1 uses process.exit'],
    ['the console', 'tasks/A/task.ts', "console.log('a');", ':1 uses console'],
    ['a result set by a task', 'tasks/A/task.ts', "agent.complete('Succeeded', '');", ':1 uses agent.complete'],
    ['the hub on more than variables', 'hub/a.ts', "import '../shared/errors';", ':1 imports shared/errors'],
    [
      'the SDK of the host elsewhere',
      'hub/page/a.tsx',
      "import 'azure-devops-extension-sdk';",
      ':1 imports azure-devops-extension-sdk',
    ],
    ['a part that nobody described', 'shared/misc/a.ts', '', ':1 is in no part'],
    [
      'a client on the dialect of another vendor',
      'shared/kubernetes/client/a.ts',
      "import '../../azure/dialect';",
      ':1 imports shared/azure/dialect',
    ],
    [
      'a dialect on its client',
      'shared/azure/dialect.ts',
      "import './resourceManager/client';",
      ':1 imports shared/azure/resourceManager/client',
    ],
    [
      'an operation that blames an input',
      'shared/azure/a.ts',
      "import { TaskError, InputError as E } from '../errors';",
      ':1 names the input in InputError',
    ],
    [
      'an operation that says what is wrong with an input',
      'shared/identity/a.ts',
      "\nconst problem = { input: 'connection', problem: 'is required.' };",
      ':2 names the input connection',
    ],
    [
      'an operation whose text names an input',
      'shared/databricks/a.ts',
      '"Check \'workspaceUrl\'."',
      ':1 names the input workspaceUrl',
    ],
    [
      'an operation whose template names an input',
      'shared/http/a.ts',
      "`${a} where 'useManagementToken' is ${b}`",
      ':1 names the input useManagementToken',
    ],
  ];
  for (const [what, file, source, violation] of forbidden) {
    it(`forbids ${what}`, () => {
      const violations = architectureViolations(file, source);
      assert.equal(violations.length, 1, violations.join('\n'));
      assert.ok(violations[0]?.startsWith(`${file}${violation}`), violations[0]);
    });
  }

  const allowed: readonly [what: string, file: string, source: string][] = [
    ['the sign-in on the dialect of a vendor', 'shared/identity/a.ts', "import '../devops/dialect';"],
    ['a client on its dialect', 'shared/azure/resourceManager/client.ts', "import '../dialect';"],
    ['shared/task that names an input', 'shared/task/a.ts', '"Input \'workspaceUrl\'"'],
    ['an operation with a field of the same name', 'shared/kubernetes/a.ts', "const field = 'restartPolicy';"],
  ];
  for (const [what, file, source] of allowed)
    it(`allows ${what}`, () => assert.deepEqual(architectureViolations(file, source), []));
});
