import assert from 'node:assert/strict';
import { readManifests } from '../../../shared/kubernetes/manifest/readManifests';
import { InvalidYaml } from '../../../shared/yaml/invalidYaml';
import { readYamlValue } from '../../../shared/yaml/values';

/** Documents as they occur in manifests, specifications, bundles, metrics and pipelines, with what YAML 1.2 makes of them. */
const documents: Readonly<Record<string, readonly [text: string, value: unknown]>> = {
  'anchors and merge keys': [
    'defaults: &defaults\n  cpu: 1\n  memory: 2Gi\nsmall:\n  <<: *defaults\nlarge:\n  <<: *defaults\n  cpu: 4\n',
    { defaults: { cpu: 1, memory: '2Gi' }, small: { cpu: 1, memory: '2Gi' }, large: { cpu: 4, memory: '2Gi' } },
  ],
  'a merge of several maps, the first of which wins': [
    'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  z: 3\n',
    { a: { x: 1, y: 1 }, b: { y: 2, z: 2 }, c: { x: 1, y: 1, z: 3 } },
  ],
  'an anchor of a list': ['hosts: &h\n- a\n- b\nagain: *h\n', { hosts: ['a', 'b'], again: ['a', 'b'] }],
  'a literal text': ['run: |\n  pip install x\n  python train.py\n', { run: 'pip install x\npython train.py\n' }],
  'a literal text without its line end': ['run: |-\n  one\n  two\n\n', { run: 'one\ntwo' }],
  'a literal text with all its line ends': ['run: |+\n  one\n\n\nnext: 1\n', { run: 'one\n\n\n', next: 1 }],
  'a literal text with an indentation of its own': ['run: |2\n    four\n  two\n', { run: '  four\ntwo\n' }],
  'a literal text that looks like YAML': [
    'data:\n  config: |\n    list: [\n      1\n    ]\n    # no comment\n    key: "value\n  other: x\n',
    { data: { config: 'list: [\n  1\n]\n# no comment\nkey: "value\n', other: 'x' } },
  ],
  'a literal text with tabs': ['make: |\n  all:\n  \techo hi\n', { make: 'all:\n\techo hi\n' }],
  'an empty literal text': ['run: |\nnext: 1\n', { run: '', next: 1 }],
  'a folded text': ['help: >\n  one\n  two\n\n  three\n', { help: 'one two\nthree\n' }],
  'a folded text without its line end': ['help: >-\n  one\n  two\n', { help: 'one two' }],
  'a folded text with all its line ends': ['help: >+\n  one\n\nnext: 1\n', { help: 'one\n\n', next: 1 }],
  'a folded text with lines that are indented more': ['h: >\n  a\n    b\n  c\n', { h: 'a\n  b\nc\n' }],
  'a header with a comment': ['a: | # script\n  x\n', { a: 'x\n' }],
  'a plain text of several lines': [
    'description: a model\n  for churn\n\n  and more\n',
    { description: 'a model for churn\nand more' },
  ],
  'a quoted text of several lines': ['a: "one\n  two \\\n  three"\nb: \'x\n  y\'\n', { a: 'one two three', b: 'x y' }],
  escapes: ['a: "tab\\t \\u00e9 \\x41 \\\\ \\/ \\"q\\""\nb: \'it\'\'s\'\n', { a: 'tab\t é A \\ / "q"', b: "it's" }],
  'octal numbers': ['a: 0644\nb: 0o644\nc: "0644"\n', { a: 644, b: 420, c: '0644' }],
  'other numbers': [
    'a: 0x1F\nb: 1e3\nc: -1.5\nd: +7\ne: .5\nf: 1_000\ng: 12:30\n',
    { a: 31, b: 1000, c: -1.5, d: 7, e: 0.5, f: '1_000', g: '12:30' },
  ],
  'words that were booleans in YAML 1.1': [
    'a: yes\nb: No\nc: on\nd: off\ne: y\n',
    { a: 'yes', b: 'No', c: 'on', d: 'off', e: 'y' },
  ],
  booleans: ['a: true\nb: False\nc: TRUE\nd: "true"\n', { a: true, b: false, c: true, d: 'true' }],
  'nothing at all': [
    'a:\nb: ~\nc: null\nd: ""\ne: []\nf: {}\ng: Null\n',
    { a: null, b: null, c: null, d: '', e: [], f: {}, g: null },
  ],
  dates: ['a: 2026-01-31\nb: 2026-01-31T10:00:00Z\n', { a: '2026-01-31', b: '2026-01-31T10:00:00Z' }],
  versions: [
    'spark: 16.4.x-scala2.12\nsha: 1e10ab\nimage: r.io/m:1.0\n',
    { spark: '16.4.x-scala2.12', sha: '1e10ab', image: 'r.io/m:1.0' },
  ],
  'colons and numbers signs within texts': [
    'a: http://x/y#z\nb: a:b\nc: x # comment\nd: "x # no comment"\ne: c:\\temp\nf: a#b\n',
    { a: 'http://x/y#z', b: 'a:b', c: 'x', d: 'x # no comment', e: 'c:\\temp', f: 'a#b' },
  ],
  'quoted names': [
    '"a b": 1\n\'c: d\': 2\n"on": {branch: x}\n1.10: v\ntrue: w\n',
    { 'a b': 1, 'c: d': 2, on: { branch: 'x' }, '1.10': 'v', true: 'w' },
  ],
  'lists at the indentation of their name': ['a:\n- 1\n- x: 2\n  y: 3\nb: 4\n', { a: [1, { x: 2, y: 3 }], b: 4 }],
  'lists of lists': ['a:\n- - 1\n  - 2\n-\n  - 3\n', { a: [[1, 2], [3]] }],
  'brackets over several lines': [
    'args: ["--model",\n  /models/x, # the model\n\n  "--port", 5001 ,\n  ]\nenv: {A: 1,\n  B: [x,\n    y]}\n',
    { args: ['--model', '/models/x', '--port', 5001], env: { A: 1, B: ['x', 'y'] } },
  ],
  'a closing bracket below its name': [
    'metadata: {\n  name: limits\n}\ncontainers:\n- name: a\n  args: [\n    "--model", "/models/x"\n  ]\n  env: [\n]\n',
    { metadata: { name: 'limits' }, containers: [{ name: 'a', args: ['--model', '/models/x'], env: [] }] },
  ],
  JSON: ['{"a": [1, 2.0, {"b": null}],\n\t"c": "x\\ny"}', { a: [1, 2, { b: null }], c: 'x\ny' }],
  'JSON without spaces': ['{"a":1,"b":[true,false],"c":{"d":"e"}}', { a: 1, b: [true, false], c: { d: 'e' } }],
  'single pairs in a list': ['a: [b: 1, "c": 2]\n', { a: [{ b: 1 }, { c: 2 }] }],
  'comments everywhere': [
    '# first\na: 1 # one\n# between\nb: # of b\n  # inside\n  - x # item\n  # last\n#end',
    { a: 1, b: ['x'] },
  ],
  'a beginning and an end of the document': ['%YAML 1.2\n---\na: 1\n...\n', { a: 1 }],
  'a value at the beginning of the document': ['--- {a: 1}\n', { a: 1 }],
  'a byte order mark': ['\uFEFFa: 1\n', { a: 1 }],
  'line ends of Windows': [
    'a: 1\r\nb: |\r\n  x\r\n  y\r\nc: [\r\n  z\r\n]\r\nd: "p\r\n  q"\r\n',
    { a: 1, b: 'x\ny\n', c: ['z'], d: 'p q' },
  ],
  'line ends of an old Mac': ['a: 1\rb: 2\r', { a: 1, b: 2 }],
  'tags of types': ['a: !!str 1\nb: !!int "7"\nc: !!float 1\n', { a: '1', b: 7, c: 1 }],
  'question marks': ['? a\n: 1\n? b\n', { a: 1, b: null }],
  'an expression of a pipeline': [
    'a: ${{ parameters.x }}\nb: $(model.name)\n',
    { a: '${{ parameters.x }}', b: '$(model.name)' },
  ],
  'text of other languages': ['名前: モデル\nß: 😀\n', { 名前: 'モデル', ß: '😀' }],
  'tabs between a name and its value': ['a:\t1\nb:\t[x,\ty]\nc: x\t# comment\n', { a: 1, b: ['x', 'y'], c: 'x' }],
};

const refused: Readonly<Record<string, readonly [text: string, line: number | undefined]>> = {
  'a name twice': ['a: 1\nb: 2\na: 3\n', 3],
  'a name twice in brackets': ['a: {b: 1,\n b: 2}\n', 2],
  'a tab as indentation': ['a:\n\tb: 1\n', 2],
  'two documents where one is expected': ['a: 1\n---\nb: 2\n', undefined],
  'an alias of nothing': ['a: *x\n', 1],
  'a name without a value': ['a: 1\nb\n', 3],
  'a name that is indented otherwise': ['a:\n   b: 1\n  c: 2\n', 3],
  'a bracket that is not closed': ['a: [\n  1,\nb: 2\nc: 3\n', 3],
  'a quotation mark that is not closed': ["a: x\nb: 'y\nc: 3\n", 3],
  'a bracket too many': ['a: [1]]\n', 1],
  'a value behind a value': ['a: "x" y\n', 1],
  'a colon within a value': ['a: b: c\n', 1],
  'a text that begins with a percent sign': ['a: %x\n', 1],
  'an unknown tag': ['a: !Ref b\n', 1],
};

describe('the value of a document with', () => {
  for (const [kind, [text, value]] of Object.entries(documents))
    it(kind, () => assert.deepEqual(readYamlValue(text), value));

  for (const [kind, [text, line]] of Object.entries(refused))
    it(`${kind} is refused, with its line`, () => {
      assert.throws(
        () => readYamlValue(text),
        (error) => error instanceof InvalidYaml && (assert.equal(error.line, line, error.message), true),
      );
    });
});

describe('manifests', () => {
  const map = (name: string, data = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata: {\n  name: ${name}\n}\n${data}`;

  it('are read from several documents, of which some are empty', () => {
    const text = `# license\n---\n${map('a')}---\n# nothing\n---\n\n...\n---\n${map('b')}--- # end\n`;
    assert.deepEqual(
      readManifests([{ name: 'm.yaml', text: text.replaceAll('\n', '\r\n') }]).map(({ metadata }) => metadata?.name),
      ['a', 'b'],
    );
  });

  it('have the values of YAML 1.1, as kubectl reads them', () => {
    const [object] = readManifests([
      { name: 'm.yaml', text: map('a', 'other: {mode: 0644, on: yes, off: [\n"no"\n], at: 2026-01-31}') },
    ]);
    assert.deepEqual((object as unknown as { readonly other: unknown }).other, {
      mode: 420,
      on: true,
      off: ['no'],
      at: '2026-01-31',
    });
  });
});
