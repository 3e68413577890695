import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentsInUse, FakeAgent } from '../support/fakeAgent';
import { RecordingServer } from '../support/recordingServer';
import { startTaskProcess } from '../support/taskProcess';

const secret = 'p/planted+token of=it&"1"';
const kept = 'p-kept-token-12345';

interface Message {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const pod = (annotations: object): string => JSON.stringify({ metadata: { annotations } });
const group = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerInstance/containerGroups/x?api-version=1';
const properties = (more: object): string => JSON.stringify({ properties: more });
const variables = (variable: object): string =>
  properties({ containers: [{ properties: { environmentVariables: [variable] } }] });

/** Messages with a secret where others could read it. */
const leaking: Readonly<Record<string, Message>> = {
  'a path': { path: `/api/${encodeURIComponent(secret)}` },
  'a query': { path: `/api?${new URLSearchParams({ filter: secret }).toString()}` },
  'a User-Agent': { headers: { 'user-agent': `task/1 ${secret}` } },
  'another header': { headers: { 'x-request-id': secret } },
  'an annotation': { body: pod({ note: secret }) },
  'the name of an annotation': { body: pod({ [secret]: '' }) },
  'a tag that is encoded': { body: pod({ tag: Buffer.from(`Bearer ${secret}`).toString('base64') }) },
  'JSON in JSON': { body: pod({ config: JSON.stringify({ token: secret }) }) },
  'base64 within a longer text': {
    body: pod({ file: Buffer.from(`# A notebook\n${secret}\nend`).toString('base64') }),
  },
  'a part of a form with files': { body: `--x\r\ncontent-disposition: form-data; name=a\r\n\r\n${secret}\r\n--x--` },
  'JSON that breaks off': { body: pod({ note: secret }).slice(0, -2) },
  'another field of a sign-in': {
    path: '/t/token',
    headers: form,
    body: new URLSearchParams({ scope: secret }).toString(),
  },
  'a proof of a sign-in elsewhere': { headers: form, body: new URLSearchParams({ client_secret: secret }).toString() },
  'a label of a Secret': { path: '/api/v1/namespaces/m/secrets', body: pod({ note: secret }) },
  'data of a ConfigMap': { path: '/api/v1/namespaces/m/configmaps', body: JSON.stringify({ data: { a: secret } }) },
  'a plain variable of a container': { method: 'PUT', path: group, body: variables({ name: 'A', value: secret }) },
};

/** Messages with a secret where it belongs. */
const proper: Readonly<Record<string, Message>> = {
  'the Authorization header': { headers: { authorization: `Bearer ${secret}` } },
  'a proof of a sign-in': {
    path: '/t/token',
    headers: form,
    body: new URLSearchParams({ client_secret: secret }).toString(),
  },
  'data of a Secret': {
    path: '/api/v1/namespaces/m/secrets/a?fieldManager=x',
    body: JSON.stringify({ data: { a: Buffer.from(secret).toString('base64') } }),
  },
  'a secure variable of a container': {
    method: 'PUT',
    path: group,
    body: variables({ name: 'A', secureValue: secret }),
  },
  'the password of a registry': {
    method: 'PUT',
    path: group,
    body: properties({ imageRegistryCredentials: [{ server: 's', password: secret }] }),
  },
};

describe('The search for secrets', () => {
  let server: RecordingServer;
  let folder: string;
  before(async () => {
    server = await RecordingServer.start();
    folder = await mkdtemp(join(tmpdir(), 'leaks-'));
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const agentWith = (token: string): FakeAgent => new FakeAgent({}, { c: { url: server.url, token } });
  const send = async ({ method = 'POST', path = '/', headers = {}, body = '' }: Message): Promise<void> => {
    await fetch(server.url + path, { method, headers, body });
  };

  for (const [what, message] of Object.entries(leaking))
    it(`finds one in a message to a stand-in: ${what}`, async () => {
      const agent = agentWith(secret);
      await send(message);
      await assert.rejects(agent.complete('Succeeded', ''), (error) => {
        assert.ok(error instanceof Error && !error.message.includes(secret));
        return /^The task shows a secret:\n(POST|PUT) /.test(error.message);
      });
    });

  for (const [what, message] of Object.entries(proper))
    it(`lets one be sent in ${what}`, async () => {
      const agent = agentWith(secret);
      await send(message);
      await agent.complete('Succeeded', '');
    });

  const exits: Readonly<Record<string, (agent: FakeAgent, text: string) => unknown>> = {
    log: (agent, text) => agent.log(text),
    group: (agent, text) => agent.group('title', text),
    debug: (agent, text) => agent.debug(text),
    warning: (agent, text) => agent.warning(text),
    error: (agent, text) => agent.error(text),
    progress: (agent, text) => agent.progress(1, text),
    output: (agent, text) => agent.setOutput('it', text),
    summary: (agent, text) => agent.summary('it', text),
    attachment: (agent, text) => agent.attachToLog('it', text),
  };
  for (const [exit, leak] of Object.entries(exits))
    it(`finds one that a task hands to its agent, although the agent hides it: ${exit}`, async () => {
      const agent = agentWith(secret);
      await leak(agent, `x ${encodeURIComponent(secret)} x`);
      await assert.rejects(agent.complete('Succeeded', ''), /^Error: The task shows a secret:/);
    });

  it('finds one in the result, and one that the task announced itself', async () => {
    const agent = agentWith('another-token');
    agent.setSecret(secret);
    await assert.rejects(agent.complete('Failed', secret), /^Error: The task shows a secret:\nresult: \*{3}$/);
    assert.ok(!agentsInUse().includes(agent));
  });

  /** A script that is started as a task is. */
  async function run(script: string): Promise<unknown> {
    const file = join(folder, 'task.cjs');
    await writeFile(file, script);
    const environment = { ENDPOINT_AUTH_PARAMETER_c_APITOKEN: secret, SERVER: server.url };
    return (await startTaskProcess(file, environment)).end;
  }
  const token = 'process.env.ENDPOINT_AUTH_PARAMETER_c_APITOKEN';
  const post = (options: string): string => `void fetch(process.env.SERVER, { method: 'POST', ${options} });`;

  it('finds one of a task process in a message, also in a body that the stand-in answers at once', async () => {
    await assert.rejects(run(post(`body: JSON.stringify({ tags: { a: ${token} } })`)), /POST \/: body\.tags\.a$/);
    await assert.rejects(run(post(`headers: { 'user-agent': 'x ' + ${token} }`)), /POST \/: header user-agent$/);
    await run(post(`headers: { authorization: 'Bearer ' + ${token} }`));
  });

  it('finds one that a task process announced', async () => {
    const announce = `console.log('##vso[task.setsecret]${kept}');`;
    await assert.rejects(run(`${announce} ${post(`body: '{"tag":"${kept}"}'`)}`), /POST \/: body\.tag$/);
    await assert.rejects(run(`${announce} console.log('x ${kept}')`), /shows a secret:\nx /);
  });

  it('finds one of a task process in a file, and in the name of a file', async () => {
    const write = (name: string, text: string): string =>
      `require('node:fs').writeFileSync(process.env.AGENT_TEMPDIRECTORY + '/' + ${name}, ${text});`;
    await assert.rejects(run(write(`'a.txt'`, `Buffer.from('x' + ${token}).toString('base64')`)), /a\.txt$/);
    await assert.rejects(run(write(`encodeURIComponent(${token})`, `''`)), /shows a secret/);
    await run(write(`'a.txt'`, `'nothing'`));
  });
});
