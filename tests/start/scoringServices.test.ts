import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, get, request as send, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { startJobProxy } from '../../sandbox/scoring/jobProxy';
import { buildScoringImage, type ScoringImage } from '../../sandbox/scoring/scoringImage';
import { ScoringServices, type ServiceImage } from '../../sandbox/scoring/scoringServices';

const echo = `
import os
print("loading")
def application(environ, start_response):
    if environ["PATH_INFO"] == "/boom":
        raise ValueError("out of range")
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("201 Created", [("X-Seen", environ.get("HTTP_X_SENT", ""))])
    place = f'{environ["REQUEST_METHOD"]} {environ["PATH_INFO"]}?{environ["QUERY_STRING"]} {os.environ["STAGE"]} '
    return [place.encode(), body]
`;
const dockerfile = 'FROM python\nUSER 1000\nCMD ["waitress-serve", "server:application"]\n';
const request = { method: 'GET', path: '/', headers: {}, body: Buffer.alloc(0) };

describe('A scoring service of the sandbox', function () {
  this.timeout(60_000);
  const services = new ScoringServices();
  after(() => services.close());

  const imageOf = (source: string): ServiceImage => ({
    files: new Map([['server.py', Buffer.from(source)]]),
    application: 'server:application',
  });
  async function start(source: string) {
    const lines: string[] = [];
    const service = await services.start(imageOf(source), { env: { STAGE: 'test' }, log: (line) => lines.push(line) });
    return { service, lines };
  }

  it('forwards requests to the WSGI application, with the environment of the container', async () => {
    const { service, lines } = await start(echo);
    const body = Buffer.from('données');
    const headers = { 'content-length': String(body.length), 'x-sent': ['a', 'b'] };
    const answer = await service.answer({ method: 'POST', path: '/a%20b?c=d', headers, body });
    assert.deepEqual([answer.status, answer.headers], [201, { 'x-seen': 'a, b' }]);
    assert.equal(answer.body.toString(), 'POST /a b?c=d test données');
    assert.deepEqual(lines, ['loading']);
  });

  it('returns 500 and logs the trace when the application raises an exception', async () => {
    const { service, lines } = await start(echo);
    const { status } = await service.answer({ ...request, path: '/boom' });
    assert.equal(status, 500);
    assert.equal(lines.at(-1), 'ValueError: out of range');
    assert.equal((await service.answer(request)).status, 201);
  });

  it('exits with 1 and the trace of its own code when it cannot be loaded', async () => {
    const { service, lines } = await start('import sklearn\n');
    assert.equal(await service.exited, 1);
    assert.deepEqual(lines, [
      'Traceback (most recent call last):',
      '  File "/app/server.py", line 1, in <module>',
      '    import sklearn',
      "ModuleNotFoundError: No module named 'sklearn'",
    ]);
  });

  it('rejects requests after it was closed', async () => {
    const { service } = await start('def application(environ, start_response):\n    while True: pass\n');
    const asked = assert.rejects(service.answer(request), /The service has ended/);
    await service.close();
    await asked;
  });

  describe('as an image', () => {
    let folder: string;
    beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'scoring-'))));
    afterEach(() => rm(folder, { recursive: true }));

    async function build(source: string, instructions = dockerfile): Promise<ScoringImage> {
      await writeFile(join(folder, 'Dockerfile'), instructions);
      await writeFile(join(folder, 'server.py'), source);
      return buildScoringImage(folder, services);
    }

    it('contains the files as they were when it was built', async () => {
      const { inCluster, inContainerGroup } = await build(echo);
      await writeFile(join(folder, 'server.py'), 'import sklearn\n');
      const env = { STAGE: 'later' };
      const log = () => undefined;
      const serving = await inCluster.serve({ env, log });
      assert.equal((await serving.answer(request)).body.toString(), 'GET /? later ');
      const answer = await inContainerGroup.answer?.(request, { environment: env, log });
      assert.equal(answer?.body.toString(), 'GET /? later ');
      assert.equal(inCluster.runsAsRoot, false);
    });

    it('reports to a container group that its container ends', async () => {
      const { inContainerGroup } = await build('import sklearn\n');
      assert.deepEqual([inContainerGroup.exitCode, inContainerGroup.endsAfterSeconds], [1, 1]);
      assert.match(inContainerGroup.log.at(-1) ?? '', /No module named 'sklearn'/);
    });

    it('runs as root unless the Dockerfile sets another user', async () => {
      const { inCluster } = await build(echo, 'FROM python\nCMD gunicorn server:application\n');
      assert.equal(inCluster.runsAsRoot, true);
    });

    it('is refused when the Dockerfile starts no application', async () => {
      await assert.rejects(build(echo, 'FROM python\nCMD ["python", "server.py"]\n'), /names no WSGI application/);
    });
  });
});

describe("The proxy of the agent's machine", () => {
  it('forwards requests only to the hosts of the sandbox', async () => {
    const secureNames = ['*.westeurope.azurecontainer.io'];
    const target = await startJobProxy({ urlOf: () => assert.fail('it is asked for nothing'), secureNames });
    const proxy = await startJobProxy({
      urlOf: (host, port) => {
        if (host !== 'score.westeurope.azurecontainer.io' || port !== 5001) throw new Error('No such host.');
        return target.url;
      },
      secureNames,
    });
    const ask = async (path: string) => {
      const [response] = (await once(get(proxy.url, { path, agent: false }), 'response')) as [IncomingMessage];
      return [response.statusCode, await text(response)];
    };
    try {
      // The second proxy is not asked as one, and says so: the request has come through.
      assert.match(String((await ask('http://score.westeurope.azurecontainer.io:5001/score?a=b'))[1]), /Invalid URL/);
      assert.deepEqual(await ask('http://example.com/'), [502, 'Error: No such host.\n']);
    } finally {
      await Promise.all([proxy.close(), target.close()]);
    }
  });

  it('ends the HTTPS of the hosts of the sandbox, for those who trust its authority', async () => {
    const host = 'score.westeurope.inference.ml.azure.com';
    const server = createServer((request, response) => response.end(`${request.headers.host} ${request.url}`));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const proxy = await startJobProxy({
      urlOf: (name, port) => {
        if (name !== host || port !== 443) throw new Error('No such host.');
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      },
      secureNames: ['*.westeurope.inference.ml.azure.com'],
    });
    const open = async (name: string): Promise<[IncomingMessage, Socket, Buffer]> => {
      const { hostname, port } = new URL(proxy.url);
      const asked = send({ hostname, port, method: 'CONNECT', path: `${name}:443`, agent: false });
      asked.end();
      return (await once(asked, 'connect')) as [IncomingMessage, Socket, Buffer];
    };
    const ask = async (ca?: string): Promise<string> => {
      const [, socket] = await open(host);
      const secure = connect({ socket, servername: host, ...(ca !== undefined && { ca }) });
      await once(secure, 'secureConnect');
      const asked = get({ headers: { host }, path: '/score?a=b', createConnection: () => secure });
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      return text(response);
    };
    try {
      assert.equal(await ask(proxy.ca), `${host} /score?a=b`);
      await assert.rejects(ask(), /certificate/);
      const [refused, , body] = await open('example.com');
      assert.deepEqual([refused.statusCode, String(body)], [502, 'Error: No such host.\n']);
    } finally {
      await proxy.close();
      server.close();
    }
  });
});
