import assert from 'node:assert/strict';
import { environmentProxy } from '../../cli/agent/environmentProxy';
import { markdownText } from '../../cli/output/markdownText';
import { memoryTerminal, MemoryStream } from './silentTerminal';

const verbose = { isQuiet: false, isDebugging: false, hasColor: true };

function terminalOf(environment: Readonly<Record<string, string>> = {}, isTty = false) {
  const [stdout, stderr] = [new MemoryStream(isTty), new MemoryStream(isTty, 40)];
  return {
    stdout,
    stderr,
    terminal: memoryTerminal({ stdout, stderr, environment }),
  };
}

describe('The terminal of mloccli', () => {
  it('shows nothing that could control it, such as sequences in the answer of a service', () => {
    const { terminal, stderr } = terminalOf();
    terminal.say('name \u001b]0;title\u0007 \u009b31m red\r\n\u202etext\ttab');
    assert.equal(stderr.text, 'name \\u001b]0;title\\u0007 \\u009b31m red\n\\u202etext\ttab\n');
  });

  it('hides secrets of the environment and those that it is told, also in progress', () => {
    const { terminal, stderr } = terminalOf({ DATABRICKS_TOKEN: 'dapi-first-secret', PATH: '/usr/bin' }, true);
    terminal.redactor.add('second-secret');
    terminal.say('dapi-first-secret second-secret /usr/bin');
    terminal.status('10% second-secret');
    terminal.conclude(`base64: ${Buffer.from('second-secret').toString('base64')}`);
    assert.doesNotMatch(stderr.text, /secret /);
    assert.match(stderr.text, /\*{3} \*{3} \/usr\/bin/);
    assert.match(stderr.text, /base64: \*{3}/);
  });

  it('cannot be used to run commands of an agent', () => {
    const inPipeline = terminalOf({ TF_BUILD: 'True' });
    inPipeline.terminal.say('##vso[task.complete result=Failed]');
    assert.equal(inPipeline.stderr.text, '##_vso[task.complete result=Failed]\n');
    const elsewhere = terminalOf();
    elsewhere.terminal.say('##[group]');
    assert.equal(elsewhere.stderr.text, '##[group]\n');
  });

  for (const [what, environment, isTty, hasColor, isColored] of [
    ['a terminal', {}, true, true, true],
    ['a file', {}, false, true, false],
    ['NO_COLOR', { NO_COLOR: '1' }, true, true, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, true, true, true],
    ['TERM=dumb', { TERM: 'dumb' }, true, true, false],
    ['--no-color', {}, true, false, false],
  ] as const)
    it(`uses ${isColored ? 'colors' : 'no colors'} with ${what}`, () => {
      const { terminal, stderr } = terminalOf(environment, isTty);
      terminal.show({ ...verbose, hasColor });
      terminal.conclude('text', 'red');
      // eslint-disable-next-line no-control-regex
      assert.equal(/\u001b\[31m/.test(stderr.text), isColored);
    });

  it('replaces the line of progress, and shortens it to the width', () => {
    const { terminal, stderr } = terminalOf({}, true);
    terminal.status(`50% ${'x'.repeat(100)}`);
    terminal.say('done');
    assert.equal(stderr.text, `\r\u001b[K50% ${'x'.repeat(35)}\r\u001b[Kdone\n`);
    const quiet = terminalOf({}, true);
    quiet.terminal.show({ ...verbose, isQuiet: true });
    quiet.terminal.status('50%');
    quiet.terminal.say('text');
    assert.equal(quiet.stderr.text, '');
  });

  it('shows the Markdown of a summary as text', () => {
    const markdown =
      '### A [name\\_x](http://x/y)\n\n| Rule | Value |\n| --- | ---: |\n| a \\< 1 \\| b | **2** |\n| `c` | 10 &amp; 3 |\n\nEnd.';
    assert.equal(
      markdownText(markdown),
      'A name_x (http://x/y)\n\nRule       Value\na < 1 | b  2\nc          10 & 3\n\nEnd.',
    );
  });
});

describe('The proxy of the environment', () => {
  const proxy = 'http://user:p%40ss@proxy.example.com:8080';
  const found = { url: 'http://proxy.example.com:8080/', username: 'user', password: 'p@ss' };
  const cases: readonly [what: string, environment: Record<string, string>, url: string, expected: unknown][] = [
    ['is used for HTTPS', { HTTPS_PROXY: proxy }, 'https://a.net', found],
    ['can be in lower case', { https_proxy: proxy, HTTPS_PROXY: 'http://other' }, 'https://a.net', found],
    ['is another one for HTTP', { HTTP_PROXY: proxy }, 'https://a.net', undefined],
    ['can be without a scheme', { HTTPS_PROXY: 'p:1' }, 'https://a.net', { url: 'http://p:1/' }],
    [
      'is not used for a host of NO_PROXY',
      { HTTPS_PROXY: proxy, NO_PROXY: 'b.net, a.net' },
      'https://a.net',
      undefined,
    ],
    ['is not used for a subdomain', { HTTPS_PROXY: proxy, NO_PROXY: '.a.net' }, 'https://x.a.net', undefined],
    ['is used for a name with the same end', { HTTPS_PROXY: proxy, NO_PROXY: 'a.net' }, 'https://ba.net', found],
    ['is used for another port', { HTTPS_PROXY: proxy, NO_PROXY: 'a.net:8443' }, 'https://a.net', found],
    ['is not used with *', { HTTPS_PROXY: proxy, NO_PROXY: '*' }, 'https://a.net', undefined],
    ['is not used for this machine', { HTTP_PROXY: proxy }, 'http://127.0.0.1:80', undefined],
  ];
  for (const [what, environment, url, expected] of cases)
    it(what, () => assert.deepEqual(environmentProxy(environment, url), expected));

  it('is refused when it is not a URL', () => {
    assert.throws(
      () => environmentProxy({ HTTPS_PROXY: 'http://' }, 'https://a.net'),
      /HTTPS_PROXY is not the URL of a/,
    );
  });
});
