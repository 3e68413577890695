import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Masker } from '../../../sandbox/agent/masker';

function maskerOf(...secrets: readonly string[]): Masker {
  const masker = new Masker();
  for (const secret of secrets) masker.add(secret);
  return masker;
}

describe('The masker', () => {
  const secret = 'p"a\\ss (wörd)/+';

  const forms: readonly (readonly [string, string])[] = [
    ['as it is', secret],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded as .NET does it', encodeURIComponent(secret).replace('(', '%28').replace(')', '%29')],
    ['in a URI', encodeURI(secret)],
    ['with doubled backslashes', secret.replaceAll('\\', '\\\\')],
  ];
  for (const [name, form] of forms) {
    it(`hides a secret ${name}`, () => assert.equal(maskerOf(secret).mask(`x${form}y${form}`), 'x***y***'));
  }

  it('hides a secret in base64, at any offset in the encoded text', () => {
    for (const before of ['', 'u', 'us', 'user:']) {
      const encoded = Buffer.from(`${before}${secret}tail`).toString('base64');
      const masked = maskerOf(secret).mask(encoded);
      assert.match(masked, /^.{0,9}\*\*\*.{0,8}$/, `${before}: ${masked}`);
    }
  });

  it('hides a short secret in base64 on its own', () => assert.equal(maskerOf('abc').mask('x YWJj'), 'x ***'));

  it('hides a secret of several lines as the data of a logging command', () => {
    const masker = maskerOf('a%b\r\nc');
    assert.equal(masker.mask('-a%b%0D%0Ac-a%AZP25b%0D%0Ac-a%b\r\nc-'), '-***-***-***-');
  });

  it('leaves shorter secrets than it is told to hide, but none of six characters', () => {
    const masker = new Masker(20);
    for (const secret of ['abc', 'abcde', 'uvwxyz']) masker.add(secret);
    assert.equal(masker.mask('abc abcde uvwxyz'), 'abc abcde ***');
  });

  it('replaces overlapping secrets by one mask', () =>
    assert.equal(maskerOf('abcd', 'cdef', 'bc').mask('-abcdef-'), '-***-'));

  it('hides each line of a long secret, but not lines with only a brace', () => {
    const masker = maskerOf('{\n  "key": "value"\n}');
    assert.equal(masker.mask('{}  "key": "value"'), '{}***');
  });

  it('hides a quoted secret without its quotes', () => assert.equal(maskerOf('"quoted"').mask('quoted'), '***'));

  it('hides the password of a URL, even if it is not registered as a secret', () => {
    const masker = maskerOf('word');
    assert.equal(
      masker.mask('at https://me:pass%20word@host/ and http://me@host:80/@'),
      'at https://me:***@host/ and http://me@host:80/@',
    );
  });

  it('ignores secrets that are only white space', () => assert.equal(maskerOf(' ', '', '\n').mask('a b'), 'a b'));

  it('leaves no secret in any text', () => {
    const word = fc
      .string({ minLength: 3, unit: 'grapheme-ascii' })
      .filter((text) => text.trim().length >= 3 && !text.includes('*'));
    fc.assert(
      fc.property(
        word,
        fc.string(),
        fc.string(),
        (text, before, after) => !maskerOf(text).mask(`${before}${text}${after}`).includes(text),
      ),
    );
  });
});
