import assert from 'node:assert/strict';
import { TaskError } from '../../../shared/errors';
import { hostAndPort, hostName, ipAddress, originOf, portNumber, urlAt } from '../../../shared/http/transport/address';
import { readShape, type Shape } from '../../../shared/http/shape';

function problemOf(shape: Shape<unknown>, value: unknown): string | undefined {
  const reading = readShape(shape, value);
  return 'problem' in reading ? reading.problem : undefined;
}

const command = '##vso[task.complete result=Succeeded]';
const notHosts: readonly unknown[] = [
  ...[
    command,
    'a b',
    'a/b',
    'a?b',
    'a#b',
    'u@a',
    'a\nb',
    'a,b',
    '*.example.com',
    '-a.b',
    'a..b',
    '.a',
    '\ud800',
    'é.com',
  ],
  ...['xn--a', '1.2.3.999', '1.2', '0x7f.1', '[::1]', `${'a'.repeat(64)}.b`, `${'a.'.repeat(127)}b`, true, 5, null, {}],
];

describe('The address of a server', () => {
  it('has a host name as in DNS', () => {
    const names = [
      'score.westeurope.azurecontainer.io',
      'Score.West',
      'localhost',
      'a_b.c',
      'score.eastus.',
      'xn--bcher-kva.de',
    ];
    for (const name of names) assert.equal(problemOf(hostName, name), undefined, name);
    for (const other of [...notHosts, '20.1.2.3', 'host:80'])
      assert.match(problemOf(hostName, other) ?? '', /, not a host name$/);
    assert.equal(problemOf(hostName, ''), 'it is empty');
  });

  it('has an IP address without a zone', () => {
    for (const ip of ['20.1.2.3', '::1', 'fd00::5']) assert.equal(problemOf(ipAddress, ip), undefined, ip);
    for (const other of [...notHosts, '1.2.3', 'fe80::1%eth0', '[::1]', '1.2.3.4:80'])
      assert.match(problemOf(ipAddress, other) ?? '', /, not an IP address$/);
  });

  it('may have a port behind its host', () => {
    for (const host of ['adb-1.2.azuredatabricks.net', '127.0.0.1:8443', '10.0.0.4'])
      assert.equal(problemOf(hostAndPort, host), undefined, host);
    for (const other of [...notHosts, 'host:', 'host:0', 'host:70000', 'host:80:80', 'https://host', 'host/path'])
      assert.match(problemOf(hostAndPort, other) ?? '', /, not a host name$/);
  });

  it('has a port from 1 to 65535', () => {
    for (const port of [1, 80, 65_535]) assert.equal(problemOf(portNumber, port), undefined);
    for (const other of [0, -1, 1.5, 65_536, 1e300, Number.NaN, '80', null, true])
      assert.match(problemOf(portNumber, other) ?? '', /, not a port$/);
  });

  it('is an origin', () => {
    assert.equal(originOf('20.1.2.3', 80), 'http://20.1.2.3');
    assert.equal(originOf('fd00::5', 5001), 'http://[fd00::5]:5001');
    assert.equal(originOf('score.models.svc.cluster.local', 5001), 'http://score.models.svc.cluster.local:5001');
    for (const [host, port] of [
      [command, 80],
      ['', 80],
      ['[::1', 80],
      ['a', 70_000],
      ['a', 0.5],
    ] as const)
      assert.throws(() => originOf(host, port), TaskError);
  });

  it('stays the same, whatever the path', () => {
    assert.equal(urlAt('http://a:5001', '/score?x=1'), 'http://a:5001/score?x=1');
    assert.equal(urlAt('http://a:5001', '//b:99999/score'), 'http://a:5001//b:99999/score');
    assert.equal(urlAt('http://a', `/${command}`), 'http://a/##vso[task.complete%20result=Succeeded]');
    assert.equal(urlAt('http://a', '/\\[::1'), 'http://a//[::1');
  });
});
