import assert from 'node:assert/strict';
import { proxySettings } from '../../../shared/agent/proxySettings';
import { TaskError } from '../../../shared/errors';

describe("the agent's proxy", () => {
  function proxyOf(target: string, variables: Readonly<Record<string, string>>) {
    const all = { 'Agent.ProxyUrl': 'http://proxy:3128', ...variables };
    return proxySettings((name) => all[name as keyof typeof all], target);
  }

  it('has the credentials of the agent, where there are some', () => {
    assert.equal(proxyOf('https://a.test', { 'Agent.ProxyUrl': '' }), undefined);
    assert.deepEqual(proxyOf('https://a.test', { 'Agent.ProxyUsername': '' }), { url: 'http://proxy:3128' });
    assert.deepEqual(proxyOf('https://a.test', { 'Agent.ProxyUsername': 'u', 'Agent.ProxyPassword': 'p' }), {
      url: 'http://proxy:3128',
      username: 'u',
      password: 'p',
    });
  });

  for (const [list, bypassed, used] of [
    ['["CONTOSO\\\\.com"]', 'https://a.contoso.com/', 'https://contoso-com.test'],
    ['["*.contoso.com"]', 'https://adb-1.contoso.com/api', 'https://contoso.org'],
    ['["(", "*.a.test"]', 'https://b.a.test', 'https://aatest'],
    ['["x", "b.test"]', 'https://b.test', 'https://c.test'],
  ] as const)
    it(`is bypassed by the list ${list}`, () => {
      assert.equal(proxyOf(bypassed, { 'Agent.ProxyBypassList': list }), undefined);
      assert.ok(proxyOf(used, { 'Agent.ProxyBypassList': list }));
    });

  for (const list of ['a.test', '{', '{"a": 1}', '5'])
    it(`has no bypass list that is ${list}`, () => {
      assert.throws(() => proxyOf('https://a.test', { 'Agent.ProxyBypassList': list }), TaskError);
    });
});
