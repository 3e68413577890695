import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../tools/commandLine';
import { wordingRules, wordingViolations } from './wording';

/** The texts that people read: what is in these files and folders, by the ends of their names. */
const sources: readonly { readonly in: string; readonly files?: RegExp }[] = [
  { in: 'README.md' },
  { in: 'overview.md' },
  { in: 'CONTRIBUTING.md' },
  { in: 'CHANGELOG.md' },
  { in: 'vss-extension.json' },
  { in: 'docs', files: /\.(md|svg)$/ },
  { in: 'tasks', files: /\.(json|ts)$/ },
  { in: 'template', files: /\.(md|py|txt|yml)$|schema\.json$|Dockerfile$/ },
  { in: 'shared', files: /\.ts$|schema\.json$/ },
  { in: 'cli', files: /\.ts$/ },
  { in: 'hub', files: /\.(tsx?|html|css)$/ },
  { in: 'sandbox', files: /\.(md|mjs|py|ts)$/ },
  { in: 'tools', files: /\.(ts|yaml)$/ },
  { in: 'bench', files: /\.ts$/ },
  { in: 'tests', files: /\.(py|ts)$/ },
];

/** The rules themselves contain the words. */
const exceptions = ['tests/contracts/wording.ts', 'tests/contracts/wording.test.ts'];

async function filesOf({ in: place, files }: (typeof sources)[number]): Promise<readonly string[]> {
  if (!existsSync(path.join(projectRoot, place))) return [];
  if (!files) return [place];
  const names = await readdir(path.join(projectRoot, place), { recursive: true });
  return names.filter((name) => files.test(name)).map((name) => path.posix.join(place, ...name.split(path.sep)));
}

describe('the wording', () => {
  for (const source of sources)
    it(`follows the rules: ${source.in}`, async () => {
      const files = (await filesOf(source)).filter((file) => !exceptions.includes(file));
      const texts = files.map(async (file) =>
        wordingViolations(file, await readFile(path.join(projectRoot, file), 'utf8')),
      );
      assert.deepEqual((await Promise.all(texts)).flat(), []);
    });

  for (const { words, example, instead } of wordingRules)
    it(`rejects '${example}'`, () => {
      for (const [file, source] of [
        ['docs/a.md', `# Title\n\n${example}\n`],
        ['shared/a.ts', `const a = ${JSON.stringify(`${example} `)};`],
        ['shared/a.ts', `/**\n * ${example.replaceAll(' ', '\n * ')}\n */\nconst a = 1;`],
        ['template/a.yml', `a: 1\n# ${example}\n`],
      ] as const)
        assert.ok(
          wordingViolations(file, source).some((violation) => violation.endsWith(`: write ${instead}`)),
          `${String(words)}: ${source}`,
        );
    });

  const accepted: readonly [file: string, source: string][] = [
    ['docs/a.md', 'There is no cluster of this name. It is no longer running. The notebook counts rows.\n'],
    ['docs/a.md', '> The file is no valid YAML.\n\n```text\nEnded badly: runs that ended badly\n```\n'],
    ['shared/a.ts', "const honest = { anew: 'anew' }; // The number of counts for each class."],
    ['tests/a.test.ts', "it('reports the status', () => { say('Nobody is sent to it.'); });"],
  ];
  for (const [file, source] of accepted)
    it(`accepts ${JSON.stringify(source)}`, () => {
      assert.deepEqual(wordingViolations(file, source), []);
    });

  it('is reported with file and line', () => {
    assert.deepEqual(wordingViolations('tasks/A/task.ts', "\n\nit('starts anew');"), [
      "tasks/A/task.ts:3 'anew': write again, another, recreate",
    ]);
  });
});
