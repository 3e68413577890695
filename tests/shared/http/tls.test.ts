import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sinon from 'sinon';
import type { CertificateSettings } from '../../../shared/agent/agent';
import { TaskError } from '../../../shared/errors';
import type { ServiceCertificates } from '../../../shared/http/transport/certificates';
import { NetworkError } from '../../../shared/http/errors';
import type { HttpClient } from '../../../shared/http/httpClient';
import { ConnectProxy } from '../../support/connectProxy';
import { RecordingServer } from '../../support/recordingServer';
import { makeTestCertificates, type TestCertificates } from '../../support/testCertificates';
import { clientFor, create, errorOf, get, type ClientUnderTest } from './clientUnderTest';
import { anything } from '../../support/anything';

describe('a service behind a private certificate authority', () => {
  let folder: string;
  let certificates: TestCertificates;
  let trust: CertificateSettings;
  let identity: CertificateSettings;
  let server: RecordingServer;
  let demanding: RecordingServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tls-'));
    certificates = await makeTestCertificates();
    const file = async (name: string, text: string): Promise<string> => {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    };
    const { ca, client } = certificates;
    trust = { caFile: await file('ca.pem', ca) };
    identity = {
      ...trust,
      certificateFile: await file('client.pem', client.cert),
      keyFile: await file('client.key', client.key),
      passphrase: client.passphrase,
    };
    server = await RecordingServer.start(certificates.server);
    demanding = await RecordingServer.start({
      ...certificates.server,
      ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
  });
  after(async () => {
    await Promise.all([server.close(), demanding.close()]);
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    server.reset({ body: { fine: true } });
    demanding.reset({ body: { fine: true } });
  });

  const clientWith = (url: string, settings?: CertificateSettings, proxyUrl?: string): ClientUnderTest =>
    clientFor(url, {}, { certificates: () => settings, proxyFor: () => (proxyUrl ? { url: proxyUrl } : undefined) });

  it('is reached with the authority that the agent is configured with', async () => {
    const { client } = clientWith(server.url, trust);
    for (let count = 0; count < 3; count++) assert.deepEqual(await client.json(get, anything), { fine: true });
    assert.equal(server.connections, 1);
  });

  it('is refused without it, at once, before anything is sent, with advice', async () => {
    const { client, clock } = clientWith(server.url);
    const error = await errorOf(NetworkError, client.json(get, anything));
    assert.equal(error.isTransient, false);
    assert.deepEqual(clock.sleeps, []);
    assert.equal(server.requests.length, 0);
    assert.match(error.message, /UNABLE_TO_VERIFY_LEAF_SIGNATURE.*configure the agent with .*\(--sslcacert\)/s);
  });

  for (const [variable, value] of [
    ['AGENT_SKIPCERTVALIDATION', 'True'],
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
  ] as const) {
    it(`is refused even when ${variable} disables the check`, async () => {
      const sandbox = sinon.createSandbox();
      sandbox.stub(process, 'env').value({ ...process.env, [variable]: value });
      sandbox.stub(process, 'emitWarning');
      try {
        await errorOf(NetworkError, clientWith(server.url).client.json(get, anything));
        assert.equal(server.requests.length, 0);
      } finally {
        sandbox.restore();
      }
    });
  }

  it('is refused when its certificate is for another name', async () => {
    const { client } = clientWith(server.url.replace('localhost', '127.0.0.1'), trust);
    const error = await errorOf(NetworkError, client.json(get, anything));
    assert.equal(error.code, 'ERR_TLS_CERT_ALTNAME_INVALID');
    assert.equal(error.isTransient, false);
    assert.equal(server.requests.length, 0);
  });

  it('receives the client certificate that it requires', async () => {
    assert.deepEqual(await clientWith(demanding.url, identity).client.json(get, anything), { fine: true });
  });

  it('that requires a missing client certificate fails the call, with advice', async () => {
    const error = await errorOf(NetworkError, clientWith(demanding.url, trust).client.json(create, anything));
    assert.equal(demanding.requests.length, 0);
    assert.match(error.message, /client certificate.*--sslclientcert/s);
  });

  it('is reached through a proxy too, with both certificates', async () => {
    const proxy = await ConnectProxy.start();
    try {
      assert.deepEqual(await clientWith(demanding.url, identity, proxy.url).client.json(get, anything), { fine: true });
      assert.deepEqual(proxy.targets, [`localhost:${demanding.port}`]);
    } finally {
      await proxy.close();
    }
  });

  it('may have a proxy that is itself reached by TLS', async () => {
    const proxy = await ConnectProxy.start(undefined, certificates.server);
    try {
      assert.deepEqual(await clientWith(server.url, trust, proxy.url).client.json(get, anything), { fine: true });
      assert.deepEqual(proxy.targets, [`localhost:${server.port}`]);
    } finally {
      await proxy.close();
    }
  });

  for (const value of [undefined, '0'])
    it(`is not reached through a proxy whose certificate is not trusted (NODE_TLS_REJECT_UNAUTHORIZED: ${value ?? 'unset'})`, async () => {
      const stranger = await makeTestCertificates();
      const proxy = await ConnectProxy.start(undefined, stranger.server);
      const sandbox = sinon.createSandbox();
      sandbox.stub(process, 'env').value({ ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: value });
      sandbox.stub(process, 'emitWarning');
      try {
        const error = await errorOf(
          NetworkError,
          clientWith(server.url, trust, proxy.url).client.json(create, anything),
        );
        assert.match(error.code, /CERT|SIGNATURE/);
        assert.deepEqual(proxy.targets, []);
        assert.equal(server.requests.length, 0);
      } finally {
        sandbox.restore();
        await proxy.close();
      }
    });

  describe('of its own, as a cluster has', () => {
    const clientFrom = (url: string, tls: ServiceCertificates, settings?: CertificateSettings): HttpClient =>
      clientFor(url, { tls }, { certificates: () => settings }).client;
    /** The client's certificate with its key in the clear, as services hand them out. */
    const ofClient = ({ client }: TestCertificates): { readonly cert: string; readonly key: string } => {
      const key = createPrivateKey(client).export({ type: 'pkcs8', format: 'pem' });
      return { cert: client.cert, key: key.toString() };
    };

    it('is reached with the certificates of the service alone', async () => {
      assert.deepEqual(
        await clientFrom(demanding.url, { ...ofClient(certificates), ca: certificates.ca }).json(get, anything),
        {
          fine: true,
        },
      );
    });

    it('is refused when the service names another authority', async () => {
      const { ca } = await makeTestCertificates();
      await errorOf(NetworkError, clientFrom(server.url, { ca }).json(get, anything));
      assert.equal(server.requests.length, 0);
    });

    it("is reached with the authority of the agent and the service's client certificate", async () => {
      assert.deepEqual(await clientFrom(demanding.url, ofClient(certificates), trust).json(get, anything), {
        fine: true,
      });
    });

    it("receives the service's client certificate instead of the agent's", async () => {
      const stranger = ofClient(await makeTestCertificates());
      await errorOf(NetworkError, clientFrom(demanding.url, stranger, identity).json(get, anything));
      assert.equal(demanding.requests.length, 0);
    });

    it('may have a certificate for another name than its host, which must be the name that is given', async () => {
      const { ca } = certificates;
      const address = server.url.replace('localhost', '127.0.0.1');
      assert.deepEqual(await clientFrom(address, { ca, serverName: 'localhost' }).json(get, anything), { fine: true });
      const error = await errorOf(
        NetworkError,
        clientFrom(server.url, { ca, serverName: 'other' }).json(get, anything),
      );
      assert.equal(error.code, 'ERR_TLS_CERT_ALTNAME_INVALID');
    });
  });

  for (const [what, settings, message] of [
    [
      'an authority file that is missing',
      () => ({ caFile: join(folder, 'none.pem') }),
      /certificate authority \(--sslcacert\): '.*' does not exist\./,
    ],
    [
      'a wrong passphrase',
      () => ({ ...identity, passphrase: 'wrong-secret' }),
      /certificates for this connection can't be used/,
    ],
    [
      'a key file that is no key',
      () => ({ ...identity, keyFile: trust.caFile ?? '' }),
      /certificates for this connection can't be used/,
    ],
  ] as const) {
    it(`is not called with ${what}`, () => {
      assert.throws(
        () => clientWith(server.url, settings()),
        (error) => {
          assert.ok(error instanceof TaskError);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /wrong-secret/);
          return true;
        },
      );
    });
  }
});
