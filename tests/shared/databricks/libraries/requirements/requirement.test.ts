import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  InvalidRequirement,
  normalName,
  normalRequirement,
  parseRequirement,
  renderRequirement,
} from '../../../../../shared/databricks/libraries/requirements/requirement';

describe('parseRequirement', () => {
  // The examples of PEP 508 and of pip's "Requirement Specifiers", and what they are without the spaces.
  const examples: readonly (readonly [string, string])[] = [
    ['SomeProject', 'SomeProject'],
    ['SomeProject == 1.3', 'SomeProject==1.3'],
    ['SomeProject >= 1.2, < 2.0', 'SomeProject>=1.2,<2.0'],
    ['SomeProject[foo, bar]', 'SomeProject[foo,bar]'],
    ['SomeProject ~= 1.4.2', 'SomeProject~=1.4.2'],
    ["SomeProject ==5.4 ; python_version < '3.8'", "SomeProject==5.4 ; python_version < '3.8'"],
    ['SomeProject @ https://host.test/some.whl', 'SomeProject @ https://host.test/some.whl'],
    ["name@http://foo.test ; os_name == 'posix'", "name @ http://foo.test ; os_name == 'posix'"],
    ['A.B-C_D', 'A.B-C_D'],
    ['name<=1', 'name<=1'],
    ['name>=3,<2', 'name>=3,<2'],
    ['name (>=1,<2)', 'name>=1,<2'],
    ['name>=1,', 'name>=1'],
    ['name;', 'name'],
    ['name>=1.0 ; ', 'name>=1.0'],
    ['name[a];', 'name[a]'],
    ['name @ https://a.test/b.whl ;', 'name @ https://a.test/b.whl'],
    ["name [fred,bar] ; platform_version=='2'", "name[fred,bar] ; platform_version=='2'"],
    [
      'requests [security] >= 2.8.1, == 2.8.* ; python_version < "2.7"',
      'requests[security]>=2.8.1,==2.8.* ; python_version < "2.7"',
    ],
  ];
  for (const [text, expected] of examples)
    it(`reads ${text}`, () => {
      assert.equal(renderRequirement(parseRequirement(text)), expected);
    });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /name of a package/],
    ['-name', /name of a package/],
    ['name-', /name of a package/],
    ['näme', /invalid version specifier/],
    ['two words', /invalid version specifier: 'words'/],
    ['name=1', /use '=='/],
    ['name==1 2', /invalid version specifier/],
    ['name[a', /invalid version specifier/],
    ['name[a b]', /extra that is not a name/],
    ['name@', /no URL/],
    ['name; python_version', /environment marker/],
    ['name; ;', /environment marker/],
  ];
  for (const [text, message] of wrong)
    it(`says what is wrong with '${text}'`, () => {
      assert.throws(
        () => parseRequirement(text),
        (error) => error instanceof InvalidRequirement && message.test(error.message),
      );
    });

  const name = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,10}[A-Za-z0-9])?$/);
  const release = fc.stringMatching(/^[0-9]{1,3}(\.[0-9]{1,3}){1,3}((a|rc)[0-9])?(\.post[0-9])?(\.dev[0-9])?$/);
  const clause = fc
    .tuple(fc.constantFrom('==', '~=', '!=', '<=', '>=', '<', '>'), release)
    .map((parts) => parts.join(''));
  const requirement = fc
    .record({
      name,
      extras: fc.uniqueArray(name, { maxLength: 3 }),
      versions: fc.oneof(
        fc.array(clause, { maxLength: 4 }).map(String),
        fc.constantFrom(' @ https://host.test/a;b', ' @ file:///a'),
      ),
      marker: fc.constantFrom('', ' ; os_name == "posix"', ` ; python_version<'3.9' or (extra == "a")`),
    })
    .map(
      ({ name, extras, versions, marker }) =>
        `${name}${extras.length > 0 ? `[${String(extras)}]` : ''}${versions}${marker}`,
    );

  it('reads what it writes as the same', () => {
    fc.assert(
      fc.property(requirement, (text) => {
        const parsed = parseRequirement(text);
        assert.deepEqual(parseRequirement(renderRequirement(parsed)), parsed);
        const normal = normalRequirement(parsed);
        assert.equal(normalRequirement(parseRequirement(normal)), normal);
      }),
    );
  });

  it('throws nothing but an InvalidRequirement, whatever it is given', () => {
    const pieces = fc.constantFrom(
      'a',
      '[',
      ']',
      '(',
      ')',
      ';',
      ',',
      '@',
      '==',
      '=',
      '1',
      '.*',
      ' ',
      '"',
      'os_name',
      'and',
      '__proto__',
    );
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (anything) => {
        try {
          renderRequirement(parseRequirement(anything));
        } catch (error) {
          assert.ok(error instanceof InvalidRequirement);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('normalName', () => {
  it('is that of PEP 503', () => {
    for (const name of [
      'friendly-bard',
      'Friendly-Bard',
      'FRIENDLY-BARD',
      'friendly.bard',
      'friendly_bard',
      'FrIeNdLy-._.-bArD',
    ])
      assert.equal(normalName(name), 'friendly-bard');
  });
});
