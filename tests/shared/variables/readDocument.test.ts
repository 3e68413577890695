import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FAILSAFE_SCHEMA, load } from 'js-yaml';
import { originText } from '../../../shared/variables/origin';
import { readDocument, type Located } from '../../../shared/variables/document/readDocument';
import { resolveTexts, type Texts } from './resolveTexts';
import { anyText } from '../../support/anyText';

function read(text: string): { readonly document: Located | undefined; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const document = readDocument(text, 'file', (origin, message) => problems.push(`${originText(origin)}: ${message}`));
  return { document, problems };
}

function plain(located: Located | undefined): unknown {
  if (!located) return undefined;
  if ('items' in located) return located.items.map(plain);
  if ('entries' in located)
    return Object.fromEntries([...located.entries].map(([name, value]) => [name, plain(value)]));
  return located.scalar;
}

/** As a reader that knows only texts, lists and maps would read it. */
function texts(located: Located | undefined): unknown {
  if (!located) return undefined;
  if ('items' in located) return located.items.map(texts);
  if ('entries' in located)
    return Object.fromEntries([...located.entries].map(([name, value]) => [name, texts(value)]));
  return located.text;
}

function lineOf(located: Located | undefined, ...path: readonly (string | number)[]): number | undefined {
  let found = located;
  for (const step of path)
    if (!found) break;
    else if ('items' in found) found = found.items[Number(step)];
    else if ('entries' in found) found = found.entries.get(String(step));
  return found?.origin.line;
}

const bomb = `a: &a [x]\n${Array.from({ length: 30 }, (_, n) => `${'b'.repeat(n + 1)}: &n${n} [*a, *a, *a]`).join('\n')}`;

describe('reading a document', () => {
  it('gives the line of every value, with any line ending', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = ['# a comment', 'a:', '  b: 1', '', '  c: |', '    x', '    y', 'd:', '- 1', '- e: 2'].join(end);
      const { document, problems } = read(text);
      assert.deepEqual(problems, []);
      assert.deepEqual(plain(document), { a: { b: 1, c: 'x\ny\n' }, d: [1, { e: 2 }] });
      const lines = [['a'], ['a', 'b'], ['a', 'c'], ['d'], ['d', 0], ['d', 1, 'e']].map((path) =>
        lineOf(document, ...path),
      );
      assert.deepEqual(lines, [2, 3, 5, 8, 9, 10]);
    }
  });

  it('ignores a byte order mark', () => {
    const { document, problems } = read('\uFEFFa: 1');
    assert.deepEqual([plain(document), problems], [{ a: 1 }, []]);
  });

  const scalars: readonly [text: string, value: unknown][] = [
    ['text', 'text'],
    ["'1'", '1'],
    ['"true"', 'true'],
    ['1', 1],
    ['-0.5', -0.5],
    ['1e3', 1000],
    ['9007199254740991', 9007199254740991],
    ['true', true],
    ['FALSE', false],
    ['~', null],
    ['null', null],
    ['yes', 'yes'],
    ['off', 'off'],
    ['1.2.3', '1.2.3'],
    ['2026-01-01', '2026-01-01'],
    ['1_000', '1_000'],
    ['no', 'no'],
    ['On', 'On'],
    ['y', 'y'],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['190:20:30', '190:20:30'],
    ['1.10', 1.1],
    ['0.12345678901234567891', 0.12345678901234568],
  ];
  for (const [text, value] of scalars)
    it(`reads ${text} as ${JSON.stringify(value)}`, () => {
      const { document, problems } = read(`a: ${text}`);
      assert.deepEqual([plain(document), problems], [{ a: value }, []]);
    });

  for (const text of [
    '010',
    '0x1F',
    '0o17',
    '+5',
    '.5',
    '5.',
    '.inf',
    '-.INF',
    '.nan',
    '1e999',
    '9007199254740993',
    '-12345678901234567890',
  ])
    it(`refuses ${text}, which YAML readers interpret differently`, () => {
      assert.match(read(`a: ${text}`).problems.join(), /^file:1: has a number that YAML readers interpret differently/);
      assert.deepEqual(read(`a: "${text}"`).problems, []);
    });

  for (const name of ['true', 'no', 'on', 'null', '1', '2026-01-01', 'constructor', '__proto__', '<<'])
    it(`reads the name ${name} as text`, () => {
      const { document, problems } = read(`${name}: {x: 1}`);
      assert.deepEqual([Object.keys(plain(document) ?? {}), problems], [[name], []]);
      assert.deepEqual(plain(document), Object.fromEntries([[name, { x: 1 }]]));
    });

  const hostile: readonly [what: string, text: string, problem: RegExp][] = [
    ['nothing', '', /^file: is empty\.$/],
    ['only comments', '# a\n# b\n', /^file: is empty\.$/],
    ['several documents', 'a: 1\n---\nb: 2', /^file:3: contains more than one document/],
    ['a document behind the end', 'a: 1\n...\n# x\nb: 2', /^file:4: contains more than one document/],
    ['an empty second document', 'a: 1\n---\n', /^file: contains more than one document/],
    [
      'a NUL',
      'a: 1\nb: x\u0000y',
      /^file:2: contains a control character, or another character that YAML does not allow\.$/,
    ],
    ['an escape character', 'a: 1\r\n\r\nb: \u001B[31m', /^file:3: contains a control character/],
    ['half a surrogate pair', 'a: \uD800', /^file:1: contains a control character/],
    ['an alias', 'a: &x 1\nb: *x', /^file:1: anchors.*\nfile:2: anchors/],
    ['a merge key', 'a: &x {b: 1}\nc: {<<: *x}', /^file:1: anchors.*\nfile:2: anchors/],
    ['a merge of a bomb', `${bomb}\nz: {<<: [*n29, *n29]}`, /^file:1: anchors/],
    ['a map as a name', 'a: 1\n{b: c}: 2', /^file:2: a name must be text\.$/],
    ['a bomb of anchors', bomb, /^file:1: anchors/],
    ['an alias without an anchor', 'a: *nobody', /^file:1: anchors/],
    ['an alias to what holds it', 'a: &a\n  b: *a', /^file:\d: anchors/],
    ['a tag', 'a: !!js/function "x"', /^file:1: tags \(!\) are not supported\.$/],
    ['binary data', 'x: 1\na: !!binary aGk=', /^file:2: tags/],
    ['a set', 'x: 1\na: !!set {b, c}', /^file:2: tags/],
    ['a harmless tag', 'x: 1\na: !!str 1', /^file:2: tags/],
    ['an unknown tag handle', '%TAG !e! tag:example.com,2000:\n---\na: !e!x 1', /^file:3: tags/],
    ['a duplicate name', 'a: 1\nb: 2\na: 3', /^file:3: a is defined twice\.$/],
    ['a duplicate name in JSON', '{"a": 1,\n "\\u0061": 2}', /^file:2: a is defined twice\.$/],
    ['a list as a name', '? [a, b]\n: c', /^file:1: a name must be text\.$/],
    ['an unclosed list', 'a: [1,\n  2', /^file:2: is not valid YAML or JSON: /],
    ['an unclosed quote', 'a: "x\nb: 1', /^file:\d: is not valid YAML or JSON: /],
    ['bad indentation', 'a: 1\n b: 2', /^file:2: is not valid YAML or JSON: /],
    ['a tab for indentation', 'a:\n\tb: 1', /^file:2: is not valid YAML or JSON: /],
    ['deep lists', '['.repeat(200_000), /^file:\d+: is nested deeper than 100 levels/],
    ['deep maps', '{a: '.repeat(60_000), /^file:\d+: is nested deeper than 100 levels/],
    ['deep JSON that closes', `${'['.repeat(5000)}${']'.repeat(5000)}`, /is nested deeper than 100 levels/],
    ['10 MB', `a: ${'x'.repeat(10_000_000)}`, /^file: is longer than 262144 characters\.$/],
    ['10 MB of NUL', '\u0000'.repeat(10_000_000), /^file: is longer/],
  ];
  for (const [what, text, problem] of hostile)
    it(`reports ${what}`, () => {
      assert.match(read(text).problems.join('\n'), problem);
      assert.notDeepEqual(resolveTexts({ model: text }).problems, []);
    });

  it('takes time proportional to the length of the text, whatever it contains', function () {
    this.timeout(180_000);
    const length = 250_000;
    const pieces = [
      'a\n',
      '- ',
      '? ',
      '[1,',
      '{a,',
      '"',
      "'",
      '&a ',
      '*a ',
      '!a ',
      '# \n',
      '|\n x\n',
      ' \n',
      'a: b\n',
      '"a":{},',
      '---\n',
      '{{',
      '%',
    ];
    for (const piece of pieces) {
      const text = piece.repeat(length / piece.length);
      for (const whole of [text, `a: ${text}`, `a: [${text}]`, `{"a": ${text}}`, `variables: {a: "${text}"}`])
        assert.notDeepEqual(resolveTexts({ model: whole }).problems, [], whole.slice(0, 20));
    }
  });

  it('stays fast with very many locks, variables, overrides or rules', () => {
    const many = (count: number, text: (n: number) => string): string =>
      Array.from({ length: count }, (_, n) => text(n)).join();
    const names = many(20_000, (n) => `a${n}: 1`);
    const cases: readonly Texts[] = [
      {
        base: `variables: {a0: 1}\nlocked: [${many(60_000, () => 'a0')}]`,
        model: `variables: {${names}}`,
        overrides: { a1: '' },
      },
      {
        base: `variables: [${many(6000, (n) => `{name: a${n}, value: 1, readonly: true}`)}]`,
        model: `variables: {${names}}`,
      },
      { overrides: Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`m.a${n}`, '1'])) },
      {
        model: `variables: {${many(900, (n) => `b${n}: 1`)}}`,
        schema: {
          properties: JSON.parse(`{${many(15_000, (n) => `"a${n}": {}`)}}`) as object,
          additionalProperties: false,
        },
      },
    ];
    for (const texts of cases) {
      const { problems } = resolveTexts(texts);
      assert.notDeepEqual(problems, []);
      assert.ok(problems.every((problem) => problem.length < 500));
    }
  });

  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, false),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !/^-?\d{16,}$|^-0$/.test(String(number))),
      anyText,
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(fc.string({ maxLength: 20 }), tie('json'), { maxKeys: 4 }),
    ),
  }));

  it('reads all JSON as JSON', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2, '\t'), (value, indentation) => {
        // JSON may hold these as they are; YAML wants them written as escapes.
        const text = JSON.stringify(value, null, indentation).replaceAll(
          /[\x7f-\x9f\uFFFE\uFFFF]/g,
          (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        const { document, problems } = read(text);
        assert.deepEqual(problems, []);
        assert.deepEqual(plain(document), JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  const piece = fc.constantFrom(
    ...[
      'variables',
      'environments',
      'locked',
      ': ',
      ':',
      '\n',
      '\n  ',
      '\n- ',
      '- ',
      '? ',
      'a',
      'b',
      '{{a}}',
      '{{',
      '}}',
      '{',
      '}',
      '[',
      ']',
      ',',
    ],
    ...[
      '"',
      "'",
      '|',
      '>',
      '&a',
      '*a',
      '!t',
      '#',
      '---',
      '%',
      '~',
      '1',
      '0x',
      'null',
      '<<',
      '__proto__',
      'constructor',
      '$(x)',
      '##vso[',
    ],
    ...['\t', '\r', '\0', '\uFEFF', '\uD800', '\u2028', 'name: a', 'value: 1', 'password: x'],
  );
  const mess = fc.oneof(
    fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
    anyText,
  );

  it('reports problems of any text, and never throws', () => {
    fc.assert(
      fc.property(
        mess,
        mess,
        fc.dictionary(fc.oneof(piece, fc.string()), fc.oneof(piece, json)),
        (base, model, overrides) => {
          const { problems } = resolveTexts({ base, model: `variables: {${model}}`, overrides });
          assert.ok(Array.isArray(problems));
          resolveTexts({
            base: `variables:\n  a: ${base}`,
            model,
            overrides,
            environment: 'a',
            schema: { additionalProperties: false },
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads what it accepts as js-yaml does', () => {
    fc.assert(
      fc.property(mess, (text) => {
        const { document, problems } = read(text);
        if (problems.length > 0) return;
        const found = load(text.replace(/^\uFEFF/, ''), { schema: FAILSAFE_SCHEMA });
        assert.deepEqual(texts(document), found);
      }),
      { numRuns: 1000 },
    );
  });
});
