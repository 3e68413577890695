import assert from 'node:assert/strict';
import { InvalidYaml } from '../../../shared/yaml/invalidYaml';
import { readLocatedYaml, type YamlNode } from '../../../shared/yaml/located';

function only(text: string): YamlNode {
  const [root, ...others] = readLocatedYaml(text);
  assert.ok(root && others.length === 0);
  return root;
}

function valueAt(node: YamlNode | undefined, ...path: readonly (string | number)[]): YamlNode | undefined {
  let found = node;
  for (const step of path)
    if (found?.kind === 'list') found = found.items[Number(step)];
    else if (found?.kind === 'map')
      found = found.entries.find(({ key }) => key.kind === 'scalar' && key.text === step)?.value;
  return found;
}

/** The text of a scalar, and whether it is plain. */
function spelling(node: YamlNode | undefined): readonly [text: string, isPlain: boolean] {
  assert.equal(node?.kind, 'scalar');
  return [node.text, node.isPlain];
}

describe('located YAML', () => {
  for (const text of [
    '1.10',
    '007',
    '831877e8',
    '0x1F',
    '1_000',
    'yes',
    '~',
    '9007199254740993',
    '2026-01-01',
    '+5',
    '.5',
  ])
    it(`keeps the spelling of ${text}`, () => {
      const root = only(`a: ${text}\n${text}: b\nc: '${text}'\nd: "${text}"`);
      assert.deepEqual(spelling(valueAt(root, 'a')), [text, true]);
      assert.deepEqual(spelling(valueAt(root, 'c')), [text, false]);
      assert.deepEqual(spelling(valueAt(root, 'd')), [text, false]);
      assert.ok(root.kind === 'map' && root.entries[1]);
      assert.deepEqual(spelling(root.entries[1].key), [text, true]);
    });

  it('reads quotes, escapes and blocks', () => {
    const root = only(`a: 'it''s'\nb: "x\\n\\u00e9"\nc: |\n  1\n  2\nd: >-\n  1\n  2\ne: one\n  two`);
    const texts = ['a', 'b', 'c', 'd', 'e'].map((name) => spelling(valueAt(root, name)));
    assert.deepEqual(texts, [
      ["it's", false],
      ['x\n\u00e9', false],
      ['1\n2\n', false],
      ['1 2', false],
      ['one two', true],
    ]);
  });

  it('gives an empty node the line before it', () => {
    const root = only('\na:\n\nb: 1\n- x'.replace('\n- x', ''));
    assert.equal(valueAt(root, 'a')?.line, 2);
    assert.deepEqual(spelling(valueAt(root, 'a')), ['', true]);
    assert.equal(valueAt(root, 'b')?.line, 4);
  });

  it('keeps repeated keys, and keys of any kind, in order', () => {
    const root = only('a: 1\n? [x]\n: 2\na: 3');
    assert.ok(root.kind === 'map');
    assert.deepEqual(
      root.entries.map(({ key, value }) => [key.kind, key.line, value.line]),
      [
        ['scalar', 1, 1],
        ['list', 2, 3],
        ['scalar', 4, 4],
      ],
    );
  });

  it('reports anchors, tags and aliases', () => {
    const root = only('a: &x !!str 1\nb: *x\nc: *y\nd: 1\ne: !!map {}');
    const flags = ['a', 'b', 'd', 'e'].map((name) => {
      const node = valueAt(root, name);
      return [node?.hasAnchor, node?.hasTag];
    });
    assert.deepEqual(flags, [
      [true, true],
      [true, false],
      [false, false],
      [false, true],
    ]);
    const [known, unknown] = [valueAt(root, 'b'), valueAt(root, 'c')];
    assert.ok(known?.kind === 'alias' && unknown?.kind === 'alias');
    assert.equal(known.target, valueAt(root, 'a'));
    assert.equal(unknown.target, undefined);
  });

  it('resolves an alias to the last node with its anchor, which may contain the alias', () => {
    const root = only('a: &x 1\nb: &x\n  c: *x\nd: *x');
    const [within, behind] = [valueAt(root, 'b', 'c'), valueAt(root, 'd')];
    assert.ok(within?.kind === 'alias' && behind?.kind === 'alias');
    assert.equal(within.target, valueAt(root, 'b'));
    assert.equal(behind.target, valueAt(root, 'b'));
  });

  it('reads all documents, each with its own anchors', () => {
    assert.deepEqual(readLocatedYaml('# nothing\n'), []);
    const [first, second, third, ...others] = readLocatedYaml('a: &x 1\n---\n- *x\n...\n---\n');
    assert.deepEqual(
      [first, second, third].map((root) => [root?.kind, root?.line]),
      [
        ['map', 1],
        ['list', 3],
        ['scalar', 3],
      ],
    );
    assert.deepEqual(others, []);
    const alias = valueAt(second, 0);
    assert.ok(alias?.kind === 'alias' && alias.target === undefined);
  });

  it('reports the line of invalid YAML', () => {
    assert.throws(
      () => readLocatedYaml('a: 1\nb: [1,\n'),
      (error) =>
        error instanceof InvalidYaml &&
        /^is not valid YAML or JSON: [^]+[^.]$/.test(error.problem) &&
        error.line === 3 &&
        error.message === `${error.problem} at line 3`,
    );
  });
});
