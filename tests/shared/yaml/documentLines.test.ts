import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import type { DocumentPath } from '../../../shared/finding';
import { documentLines } from '../../../shared/yaml/documentLines';

type Tree = string | readonly Tree[] | { readonly [name: string]: Tree };

/** Every text in a tree, with its path. */
function* leaves(tree: Tree, path: DocumentPath = []): Generator<{ path: DocumentPath; leaf: string }> {
  if (typeof tree === 'string') yield { path, leaf: tree };
  else if (Array.isArray(tree))
    for (const [index, item] of tree.entries()) yield* leaves(item as Tree, [...path, index]);
  else for (const [name, item] of Object.entries(tree)) yield* leaves(item, [...path, name]);
}

describe('the lines of a document', () => {
  const cases: [string, string, DocumentPath, number][] = [
    ['an entry has the line of its name', 'a: 1\nb:\n\n  - x', ['b'], 2],
    ['an item has the line on which it begins', 'a:\n  - b: 1\n    c: 2\n\n  - b: 3', ['a', 1], 5],
    ['an item of a list in one line has that line', 'a:\n  [1,\n   2]', ['a', 1], 3],
    ['comments and blank lines count', '# one\n\n---\n# two\na: 1', ['a'], 5],
    ['what is not there has the line of what would hold it', 'a: 1\nb:\n  c: 1', ['b', 'd', 0], 2],
    ['what the document itself lacks has its first line', '# one\na: 1', ['b'], 2],
    ['an empty entry has the line of its name', 'a:\nb:\n', ['b'], 2],
    ['JSON has lines too', '{\n  "a": [\n    {"b":\n 1}]}', ['a', 0, 'b'], 3],
    ['an alias has its own line', 'a: &x\n  b: 1\nc: *x', ['c'], 3],
    ['what an alias stands for has the line where it is written', 'a: &x\n  b: 1\nc: *x', ['c', 'b'], 2],
    ['what is merged in has the line where it is written', 'a: &x\n  b: 1\nc:\n  <<: *x\n  d: 1', ['c', 'b'], 2],
    ['what is written wins over what is merged in', 'a: &x\n  b: 1\nc:\n  <<: *x\n  b: 2', ['c', 'b'], 5],
    ['names in quotes are found', '"a b":\n  \'c\': 1', ['a b', 'c'], 2],
    ['names that are numbers are found', 'a:\n  1: x', ['a', 1], 2],
    ['texts over several lines count', 'a: |\n  1\n  2\nb: "x\n  y"\nc: 1', ['c'], 6],
    ['a scalar alone is on its line', '\n\nx', [], 3],
  ];
  for (const [name, text, path, line] of cases)
    it(name, () => {
      assert.equal(documentLines(text)(path), line);
      assert.equal(documentLines(text.replaceAll('\n', '\r\n'))(path), line, 'with Windows line ends');
      assert.equal(documentLines(text.replaceAll('\n', '\r'))(path), line, 'with old Mac line ends');
    });

  it('are right for any document', () => {
    let count = 0;
    const leaf = fc.constant(null).map(() => `leaf${count++}-`);
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z][a-z_ .]{0,5}[a-z]$/), tie('tree'), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    }));
    fc.assert(
      fc.property(tree, (document) => {
        for (const text of [JSON.stringify(document, null, 2), dump(document), dump(document, { flowLevel: 2 })]) {
          const lineOf = documentLines(text);
          for (const { path, leaf } of leaves(document))
            assert.equal(lineOf(path), text.slice(0, text.indexOf(leaf)).split('\n').length, text);
        }
      }),
    );
  });
});
