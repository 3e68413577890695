import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fs from 'node:fs';
import * as git from 'isomorphic-git';
import { commitObject, treeObjects, type TreeFile } from '../../../../../shared/devops/repository/git/objects';
import { packOf } from '../../../../../shared/devops/repository/git/pack';

const facts = { message: 'Create', author: { name: 'A', email: 'a@example.com' }, seconds: 1_700_000_000 };

function file(path: string, content: string | Uint8Array = path, isExecutable = false): TreeFile {
  return { path, content: Buffer.from(content), isExecutable };
}

const files: readonly TreeFile[] = [
  file('run.sh', '#!/bin/sh\r\necho\r\n', true),
  file('empty', ''),
  file('zeros.bin', Buffer.alloc(100_000)),
  // A folder is sorted as if its name ended with a slash: between `a-b` and `a0`.
  file('a/deep/er/file'),
  file('a-b'),
  file('a0'),
  file('a.txt', 'same'),
  file('a/copy.txt', 'same'),
  file('ü/ß.txt'),
  file('15', 'x'.repeat(15)),
  file('16', 'x'.repeat(16)),
  file('2047', 'x'.repeat(2047)),
  file('2048', 'x'.repeat(2048)),
];

describe('packOf', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pack-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes what another implementation of git reads as the same files', async () => {
    const objects = treeObjects(files);
    const commit = commitObject({ ...facts, tree: objects.at(-1)?.id ?? '' });
    await git.init({ fs, dir: folder });
    await mkdir(join(folder, '.git/objects/pack'), { recursive: true });
    await writeFile(join(folder, '.git/objects/pack/pack-1.pack'), await packOf([...objects, commit]));
    await git.indexPack({ fs, dir: folder, filepath: '.git/objects/pack/pack-1.pack' });
    const read = await git.readCommit({ fs, dir: folder, oid: commit.id });
    assert.equal(read.commit.message, 'Create\n');
    assert.equal(read.commit.author.timestamp, facts.seconds);
    const found: TreeFile[] = [];
    const enter = async (oid: string, above: string): Promise<void> => {
      for (const entry of (await git.readTree({ fs, dir: folder, oid })).tree) {
        const path = above + entry.path;
        if (entry.type === 'tree') await enter(entry.oid, `${path}/`);
        else {
          const { blob } = await git.readBlob({ fs, dir: folder, oid: entry.oid });
          found.push({ path, content: Buffer.from(blob), isExecutable: entry.mode === '100755' });
        }
      }
    };
    await enter(read.commit.tree, '');
    const byPath = (a: TreeFile, b: TreeFile): number => (a.path < b.path ? -1 : 1);
    assert.deepEqual(found.sort(byPath), [...files].sort(byPath));
  });

  it('writes what git itself accepts without a complaint', function () {
    if (spawnSync('git', ['--version']).error) return this.skip();
    const objects = treeObjects(files);
    const commit = commitObject({ ...facts, tree: objects.at(-1)?.id ?? '' });
    execFileSync('git', ['init', '--quiet', '--bare', folder]);
    return packOf([...objects, commit]).then((pack) => {
      writeFileSync(join(folder, 'new.pack'), pack);
      execFileSync('git', ['-C', folder, 'index-pack', '--strict', '--stdin'], { input: pack });
      execFileSync('git', ['-C', folder, 'update-ref', 'refs/heads/main', commit.id]);
      const complaints = execFileSync('git', ['-C', folder, 'fsck', '--strict', '--full'], { encoding: 'utf8' });
      assert.equal(complaints, '');
    });
  });

  it('has each object once', () => {
    const ids = treeObjects(files).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });
});
