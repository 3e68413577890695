import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../tools/commandLine';

const support = 'tests/support/fixedSeed.ts';

describe('the seed of generated cases', () => {
  it('is fixed in every suite, so that code which has not changed does not fail', async () => {
    const read = (name: string): Promise<string> => readFile(path.join(projectRoot, name), 'utf8');
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Readonly<Record<string, string>> };
    const suites = Object.entries(scripts).filter(([, command]) => /^mocha .*--no-config/.test(command));
    assert.ok(suites.length >= 4);
    for (const [name, command] of suites) assert.ok(command.includes(`--require ${support} `), name);
    const { require: required } = JSON.parse(await read('.mocharc.json')) as { require: readonly string[] };
    assert.ok(required.includes(support));
  });
});
