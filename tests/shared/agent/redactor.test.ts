import assert from 'node:assert/strict';
import { assert as assertAll, constantFrom, property, string } from 'fast-check';
import { dump } from 'js-yaml';
import { Redactor, secretLines } from '../../../shared/agent/redactor';
import { plainMarkdown } from '../../../shared/markdown';

const secret = `p@ss=w/rd+"x' é&<>\\ three*`;
const gson = (text: string): string =>
  JSON.stringify(text).replaceAll(/[=&<>']/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
const encoded = (text: string, encoding: BufferEncoding): string => Buffer.from(text).toString(encoding);

/** How services, libraries and our own texts write a secret. */
const forms: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'as JSON': (text) => JSON.stringify(text),
  'as Gson writes JSON': gson,
  'as .NET writes JSON': (text) =>
    JSON.stringify(text).replaceAll(/["'+<>&]/g, (sign) =>
      sign === '"' ? sign : `\\u00${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  'as JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)),
  'in a URL': encodeURIComponent,
  'in a URL by RFC 3986': (text) =>
    encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`),
  'in a form': (text) => new URLSearchParams({ '': text }).toString().slice(1),
  'in a URL in JSON in a form': (text) =>
    new URLSearchParams({ '': JSON.stringify(encodeURIComponent(text)) }).toString(),
  'in HTML': (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  'in Markdown': plainMarkdown,
  'in YAML': (text) => dump({ it: text }),
  'in a logging command': (text) =>
    text.replaceAll('%', '%AZP25').replaceAll('\n', '%0A').replaceAll(']', '%5D').replaceAll(';', '%3B'),
  'in base64': (text) => encoded(text, 'base64'),
  'in base64 after Bearer': (text) => encoded(`Bearer ${text}`, 'base64'),
  'in base64 after a user': (text) => encoded(`me:${text}`, 'base64'),
  'in base64 between others': (text) => encoded(`x${text}yz`, 'base64'),
  'in base64url': (text) => encoded(`me:${text}`, 'base64url'),
  'in base64 in a form': (text) => new URLSearchParams({ '': encoded(text, 'base64') }).toString(),
};

describe('The redactor', () => {
  for (const [form, write] of Object.entries(forms))
    it(`hides a secret ${form}, and nothing around it`, () => {
      const hidden = new Redactor([secret]).redact(`before ${write(secret)} after`);
      assert.match(hidden, /^before .*\*\*\*.* after$/s);
      for (const part of ['w/rd', 'three', 'w%2Frd', encoded(secret, 'base64').slice(6, 14)])
        assert.equal(hidden.includes(part), false, hidden);
    });

  it('hides any secret of 6 characters and more, however it is written', () => {
    const anySecret = string({ unit: 'grapheme', minLength: 6, maxLength: 30 })
      .map((text) => text.trim())
      .filter((text) => text.length >= 6 && !/[\r\n]/.test(text));
    const reversible: Readonly<Record<string, (text: string) => string>> = {
      'as JSON': (text) => JSON.parse(text) as string,
      'in base64': (text) => Buffer.from(text, 'base64').toString(),
    };
    assertAll(
      property(anySecret, constantFrom(...Object.keys(forms)), (text, form) => {
        const hidden = new Redactor([text]).redact(forms[form]?.(text) ?? '');
        assert.match(hidden, /\*\*\*/);
        const read = reversible[form];
        if (read && !hidden.includes('*')) assert.notEqual(read(hidden), text);
      }),
      { numRuns: 300 },
    );
  });

  it('hides the lines of a secret, and its lines joined, but not what all such documents have', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ\n-----END PRIVATE KEY-----\n';
    const redactor = new Redactor([key]);
    assert.equal(redactor.redact('x kqhkiG9w0BAQ x'), 'x *** x');
    assert.equal(redactor.redact('MIIEvQIBADANBgkqhkiG9w0BAQ'), '***');
    assert.equal(redactor.redact('-----BEGIN PRIVATE KEY-----'), '-----BEGIN PRIVATE KEY-----');
    assert.equal(redactor.redact(`key: ${JSON.stringify(key)}`), 'key: "***\\n"');
    assert.deepEqual(secretLines(key), ['MIIEvQIBADANBg', 'kqhkiG9w0BAQ']);
  });

  it('hides the tokens and keys of a kubeconfig, and not its names', () => {
    const config =
      'apiVersion: v1\nkind: Config\nclusters:\n- name: models-cluster\nusers:\n- name: deployer\n  user:\n    token: abc.def-ghi\n    client-key-data: LS0tLS1CRUdJTg==\n';
    const redactor = new Redactor([config]);
    const manifest = 'apiVersion: v1\nkind: Service\nmetadata: {name: models-cluster}';
    assert.equal(redactor.redact(manifest), manifest);
    assert.equal(redactor.redact('abc.def-ghi and LS0tLS1CRUdJTg=='), '*** and ***');
    assert.equal(redactor.redact(`<${config}>`), '<***\n>');
    assert.deepEqual(secretLines(config), ['abc.def-ghi', 'LS0tLS1CRUdJTg==']);
  });

  it('hides secrets that overlap, and those that are added later', () => {
    const redactor = new Redactor(['abcdefgh', 'efghijkl']);
    assert.equal(redactor.redact('-abcdefghijkl-later-on-'), '-***-later-on-');
    redactor.add('later-on');
    assert.equal(redactor.redact('-abcdefghijkl-later-on-'), '-***-***-');
  });

  it('does not hide a secret of less than 6 characters, but recognizes it as a whole text', () => {
    const redactor = new Redactor(['true', 'x', 'a longer one']);
    assert.equal(redactor.redact('x is true'), 'x is true');
    assert.deepEqual(
      ['x', 'true', 'x is true', 'not a longer one', encodeURIComponent('a longer one'), ''].map((text) =>
        redactor.holds(text),
      ),
      [true, true, false, true, true, false],
    );
  });

  it('hides the password in any URL', () => {
    assert.equal(
      new Redactor().redact('git+https://me:hunter2@host/x?a=b:c@d https://host/a:b@c'),
      'git+https://me:***@host/x?a=b:c@d https://host/a:b@c',
    );
  });

  it('takes time in proportion to the text, with many secrets and whatever the text', () => {
    const redactor = new Redactor(
      Array.from({ length: 300 }, (_, index) => `secret-number-${index}-`.padEnd(40, 'ab/+=')),
    );
    const length = 200_000;
    for (const piece of ['lorem ipsum ', '\\', '%25', "''", '//a:', '&amp;', 'secret-number-7', '\\u0061', 'Bearer ']) {
      const text = piece.repeat(Math.ceil(length / piece.length));
      assert.equal(redactor.redact(text), text);
    }
  }).timeout(120_000);
});
