import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { type ProcessEnd, startTaskProcess, type TaskProcess } from '../../support/taskProcess';

const workingFolder = '/agent/_work/1/s';
const environment = {
  SYSTEM_DEFAULTWORKINGDIRECTORY: workingFolder,
  INPUT_SERVICE: 'c1',
  ENDPOINT_URL_c1: 'https://example.test/',
  ENDPOINT_AUTH_c1: JSON.stringify({ scheme: 'Token', parameters: { apitoken: 's3cr3t-token' } }),
  ENDPOINT_AUTH_SCHEME_c1: 'Token',
  ENDPOINT_AUTH_PARAMETER_c1_APITOKEN: 's3cr3t-token',
  ENDPOINT_DATA_c1_REGION: 'west',
};

describe('a task in a process of its own', () => {
  let folder: string;
  let scripts = 0;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'agent-test-'))));
  after(() => rm(folder, { recursive: true }));

  /** A task whose `run` has this body, bundled as the build does it. */
  async function scriptOf(body: string): Promise<string> {
    const script = join(folder, `${++scripts}.cjs`);
    await build({
      stdin: {
        contents: `
          import { taskLibAgent } from './shared/agent/taskLibAgent';
          import { startTask } from './shared/task/startTask';
          import { defineTask } from './shared/task/task';
          import { connection, filePath, flag, sensitive, text } from './shared/task/inputs';
          import { TaskError } from './shared/errors';
          startTask(defineTask({
            inputs: { service: connection('databricksworkspace', { required: true }), file: filePath(), wait: flag({ default: true }), password: sensitive(), note: text() },
            outputs: ['it'],
            async run({ inputs, agent, clock, signal, setOutput }) { ${body} },
          }), taskLibAgent);`,
        resolveDir: '.',
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: script,
      logLevel: 'error',
    });
    return script;
  }
  const start = async (body: string, more: Record<string, string> = {}): Promise<TaskProcess> =>
    startTaskProcess(await scriptOf(body), { ...environment, ...more });
  const run = async (body: string, more?: Record<string, string>): Promise<ProcessEnd> => (await start(body, more)).end;

  it('has the token of the job where the agent gives one', async () => {
    const body = `return 'It is ' + (agent.jobToken() === 'j0b-token' ? 'there' : String(agent.jobToken()));`;
    const parameters = { AccessToken: 'j0b-token' };
    const ofJob = {
      ENDPOINT_URL_SYSTEMVSSCONNECTION: 'https://dev.azure.com/contoso/',
      ENDPOINT_AUTH_SYSTEMVSSCONNECTION: JSON.stringify({ scheme: 'OAuth', parameters }),
    };
    assert.match((await run(body, ofJob)).output, /It is there/);
    assert.match((await run(body)).output, /It is undefined/);
  });

  it('reports its result once and exits with 0', async () => {
    const { exitCode, commands, result } = await run(`return 'All is well.';`);
    assert.deepEqual({ exitCode, result }, { exitCode: 0, result: 'Succeeded' });
    assert.equal(commands.filter(({ name }) => name === 'task.complete').length, 1);
  });

  it('exits with 0 also when the work failed: another code would mean an error of the agent', async () => {
    const { exitCode, result, output } = await run(`throw new TaskError('Could not do it: 503; 50% done.');`);
    assert.deepEqual({ exitCode, result }, { exitCode: 0, result: 'Failed' });
    assert.match(output, /##vso\[task\.issue type=error;.*\]Could not do it: 503; 50%AZP25 done\./);
  });

  it('exits with 1 when the process ends before there is a result', async () => {
    const { exitCode, result } = await run(`process.exit();`);
    assert.deepEqual({ exitCode, result }, { exitCode: 1, result: undefined });
  });

  describe('whose agent is slow to read, or gone', () => {
    /** Prints more than a pipe holds. */
    const printMuch = `agent.log('x'.repeat(99).concat('\\n').repeat(20_000));`;
    const spawned = async (body: string) =>
      spawn(process.execPath, [await scriptOf(body)], {
        env: { ...environment, AGENT_TEMPDIRECTORY: folder },
        stdio: ['ignore', 'pipe', 'pipe'],
      });

    for (const [what, end, expected] of [
      ['fails', `throw new TaskError('Could not do it.');`, 'Failed'],
      ['succeeds', `return 'Done.';`, 'Succeeded'],
      [
        'ends by an error outside of it',
        `setTimeout(() => { throw new Error('out of the blue'); }, 0); await clock.sleep(60_000);`,
        'Failed',
      ],
    ] as const)
      it(`reports its result before it ends, when its work ${what}`, async () => {
        const child = await spawned(`setTimeout(() => process.stderr.write('still here'), 200); ${printMuch} ${end}`);
        const closed = once(child, 'close');
        await Promise.race([once(child.stderr, 'data'), once(child, 'exit')]);
        let output = '';
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
        assert.deepEqual(await closed, [0, null]);
        assert.ok(output.includes(`##vso[task.complete result=${expected};]`), output.slice(-200));
      });

    for (const end of [`throw new TaskError('Could not do it.');`, `return 'Done.';`])
      it(`exits with 1 when nobody can receive its result: ${end}`, async () => {
        const child = await spawned(end);
        child.stdout.destroy();
        child.stderr.resume();
        assert.deepEqual(await once(child, 'close'), [1, null]);
      });
  });

  it('does not fail because its summary or a file for its log cannot be written', async () => {
    const temporary = join(folder, 'gone');
    await mkdir(temporary);
    const { result, output } = await run(
      `require('node:fs').rmSync(agent.temporaryFolder, { recursive: true });
       await agent.summary('Import', 'All'); await agent.attachToLog('a.txt', 'All'); return 'Done.';`,
      { AGENT_TEMPDIRECTORY: temporary },
    );
    assert.equal(result, 'Succeeded');
    for (const name of ['Import.md', 'a.txt'])
      assert.match(
        output,
        new RegExp(`task\\.logissue type=warning;.*\\]Could not write '${name}' .*ENOENT.* not affected`),
      );
  });

  it('fails when its work never ends, although Node would exit with 0', async () => {
    const { result, output } = await run(`await new Promise(() => {}); return '';`);
    assert.equal(result, 'Failed');
    assert.match(output, /Internal error: the task exited without reporting a result\./);
  });

  it('fails on an unhandled rejection', async () => {
    const { result, output } = await run(
      `void Promise.reject(new Error('stray')); await clock.sleep(60_000, signal); return '';`,
    );
    assert.equal(result, 'Failed');
    assert.match(output, /stray/);
  });

  it('is cancelled by the first signal, and reports it as the agent spells it', async () => {
    const task = await start(`agent.log('waiting'); await clock.sleep(600_000, signal); return '';`);
    await task.saw('waiting');
    task.kill('SIGINT');
    const { exitCode, result } = await task.end;
    assert.deepEqual({ exitCode, result }, { exitCode: 0, result: 'Canceled' });
  });

  it('is not killed by the second signal while it cleans up', async () => {
    const task = await start(`
      agent.log('waiting');
      await clock.sleep(600_000, signal).catch(() => clock.sleep(300));
      agent.log('cleaned up');
      throw new TaskError('given up');`);
    await task.saw('waiting');
    task.kill('SIGINT');
    await task.saw('Cancelling');
    task.kill('SIGTERM');
    const { result, output } = await task.end;
    assert.equal(result, 'Canceled');
    assert.match(output, /cleaned up/);
  });

  it('does not execute logging commands in foreign text', async () => {
    const evil = '##vso[task.setvariable variable=PATH]/evil';
    const { commands, output } = await run(
      `const evil = ${JSON.stringify(`x ${evil}\r${evil}\n##[error]${evil}`)};
       agent.log(evil); agent.group(evil, evil); agent.debug(evil); agent.warning(evil); agent.error(evil);
       agent.progress(50, evil); setOutput('it', evil);
       throw new TaskError(evil);`,
    );
    const variables = commands.filter(({ name }) => name.toLowerCase() === 'task.setvariable');
    assert.deepEqual(
      variables.map(({ properties }) => properties['variable']),
      ['it'],
    );
    assert.doesNotMatch(output, /^##\[error\]/m);
  });

  it('never writes the secrets of a connection, even when debugging, and does not announce unused ones', async () => {
    const { output } = await run(
      `agent.log(inputs.service.scheme + ' ' + inputs.service.authorization('APITOKEN').length + ' ' + inputs.service.data('region'));
       return inputs.service.url;`,
      { SYSTEM_DEBUG: 'true' },
    );
    assert.match(output, /^Token 12 west$/m);
    assert.doesNotMatch(output, /s3cr3t/);
  });

  it('hides the secrets of the job, in any encoding, in all that it says, keeps and sets', async () => {
    const secret = 'a secret=of/the+job';
    const forms = [secret, JSON.stringify(secret).replaceAll('=', '\\u003d'), encodeURIComponent(secret)];
    const text = [...forms, Buffer.from(`Bearer ${secret}`).toString('base64')].join(' | ');
    const { output, outputs, commands } = await run(
      `const text = ${JSON.stringify(text)};
       agent.log(text); agent.group(text, text); agent.debug(text); agent.warning(text); agent.error(text);
       agent.progress(50, text); setOutput('it', text);
       await agent.summary('Summary', text); await agent.attachToLog('file.txt', text);
       process.stderr.write(text + '\\n');
       throw new TaskError(text);`,
      {
        SYSTEM_DEBUG: 'true',
        SECRET_MINE: secret,
        INPUT_NOTE: `with ${secret}`,
        AGENT_PROXYURL: 'http://proxy.test',
        AGENT_PROXYPASSWORD: 'password of the proxy',
        AGENT_TEMPDIRECTORY: await mkdtemp(join(folder, 'temporary-')),
      },
    );
    const hidden = /^\*{3} \| "\*{3}" \| \*{3} \| [\w+/]{0,12}\*{3}\w?=*$/;
    for (const form of [...forms, 'password of the proxy', 'IHNlY3JldD1vZi9'])
      assert.equal(output.includes(form), false);
    assert.match(outputs['it'] ?? '', hidden);
    assert.match(output, /The output variable 'it' contains a secret, which is replaced by \*\*\*\./);
    const files = commands.filter(({ name }) => /upload/.test(name)).map(({ data }) => data);
    assert.equal(files.length, 2);
    for (const file of files) assert.match(await readFile(file, 'utf8'), hidden);
  });

  it('does not hide a secret in the path of a file that the agent must find', async () => {
    const own = await mkdtemp(join(folder, 'secret-folder-'));
    const variables = { AGENT_TEMPDIRECTORY: own, SECRET_FOLDER: basename(own) };
    // For the search for secrets the path is one.
    const found = await run(`await agent.summary('Summary', 'text'); return '';`, variables).then(() => '', String);
    assert.ok(found.includes(`##vso[task.uploadsummary]${own}`), found);
  });

  it('breaks the logging commands in an output, which a later step may print', async () => {
    const { outputs } = await run(
      `setOutput('it', 'a ##vso[task.setvariable variable=x]b\\n##[error]c # ##d'); return '';`,
    );
    assert.deepEqual(outputs, { it: 'a ##_vso[task.setvariable variable=x]b\n##_[error]c # ##d' });
  });

  it('shows the values of plain inputs for debugging, and only the length of those with names and values', async () => {
    for (const [note, shown] of [
      ['some text', 'some text'],
      ['{"password": "hunter2"}', '(23 characters)'],
      ['KEY=hunter2', '(11 characters)'],
      ['https://me:hunt/er2@host', '(24 characters)'],
    ] as const) {
      const { output } = await run(`return '';`, { SYSTEM_DEBUG: 'true', INPUT_NOTE: note });
      assert.ok(output.includes(`##vso[task.debug]note=${shown}\n`), output);
      assert.doesNotMatch(output, /hunter2|er2@/);
    }
  });

  it('recognizes a text that contains a secret variable, or a line of one, without writing it', async () => {
    const texts = ['a', 'x a', 'long secret', 'x long secret y', 'x second line', 'x y', 'public value', ''];
    const { output } = await run(
      `agent.log(JSON.stringify(${JSON.stringify(texts)}.map((text) => agent.holdsSecret(text)))); return '';`,
      {
        SYSTEM_DEBUG: 'true',
        SECRET_A: 'a',
        SECRET_MY_LONG: ' long secret ',
        SECRET_LINES: 'x\r\n\r\nsecond line\r\n',
        SECRET_EMPTY: '',
        OPEN: 'public value',
        VSTS_SECRET_VARIABLES: '["a","My.Long","lines","empty"]',
        VSTS_PUBLIC_VARIABLES: '["open"]',
      },
    );
    assert.match(output, /^\[true,false,true,true,true,false,false,false\]$/m);
    assert.doesNotMatch(output, /long secret|second line/);
    assert.match(output, /^##vso\[task\.complete/m, 'and then writes again');
  });

  it('writes a secret input only to announce it, even when debugging', async () => {
    const { output } = await run(`return 'length ' + inputs.password.length;`, {
      INPUT_PASSWORD: 'hunter2',
      SYSTEM_DEBUG: 'true',
    });
    assert.match(output, /length 7/);
    assert.deepEqual(
      output.split('\n').filter((line) => line.includes('hunter2')),
      ['##vso[task.setsecret]hunter2'],
    );
  });

  for (const [what, announce] of [
    ['that the task announces', `agent.setSecret(secret)`],
    ['output', `agent.setOutput('it', secret, { secret: true })`],
  ] as const)
    it(`hides a secret ${what} from then on, in any encoding, in what it says and keeps`, async () => {
      // The agent masks none of it in files, and in a log not in each encoding.
      const { output, commands } = await run(
        `const secret = 'issued/later+1=';
         ${announce};
         const text = [secret, encodeURIComponent(secret), Buffer.from('me:' + secret).toString('base64')].join(' ');
         agent.log('says ' + text);
         await agent.attachToLog('file.txt', text);
         return '';`,
        { SYSTEM_DEBUG: 'true' },
      );
      assert.ok(commands.some(({ name, data }) => name === 'task.setsecret' && data === 'issued/later+1='));
      assert.match(output, /^says \*{3} \*{3} [\w+/]{0,8}\*{3}=*$/m);
    });

  it('announces a secret of several lines line by line, without short lines', async () => {
    const { output } = await run(
      `agent.setSecret('{\\r\\n  first line\\n\\nsecond line\\n}'); agent.setSecret('abc\\n'); return '';`,
    );
    assert.deepEqual(
      output.split('\n').filter((line) => line.includes('setsecret')),
      ['##vso[task.setsecret]first line', '##vso[task.setsecret]second line', '##vso[task.setsecret]abc'],
    );
  });

  it('returns the facts of the pipeline run', async () => {
    const { output } = await run(
      `agent.log(JSON.stringify([agent.workingFolder, agent.temporaryFolder, agent.run.repository, agent.run.seed, agent.managedIdentityUrl]));
       return '';`,
      {
        AGENT_TEMPDIRECTORY: folder,
        BUILD_REPOSITORY_NAME: 'fraud',
        SYSTEM_PLANID: 'plan',
        SYSTEM_JOBID: 'job',
        SYSTEM_TASKINSTANCEID: 'step',
        SYSTEM_COLLECTIONID: 'c',
        AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://identity.test',
      },
    );
    assert.ok(
      output.includes(JSON.stringify([workingFolder, folder, 'fraud', 'plan job step c    ', 'http://identity.test'])),
      output,
    );
  });

  it('treats an empty file input, which arrives as the working folder, as empty', async () => {
    const { output } = await run(`return 'file: ' + inputs.file;`, { INPUT_FILE: workingFolder });
    assert.match(output, /file: undefined/);
  });

  it('keeps an output exactly, and sets it also when the task fails later', async () => {
    const value = 'a;b]c%0A\n##x 100%';
    const { outputs } = await run(`setOutput('it', ${JSON.stringify(value)}); throw new TaskError('late');`);
    assert.deepEqual(outputs, { it: value });
  });

  it('uploads a summary and a file as files of those names', async () => {
    const { commands } = await run(
      `await agent.summary('Training', '# Done'); await agent.attachToLog('out/put.txt', 'x'); return '';`,
    );
    const paths = commands
      .filter(({ name }) => /upload/.test(name))
      .map(({ name, data }) => `${name} ${data.replace(/.*[\\/]/, '')}`);
    assert.deepEqual(paths, ['task.uploadsummary Training.md', 'task.uploadfile out_put.txt']);
  });

  it("passes on the agent's proxy, but for the addresses that bypass it, and its certificates", async () => {
    const { output } = await run(
      `agent.log(JSON.stringify([agent.proxyFor('https://a.test'), agent.proxyFor('https://inside.test'), agent.certificates()]));
       return '';`,
      {
        AGENT_PROXYURL: 'http://proxy.test:3128',
        AGENT_PROXYUSERNAME: 'user',
        AGENT_PROXYBYPASSLIST: '["inside\\\\.test"]',
        AGENT_CAINFO: '/ca.pem',
        VSTS_PUBLIC_VARIABLES: '["Agent.ProxyUrl","Agent.ProxyUsername","Agent.ProxyBypassList","Agent.CAInfo"]',
      },
    );
    assert.match(
      output,
      /^\[\{"url":"http:\/\/proxy\.test:3128","username":"user"\},null,\{"caFile":"\/ca\.pem"\}\]$/m,
    );
  });
});
