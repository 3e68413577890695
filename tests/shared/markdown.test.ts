import assert from 'node:assert/strict';
import { plainMarkdown } from '../../shared/markdown';

describe('A text in Markdown', () => {
  it('stays in its line and in its cell, whatever it contains', () => {
    assert.equal(plainMarkdown('one\ntwo\r\nthree\u2028four\tfive\n\n# six'), 'one two three four five \\# six');
    assert.equal(plainMarkdown('a | b'), 'a \\| b');
  });

  it('does not format anything', () => {
    assert.equal(plainMarkdown('[x](y) <b> `c` *d* _e_ ~f~'), '\\[x\\]\\(y\\) \\<b\\> \\`c\\` \\*d\\* \\_e\\_ \\~f\\~');
  });
});
