import assert from 'node:assert/strict';
import { nextStep } from '../../../shared/http/answer/failure';
import { networkFailure } from '../../../shared/http/transport/networkFailure';
import { NoAnswer } from '../../../shared/http/transport/send';

const direct = { service: 'Databricks', host: 'adb-1.2.example.com', proxyHost: undefined };
const proxied = { ...direct, proxyHost: 'proxy:8080' };
const mayArrive = true;

describe('a network failure', () => {
  for (const [code, isTransient, advice] of [
    ['ECONNREFUSED', true, /can reach adb-1\.2\.example\.com: firewall, proxy \(--proxyurl\)/],
    ['ECONNRESET', true, /can reach/],
    ['EPIPE', true, /can reach/],
    ['ETIMEDOUT', true, /can reach/],
    ['EHOSTUNREACH', true, /can reach/],
    ['ENETUNREACH', true, /can reach/],
    ['EPROTO', true, /can reach/],
    ['ENOTFOUND', true, /Check the URL \(adb-1\.2\.example\.com\) and the DNS of the agent machine/],
    ['EAI_AGAIN', true, /DNS/],
    ['TRUNCATED', true, /breaks answers/],
    ['HPE_INVALID_CONSTANT', true, /breaks answers/],
    ['Z_BUF_ERROR', true, /breaks answers/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', true, /breaks answers/],
    ['SELF_SIGNED_CERT_IN_CHAIN', false, /not trusted.*--sslcacert/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false, /not trusted.*--sslcacert/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', false, /not trusted.*--sslcacert/],
    ['CERT_HAS_EXPIRED', false, /clock of the agent machine/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, /Check the URL, the certificate/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', false, /client certificate.*--sslclientcert/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', false, /client certificate.*--sslclientcert/],
    ['TOO_LARGE', false, /No answer of this service is that large/],
    ['ERR_SOMETHING_NEW', false, /gave no answer: it is broken \(ERR_SOMETHING_NEW\)\.$/],
  ] as const) {
    it(`with code ${code} is ${isTransient ? 'transient' : 'permanent'}, and is reported with what to check`, () => {
      const failure = networkFailure(new NoAnswer(code, 'it is broken', mayArrive, undefined), direct);
      const error = failure.error('read the thing', '', 1);
      assert.equal(failure.isTransient, isTransient);
      assert.equal(error.isTransient, isTransient);
      assert.match(error.message, advice);
    });
  }

  it('names the proxy, when there is one, as the thing to check', () => {
    for (const code of ['ENOTFOUND', 'ECONNREFUSED', 'TRUNCATED']) {
      const failure = networkFailure(new NoAnswer(code, 'it is broken', mayArrive, undefined), proxied);
      assert.match(failure.error('read the thing', '', 1).message, /proxy \(?.*proxy:8080/);
    }
  });

  it('is reported within seconds when the host name does not exist, usually because of a typing error', () => {
    const failure = networkFailure(new NoAnswer('ENOTFOUND', 'no such name', !mayArrive, undefined), direct);
    const call = { isRepeatable: false, budgetSeconds: 120, secondsLeft: 120, random: () => 1 };
    assert.deepEqual(
      [1, 2, 3, 4].map((attempts) => nextStep(failure, { ...call, attempts })),
      [{ waitSeconds: 1 }, { waitSeconds: 2 }, { waitSeconds: 4 }, { reason: '' }],
    );
  });
});
