import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { hashBlob } from 'isomorphic-git';
import { decodeCommit, encodeCommit } from '../../../../sandbox/devops/git/objects/commit';
import { readFiles, writeFiles } from '../../../../sandbox/devops/git/objects/files';
import { log, mergeBase } from '../../../../sandbox/devops/git/objects/history';
import { mergeCommits } from '../../../../sandbox/devops/git/objects/merge';
import { ObjectStore } from '../../../../sandbox/devops/git/objects/objectStore';
import { readPack, writePack } from '../../../../sandbox/devops/git/objects/pack';
import { isRefName } from '../../../../sandbox/devops/git/repositories/refName';

const signature = { name: 'A U Thor', email: 'author@example.com', seconds: 1_112_911_993, zone: '-0700' };

describe('The objects of a Git repository', () => {
  let objects: ObjectStore;
  beforeEach(() => {
    objects = new ObjectStore();
  });
  const blob = (content: string | Buffer) => objects.write('blob', Buffer.from(content));
  let second = 0;
  /** A commit of files, each a second newer than the one before. */
  const commit = (files: Readonly<Record<string, string | Buffer>>, ...parents: readonly string[]) => {
    const entries = Object.entries(files).map(
      ([path, content]) => [path, { mode: '100644', oid: blob(content) }] as const,
    );
    const at = { ...signature, seconds: ++second };
    return objects.writeCommit({
      tree: writeFiles(objects, new Map(entries)),
      parents,
      author: at,
      committer: at,
      message: `Commit ${second}`,
    });
  };
  const contentOf = (tree: string | undefined) =>
    Object.fromEntries(
      [...readFiles(objects, tree ?? '')].map(([path, { oid }]) => [path, objects.readBlob(oid).toString()]),
    );

  it('have the ids that git gives them', async () => {
    assert.equal(objects.writeTree([]), '4b825dc642cb6eb9a060e54bf8d69288fbee4904');
    assert.equal(blob(''), 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
    const bytes = Buffer.from([0, 255, 10]);
    assert.equal(blob(bytes), (await hashBlob({ object: bytes })).oid);
  });

  it('sort folders in a tree as if their names ended with a slash', () => {
    const file = { mode: '100644', oid: blob('x') };
    const tree = writeFiles(
      objects,
      new Map([
        ['a/b', file],
        ['a.b', file],
        ['a0', file],
      ]),
    );
    assert.deepEqual(
      objects.readTree(tree).map(({ name }) => name),
      ['a.b', 'a', 'a0'],
    );
  });

  it('keep a commit with all its lines', () => {
    const given = {
      tree: objects.writeTree([]),
      parents: ['1'.repeat(40), '2'.repeat(40)],
      author: signature,
      committer: { ...signature, name: 'Ünï' },
      message: 'First\n\nparent of nothing\n',
    };
    assert.deepEqual(decodeCommit(encodeCommit(given)), given);
  });

  it('come out of a pack as they went in', async () => {
    const ids = [blob(''), blob('a'.repeat(100_000)), blob(Buffer.alloc(5000, 7)), commit({ 'd/a': 'a' })];
    const other = new ObjectStore();
    assert.deepEqual(new Set(await readPack(other, await writePack(objects, ids))), new Set(ids));
    for (const oid of ids) assert.deepEqual(other.read(oid), objects.read(oid));
  });

  it('come out of a pack whose deltas lean on objects that are stored already', async () => {
    const base = blob('0123456789'.repeat(10));
    // A delta: both sizes, a copy of the 100 bytes of the base, and one new byte.
    const delta = Buffer.from([100, 101, 0x90, 100, 1, 0x21]);
    const head = Buffer.from([...Buffer.from('PACK'), 0, 0, 0, 2, 0, 0, 0, 1, (7 << 4) | delta.length]);
    const pack = Buffer.concat([head, Buffer.from(base, 'hex'), deflateSync(delta)]);
    const [oid = ''] = await readPack(objects, Buffer.concat([pack, createHash('sha1').update(pack).digest()]));
    assert.equal(objects.readBlob(oid).toString(), `${'0123456789'.repeat(10)}!`);
  });

  it('are refused in a damaged pack', async () => {
    const pack = await writePack(objects, [blob('a')]);
    const last = pack.length - 1;
    pack[last] = (pack[last] ?? 0) ^ 1;
    await assert.rejects(() => readPack(new ObjectStore(), pack), /checksum/);
    await assert.rejects(() => readPack(new ObjectStore(), Buffer.from('no pack at all, but long enough for one')));
  });

  it('are listed with every commit before its parents', () => {
    const root = commit({ a: '1' });
    const [left, right] = [commit({ a: '2' }, root), commit({ a: '3' }, root)];
    const merge = commit({ a: '4' }, left, right);
    assert.deepEqual(log(objects, merge), [merge, right, left, root]);
    assert.equal(mergeBase(objects, left, right), root);
    assert.equal(mergeBase(objects, merge, right), right);
    assert.equal(mergeBase(objects, commit({ b: 'x' }), right), undefined);
  });

  it('are merged line by line, with the line ends that they have', () => {
    const base = commit({ a: 'one\r\ntwo\r\nthree\r\nfour\r\nfive\r\n', gone: 'x', kept: 'k' });
    const ours = commit({ a: 'ONE\r\ntwo\r\nthree\r\nfour\r\nfive\r\n', gone: 'x', kept: 'k', ours: 'o' }, base);
    const theirs = commit({ a: 'one\r\ntwo\r\nthree\r\nfour\r\nFIVE\r\n', kept: 'k', theirs: 't' }, base);
    assert.deepEqual(contentOf(mergeCommits(objects, ours, theirs).tree), {
      a: 'ONE\r\ntwo\r\nthree\r\nfour\r\nFIVE\r\n',
      kept: 'k',
      ours: 'o',
      theirs: 't',
    });
  });

  it('conflict where both sides changed the same', () => {
    // Merged line by line, these would not conflict.
    const binary = (first: string, last: string) => Buffer.from(`\0${first}\n2\n3\n4\n${last}\n`);
    const base = commit({ lines: 'a\n', gone: 'a', left: 'a', binary: binary('1', '5') });
    const ours = commit({ lines: 'b\n', gone: 'b', added: 'b', binary: binary('x', '5') }, base);
    const theirs = commit({ lines: 'c\n', left: 'c', added: 'c', binary: binary('1', 'x') }, base);
    const { tree, conflicts } = mergeCommits(objects, ours, theirs);
    assert.equal(tree, undefined);
    assert.deepEqual(
      new Map(conflicts.map(({ path, type }) => [path, type])),
      new Map([
        ['/lines', 'editEdit'],
        ['/gone', 'deleteEdit'],
        ['/left', 'editDelete'],
        ['/added', 'addAdd'],
        ['/binary', 'editEdit'],
      ]),
    );
  });
});

describe('The name of a reference', () => {
  for (const name of ['refs/heads/main', 'refs/heads/a/b-c.d', 'refs/tags/v1.0'])
    it(`can be ${name}`, () => assert.ok(isRefName(name)));
  for (const name of [
    'main',
    'refs/heads',
    'refs/heads/',
    'refs/heads/a..b',
    'refs/heads/.a',
    'refs/heads/a.lock',
    'refs/heads/a b',
    'refs/heads/a//b',
    'refs/heads/a~1',
    'refs/heads/a@{1}',
    'refs/heads/a.',
  ])
    it(`cannot be ${name}`, () => assert.equal(isRefName(name), false));
});
