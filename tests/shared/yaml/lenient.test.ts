import assert from 'node:assert/strict';
import { readYaml } from '../../../sandbox/agent/yaml/readYaml';
import { readManifests } from '../../../shared/kubernetes/manifest/readManifests';
import { documentLines } from '../../../shared/yaml/documentLines';
import { InvalidYaml } from '../../../shared/yaml/invalidYaml';
import { readLocatedYaml, type YamlNode } from '../../../shared/yaml/located';
import { readYamlValue } from '../../../shared/yaml/values';

/** Texts that PyYAML, kubectl and Azure Pipelines read, and their value. */
const accepted: readonly (readonly [text: string, value: unknown])[] = [
  ['a: [\n]', { a: [] }],
  ['a: [\n  b\n]\nc: d', { a: ['b'], c: 'd' }],
  ['a:\n  b: {\n    c: d\n  }\n', { a: { b: { c: 'd' } } }],
  ['a:\n- b: [\n    c\n]\n- d', { a: [{ b: ['c'] }, 'd'] }],
  ['a: [\nb,\nc\n]', { a: ['b', 'c'] }],
  ['a: {\nb: [\nc\n],\nd: {}}', { a: { b: ['c'], d: {} } }],
  ['a:\n  - - - b: [\n    c # ]\n# [\n]', { a: [[[{ b: ['c'] }]]] }],
  ['a: [b c\nd]', { a: ['b c d'] }],
  ['a: |\n  [\n    ]\n  }\nb: [\n]', { a: '[\n  ]\n}\n', b: [] }],
  ['a: [b,\tc]\nd: {e:\tf}', { a: ['b', 'c'], d: { e: 'f' } }],
  ['a:\t[b]\nc: [\n\td\n\t]', { a: ['b'], c: ['d'] }],
  ['a: {b: "x\ty",\tc: z}', { a: { b: 'x\ty', c: 'z' } }],
];
/** The same for quotation marks, which the parser of the local agent does not read. */
const quoted: readonly (readonly [text: string, value: unknown])[] = [
  ['a: "b\nc"', { a: 'b c' }],
  ["a:\n  b: 'c\n\nd'\ne: f", { a: { b: 'c\nd' }, e: 'f' }],
  ['a: ["# b\n]", "c"\n]', { a: ['# b ]', 'c'] }],
  ['a: "b\n\tc"', { a: 'b c' }],
];

const refused: readonly (readonly [text: string, line: number])[] = [
  ['a: [\n  b,\nc: d\ne: f', 3],
  ['a: [\n  b,\nc: d\n', 3],
  ['a: [\n]\nb: [\n  1,\nc: d', 5],
  ['a: [\n]\nb:\n\tc: d', 4],
  ['a: [\n  b\n---\nc: d', 3],
  ['a: [\n  b\n...\n', 3],
  ['a: "b\n---\nc"', 2],
  ['a: "b\nc: d\n', 2],
  ['a: b\n]', 2],
  ['a: |\n  b\n]', 3],
];

/** The value as it is written, without types. */
function plain(node: YamlNode | undefined): unknown {
  if (node?.kind === 'list') return node.items.map(plain);
  if (node?.kind !== 'map') return node?.kind === 'scalar' ? node.text : undefined;
  return Object.fromEntries(node.entries.map(({ key, value }) => [plain(key), plain(value)]));
}

function plainOfAgent(node: ReturnType<typeof readYaml>['entries'][number]['value']): unknown {
  if (node.kind === 'sequence') return node.items.map(plainOfAgent);
  if (node.kind === 'scalar') return node.text;
  return Object.fromEntries(node.entries.map(({ key, value }) => [key.text, plainOfAgent(value)]));
}

describe('Lines within brackets and quotation marks', () => {
  for (const [text, value] of [...accepted, ...quoted])
    it(`may be indented in any way: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(readYamlValue(text), value);
      assert.deepEqual(plain(readLocatedYaml(text)[0]), value);
      assert.deepEqual(readYamlValue(text.replaceAll('\n', '\r\n')), value);
      const [, object] = readManifests([
        {
          name: 'm',
          text: `apiVersion: v1\nkind: K\nmetadata: {\nname: n\n}\n---\n${text}\napiVersion: v1\nkind: L\nmetadata: {name: o\n}`,
        },
      ]);
      assert.deepEqual(object, { ...(value as object), apiVersion: 'v1', kind: 'L', metadata: { name: 'o' } });
    });

  for (const [text, value] of accepted)
    it(`may be indented in any way in a pipeline: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(plainOfAgent(readYaml(text, 'p.yml')), value);
    });

  for (const [text, line] of refused)
    it(`are refused where they end elsewhere, in line ${line}: ${JSON.stringify(text)}`, () => {
      for (const read of [readYamlValue, readLocatedYaml])
        assert.throws(
          () => read(text),
          (error) => error instanceof InvalidYaml && (assert.equal(error.line, line, error.message), true),
        );
    });

  it('keep their lines', () => {
    const lineOf = documentLines('a: [\nx,\n\ny\n]\nb:\n- c: {\n d: e\n}\n');
    assert.deepEqual([lineOf(['a', 1]), lineOf(['b']), lineOf(['b', 0, 'c', 'd'])], [4, 6, 8]);
  });

  it('do not take long to read, however many there are', () => {
    const lists = Array.from({ length: 60 }, (_, index) => `k${index}: [\n${index},\n]\n`);
    assert.equal(Object.keys(readYamlValue(lists.join('')) as object).length, 60);
    const items = Array.from({ length: 20_000 }, (_, index) => `"a ${index}",\n`);
    const long = readYamlValue(`k: [\n${items.join('')}]\nm: 'x\n---y'\nl: [\n1,\n"it's",\n'x', 'a\nb, ]'\n]\n`);
    const { k, ...others } = long as { readonly k: readonly string[] };
    assert.equal(k.length, 20_000);
    assert.deepEqual(others, { m: 'x ---y', l: [1, "it's", 'x', 'a b, ]'] });
  });
});

/** A sequence of numbers from 0 to 1, the same in every run. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

/** Writes random values, with lines in brackets that are indented at random. */
class Writer {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = sequence(seed);
  }

  /** A map in lines of its own, and its value. */
  block(indent: number, depth: number): readonly [text: string, value: unknown] {
    const names = ['first', 'second', 'third'].slice(0, 1 + this.#below(3));
    const entries = names.map((name) => [name, this.#entry(indent, depth)] as const);
    return [
      entries.map(([name, [text]]) => `${' '.repeat(indent)}${name}:${text}`).join(''),
      Object.fromEntries(entries.map(([name, [, value]]) => [name, value])),
    ];
  }

  #entry(indent: number, depth: number): readonly [text: string, value: unknown] {
    const kind = this.#below(5);
    if (kind === 0) return [` |\n${' '.repeat(indent + 2)}key: [\n${' '.repeat(indent + 2)}]\n`, 'key: [\n]\n'];
    if (kind === 1 && depth > 0) {
      const [text, value] = this.block(indent + 2, depth - 1);
      return [`\n${text}`, value];
    }
    if (kind === 2) {
      const [text, value] = this.#brackets(2);
      return [`\n${' '.repeat(indent)}- of: ${text}\n${' '.repeat(indent)}- x\n`, [{ of: value }, 'x']];
    }
    const [text, value] = this.#brackets(3);
    return [` ${text}${kind === 3 ? ' # ] end' : ''}\n`, value];
  }

  #brackets(depth: number): readonly [text: string, value: unknown] {
    const items = Array.from({ length: this.#below(4) }, () =>
      depth > 0 && this.#below(3) === 0 ? this.#brackets(depth - 1) : this.#scalar(),
    );
    const isList = this.#below(2) === 0;
    const texts = items.map(([text], index) => `${this.#gap()}${isList ? '' : `k${index}: `}${text}${this.#gap()}`);
    const values = items.map(([, value]) => value);
    return [
      `${isList ? '[' : '{'}${texts.join(',')}${this.#gap()}${isList ? ']' : '}'}`,
      isList ? values : Object.fromEntries(values.map((value, index) => [`k${index}`, value])),
    ];
  }

  #scalar(): readonly [text: string, value: unknown] {
    const space = ' '.repeat(this.#below(6));
    const scalars = [
      ['word', 'word'],
      ['"a # ]"', 'a # ]'],
      ["'{'", '{'],
      [`"two\n${space}lines"`, 'two lines'],
      [`'two\n\n${space}parts'`, 'two\nparts'],
      [`plain\n${space}text`, 'plain text'],
      ['1.5', 1.5],
    ] as const;
    return scalars[this.#below(scalars.length)] ?? scalars[0];
  }

  #gap(): string {
    const line = `\n${' '.repeat(this.#below(8))}`;
    return ['', ' ', line, ` # c ]${line}`, `\n\n# [ c${line}`][this.#below(5)] ?? '';
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }
}

describe('Random documents', () => {
  it('have the value that was written, however the lines in their brackets are indented', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const [text, value] = new Writer(seed * 7919).block(0, 2);
      assert.deepEqual(readYamlValue(text), value, text);
    }
  });
});
