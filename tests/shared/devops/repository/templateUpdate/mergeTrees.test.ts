import assert from 'node:assert/strict';
import { blobObject, type TreeFile } from '../../../../../shared/devops/repository/git/objects';
import { entriesOf } from '../../../../../shared/devops/repository/marker';
import { mergeTrees, type MergedTrees } from '../../../../../shared/devops/repository/templateUpdate/mergeTrees';

type Files = Readonly<Record<string, string | Buffer>>;

const labels = { theirs: 'this repository', template: 'template' };

/** A path that ends with `*` is executable. */
function filesOf(files: Files): readonly TreeFile[] {
  return Object.entries(files).map(([path, content]) => ({
    path: path.replace(/\*$/, ''),
    content: Buffer.from(content),
    isExecutable: path.endsWith('*'),
  }));
}

async function merge(
  sides: { readonly base: Files; readonly template: Files; readonly theirs: Files },
  {
    originals = new Map(),
    isForgotten = false,
  }: { readonly originals?: MergedTrees['originals']; readonly isForgotten?: boolean } = {},
): Promise<MergedTrees & { readonly files: Readonly<Record<string, string>> }> {
  const all = [...filesOf(sides.base), ...filesOf(sides.theirs)];
  const contents = new Map(all.map(({ content }) => [blobObject(content).id, content]));
  const forgotten = new Set(isForgotten ? filesOf(sides.base).map(({ content }) => blobObject(content).id) : []);
  const merged = await mergeTrees({
    marker: { content: '', files: entriesOf(filesOf(sides.base)), originals },
    rendered: filesOf(sides.template),
    theirs: entriesOf(filesOf(sides.theirs)),
    read: (id) => Promise.resolve(forgotten.has(id) ? undefined : contents.get(id)),
    labels,
  });
  for (const { id, content } of merged.blobs) contents.set(id, content);
  const files = Object.fromEntries(
    [...merged.entries].map(([path, { mode, id }]) => [
      mode === '100755' ? `${path}*` : path,
      Buffer.from(contents.get(id) ?? assert.fail(path)).toString('latin1'),
    ]),
  );
  return { ...merged, files };
}

const binary = (text: string): Buffer => Buffer.from(`\0${text}`);

describe('mergeTrees', () => {
  const cases: readonly {
    readonly what: string;
    readonly base: Files;
    readonly template: Files;
    readonly theirs: Files;
    readonly files: Files;
    readonly outcomes: readonly string[];
  }[] = [
    {
      what: 'takes what only the template changed, added and deleted',
      base: { a: '1', b: '1', c: '1', empty: '' },
      template: { a: '2', c: '1', 'd/e*': '3', other: '' },
      theirs: { a: '1', b: '1', c: '1', own: '1', empty: '' },
      files: { a: '2', c: '1', own: '1', 'd/e*': '3', other: '' },
      outcomes: ['updated a', 'deleted b', 'deleted empty', 'added d/e', 'added other'],
    },
    {
      what: 'keeps what only people changed, added and deleted',
      base: { a: '1', b: '1' },
      template: { a: '1', b: '1' },
      theirs: { a: '2', own: '1' },
      files: { a: '2', own: '1' },
      outcomes: [],
    },
    {
      what: 'keeps a file that the template deleted and people changed, and does not bring back one that people deleted',
      base: { a: '1', b: '1' },
      template: { b: '2' },
      theirs: { a: '2' },
      files: { a: '2' },
      outcomes: [
        'kept a was deleted in the template, and was changed here',
        'kept b was changed in the template, and was deleted here',
      ],
    },
    {
      what: 'merges a text that both changed',
      base: { a: '1\n2\n3\n' },
      template: { a: '1\n2\nx\n' },
      theirs: { a: 'y\n2\n3\n' },
      files: { a: 'y\n2\nx\n' },
      outcomes: ['merged a'],
    },
    {
      what: 'keeps a binary file that both changed, and lists it',
      base: { a: binary('1') },
      template: { a: binary('2') },
      theirs: { a: binary('3') },
      files: { a: binary('3') },
      outcomes: ['kept a is not text of less than 1 MiB, and was changed both here and in the template'],
    },
    {
      what: 'takes an executable bit from the side that changed it',
      base: { a: '1', b: '1', 'c*': '1' },
      template: { 'a*': '1', b: '2', 'c*': '2' },
      theirs: { a: '2', 'b*': '1', c: '1' },
      files: { 'a*': '2', 'b*': '2', c: '2' },
      outcomes: ['updated a', 'updated b', 'updated c'],
    },
    {
      what: 'brings changes to a file that people renamed',
      base: { a: '1' },
      template: { a: '2' },
      theirs: { 'new/a': '1' },
      files: { 'new/a': '2' },
      outcomes: ['updated new/a'],
    },
    {
      what: 'renames a file that people changed, as the template does',
      base: { a: '1' },
      template: { 'new/a': '1' },
      theirs: { a: '2' },
      files: { 'new/a': '2' },
      outcomes: ['moved new/a a'],
    },
    {
      what: 'does not rename a file to where people have another one',
      base: { a: '1' },
      template: { 'new/a': '1' },
      theirs: { a: '2', new: '3' },
      files: { a: '2', new: '3' },
      outcomes: ['kept a was renamed to new/a in the template, where there is something else here'],
    },
    {
      what: 'adds no file where there is a folder, and none below a file',
      base: {},
      template: { a: '1', 'b/c': '1' },
      theirs: { 'a/x': '1', b: '1' },
      files: { 'a/x': '1', b: '1' },
      outcomes: [
        'kept a was not added: a file and a folder would have the same name',
        'kept b/c was not added: a file and a folder would have the same name',
      ],
    },
    {
      what: 'turns a file into a folder where only the template changed it',
      base: { a: '1' },
      template: { 'a/b': '2' },
      theirs: { a: '1' },
      files: { 'a/b': '2' },
      outcomes: ['deleted a', 'added a/b'],
    },
    {
      what: 'marks the conflict of a file that both added',
      base: {},
      template: { a: '1\n' },
      theirs: { a: '2\n' },
      files: { a: '<<<<<<< this repository\n2\n=======\n1\n>>>>>>> template\n' },
      outcomes: ['conflict a 1'],
    },
  ];
  for (const { what, files, outcomes, ...sides } of cases)
    it(what, async () => {
      const merged = await merge(sides);
      const expected = Object.entries(files).map(([path, content]) => [path, Buffer.from(content).toString('latin1')]);
      assert.deepEqual(merged.files, Object.fromEntries(expected));
      assert.deepEqual(
        merged.outcomes.map(({ kind, path, note }) => [kind, path, ...(note === undefined ? [] : [note])].join(' ')),
        outcomes,
      );
    });

  it('keeps texts of the template that no commit has for the next merge, and merges with them', async () => {
    const first = await merge({ base: { a: '1\n2\n3\n' }, template: { a: '1\n2\nx\n' }, theirs: { a: 'y\n2\n3\n' } });
    assert.deepEqual([...first.originals.keys()], ['a']);
    const next = { base: { a: '1\n2\nx\n' }, template: { a: '1\n2\nz\n' }, theirs: { a: 'y\n2\nx\n' } };
    const merged = await merge(next, { originals: first.originals, isForgotten: true });
    assert.deepEqual(merged.files, { a: 'y\n2\nz\n' });
    const later = await merge({ ...next, template: next.base }, { originals: first.originals, isForgotten: true });
    assert.deepEqual([...later.originals.keys()], ['a']);
    const unchanged = await merge({ base: { a: '1' }, template: { a: '1' }, theirs: { a: '2' } });
    assert.deepEqual([...unchanged.originals.keys()], []);
  });

  it('marks the whole text where what both began with is not in the repository any more', async () => {
    const sides = { base: { a: '1\n' }, template: { a: '2\n' }, theirs: { a: '3\n' } };
    const { outcomes } = await merge(sides, { isForgotten: true });
    assert.deepEqual(outcomes, [{ kind: 'conflict', path: 'a', note: '1' }]);
  });
});
