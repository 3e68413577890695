import * as fc from 'fast-check';
import { planted } from './planted';

const marks = [
  '##vso[task.setvariable variable=PATH]x',
  '##vso[task.complete result=Succeeded;]done',
  '##[error]x',
  '\n##vso[task.prependpath]/x',
  'a##vso[task.setsecret]b]c;d',
  ';',
  ']',
  '%0A%0D%AZP25',
  '$(System.AccessToken)',
  '${{ variables.x }}',
  '{{modelName}}',
  '{{a.{{b}}}}',
];

const characters = [
  ...['\0', '\u0007', '\u001b[31m', '\u200b', '\u202e', '\u2028', '\u0085', '\ufeff', '\ufffe', '\ud800', '\udc00'],
  ...[
    '\u05d0\u05d1',
    'é',
    'e\u0301',
    '👩‍🔬',
    '中文',
    '\r',
    '\n',
    '\r\n',
    '\t',
    '\v',
    '\f',
    '\\',
    '"',
    "'",
    '`',
    '|',
    '<b>',
    '&',
  ],
];

const numbers = [
  ...['NaN', 'Infinity', '-Infinity', '-0', '1e999', '1e-999', '0x10', '0b1', '1_000', '１２', '9007199254740993'],
  ...['99999999999999999999999999', '-1', '0', '00', '1.', '.5', '+1', '1,5', '1 000', '2147483648', '1e3', '0.1e1'],
];

const paths = [
  ...['..', '../..', '/', '.', '~', '/etc/passwd', '/dev/zero', '/dev/stdin', '/proc/self/environ', '/proc/self/mem'],
  ...['a/../../b', 'C:\\Windows\\win.ini', '\\\\server\\share', 'CON', 'file:///etc/passwd', 'pipe', 'loop', 'outside'],
  ...[
    'a folder',
    '.git/config',
    'x'.repeat(300),
    `${'a/'.repeat(2000)}b`,
    '/Shared/../Users',
    '/Shared//x/',
    '/Shared/x\0y',
  ],
];

const globs = [
  ...[
    '**',
    '*',
    '**/*',
    '{a,b}',
    '{a..z}',
    '{1..99999}',
    '[',
    '[]',
    '[!a]',
    '!x',
    '+(a|b)',
    '?(a)',
    '\\',
    '***/**/***',
  ],
  ...[
    '!(!(!(a)))',
    '(((((((((a',
    '{{{{{{{{a',
    '*'.repeat(200),
    '**/'.repeat(100),
    '@(a|a|a|a)*(b|b)+(c)',
    '/**',
    '../**',
  ],
];

const urls = [
  ...['https://', 'http://[::1', 'https://a b/', 'javascript:alert(1)', 'https://example.com:99999', 'https://%'],
  ...['https://user:pw-in-a-url@example.com/x', 'git+https://user:pw-in-a-url@example.com/x.git@main#egg=x'],
  ...[
    'https://adb-1.1.azuredatabricks.net',
    'https://adb-1.1.azuredatabricks.net.evil.example',
    '//x',
    'https://x?a=1#b',
  ],
];

const names = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'true',
  'undefined',
  'length',
  '~',
  '<<',
  '=',
  '*',
];

const long = ['a', ' ', '\n', '(', '[', '{', '.', '-', '"', '&a ', '=', '%', '##vso[', '\\', '0', 'é'];

/** A piece that means something to somebody: to the agent, a shell, a parser, a file system or a terminal. */
export const hostilePiece: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...marks),
  fc.constantFrom(...characters),
  fc.constantFrom(...numbers),
  fc.constantFrom(...paths),
  fc.constantFrom(...globs),
  fc.constantFrom(...urls),
  fc.constantFrom(...names),
  fc.constant(planted.variable),
);

/** A whole text of hostile pieces, of any characters, or very long. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: hostilePiece },
  { weight: 3, arbitrary: fc.array(hostilePiece, { maxLength: 5 }).map((pieces) => pieces.join('')) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  // Every UTF-16 code unit, so that surrogates may be alone.
  { weight: 2, arbitrary: fc.array(fc.nat(0xffff), { maxLength: 20 }).map((codes) => String.fromCharCode(...codes)) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...long), fc.nat(5000)).map(([piece, times]) => piece.repeat(times)),
  },
  { weight: 1, arbitrary: fc.constant('') },
);

/** One change of a text: the kind, where (modulo its length), how much of it, and what is put there. */
export interface TextChange {
  readonly kind: 'cut' | 'insert' | 'replace' | 'delete' | 'repeatLine' | 'crlf' | 'cr' | 'bom' | 'tabs' | 'utf16';
  readonly at: number;
  readonly count: number;
  readonly piece: string;
}

const yamlPieces = [
  ...[
    '&a ',
    '*a',
    '<<: *a',
    '- ',
    '? ',
    ': ',
    '!!js/function ',
    '!!binary x',
    '!<tag:x> ',
    '|\n',
    '>-\n',
    '{',
    '}',
    '[',
    ']',
  ],
  ...[
    '---\n',
    '...\n',
    '%YAML 9.9\n',
    '# ',
    '\t',
    '  ',
    '\n\n\n',
    "'",
    '"',
    '~',
    '!!set {a}',
    '2001-01-01',
    '0o7',
    '.inf',
  ],
  ...[
    '\n<<: [1, 2]\n',
    '\n<<: x\n',
    '\na: &a [*a]\n',
    '\na: 1\na: 2\n',
    '\n__proto__: {x: 1}\n',
    '[[[[[[[[[[[[',
    '{"a":',
  ],
];

export const textChange: fc.Arbitrary<TextChange> = fc.record({
  kind: fc.constantFrom('cut', 'insert', 'replace', 'delete', 'repeatLine', 'crlf', 'cr', 'bom', 'tabs', 'utf16'),
  at: fc.nat(4000),
  count: fc.nat(30),
  piece: fc.oneof(fc.constantFrom(...yamlPieces), hostilePiece),
});

/** The text after a change. */
export function changedText(text: string, { kind, at, count, piece }: TextChange): string {
  const index = text.length === 0 ? 0 : at % text.length;
  switch (kind) {
    case 'cut':
      return text.slice(0, index);
    case 'insert':
      return text.slice(0, index) + piece + text.slice(index);
    case 'replace':
      return text.slice(0, index) + piece + text.slice(index + count);
    case 'delete':
      return text.slice(0, index) + text.slice(index + count);
    case 'repeatLine': {
      const lines = text.split('\n');
      const line = at % lines.length;
      return [...lines.slice(0, line), ...lines.slice(line, line + 1), ...lines.slice(line)].join('\n');
    }
    case 'crlf':
      return text.replaceAll('\n', '\r\n');
    case 'cr':
      return text.replaceAll('\n', '\r');
    case 'bom':
      return `\ufeff${text}`;
    case 'tabs':
      return text.replaceAll(/^ +/gm, '\t');
    case 'utf16':
      return text.replaceAll(/(?<=[^])/g, '\0');
  }
}
