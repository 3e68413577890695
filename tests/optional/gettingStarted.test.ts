import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../tools/commandLine';

const page = 'template/docs/getting_started.md';

/** What the page has its reader do or see, in order. */
type Part =
  | { readonly kind: 'bash' | 'diff' | 'text'; readonly content: string }
  /** The last change is taken back. */
  | { readonly kind: 'undo' };

async function partsOf(file: string): Promise<readonly Part[]> {
  const text = await readFile(join(projectRoot, file), 'utf8');
  const found = text.matchAll(/^```(bash|diff|text)\n([^]*?)^```$|Restore the line/gm);
  return [...found].map(([, kind, content = '']) =>
    kind === undefined ? { kind: 'undo' } : { kind: kind as 'bash' | 'diff' | 'text', content },
  );
}

/** Figures are those of the machine; the rest is what the page says. */
function withoutFigures(text: string): string {
  return text.trim().replaceAll(/\d+(\.\d+)*(:\d+)?/g, '#');
}

describe(`The instructions of ${page}`, function () {
  this.timeout(600_000);
  let folder: string;
  let clone: string;

  before(async function () {
    for (const command of ['bash', 'git'])
      if (spawnSync(command, ['--version']).status !== 0) {
        process.stderr.write(`SKIPPED: following ${page} needs ${command}.\n`);
        this.skip();
      }
    folder = await mkdtemp(join(tmpdir(), 'getting-started-'));
    clone = join(folder, 'clone');
    const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: projectRoot });
    for (const file of listed.toString().split('\0').filter(Boolean))
      await cp(join(projectRoot, file), join(clone, file));
    // As `npm ci` would leave it.
    await symlink(join(projectRoot, 'node_modules'), join(clone, 'node_modules'));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('can be followed in their order, with the described result', async () => {
    let [shown, change] = ['', ''];
    for (const part of await partsOf(page)) {
      if (part.kind === 'bash' && part.content !== 'npm ci\n') shown = bash(part.content);
      if (part.kind === 'diff') apply((change = part.content), []);
      if (part.kind === 'undo') apply(change, ['--reverse']);
      if (part.kind !== 'text') continue;
      const expected = withoutFigures(part.content);
      const lines = `\n${withoutFigures(shown)}\n`;
      assert.ok(lines.includes(`\n${expected}\n`), `${shown}\n\nshould have the lines\n\n${part.content}`);
    }
    assert.ok(change, 'nothing was changed');
  });

  function bash(script: string): string {
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', script], { cwd: clone, encoding: 'utf8' });
    assert.equal(status, 0, `${script}\n${stdout}\n${stderr}`);
    return stdout;
  }

  function apply(change: string, options: readonly string[]): void {
    const { status, stderr } = spawnSync('git', ['apply', '--recount', ...options, '-'], {
      cwd: join(folder, 'models'),
      input: change,
      encoding: 'utf8',
      env: { ...process.env, GIT_CEILING_DIRECTORIES: folder },
    });
    assert.equal(status, 0, stderr);
  }
});
