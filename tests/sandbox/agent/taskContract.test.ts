import assert from 'node:assert/strict';
import path from 'node:path';
import { useFixture, type PipelineFixture } from './pipelineFixture';

/** Prints its environment as one JSON line, and where it is. */
const tell =
  'console.log("ENV " + JSON.stringify({ ...process.env, cwd: process.cwd(), stdin: require("fs").readFileSync(0, "utf8") }));';

describe('A task', () => {
  const fixture = useFixture();
  const inputs = [
    { name: 'text', type: 'string', defaultValue: 'byDefault' },
    { name: 'flag', type: 'boolean', defaultValue: true },
    { name: 'folder', type: 'filePath', defaultValue: '' },
    { name: 'file', type: 'filePath' },
    { name: 'long.name x-y', type: 'multiLine', aliases: ['short'] },
    { name: 'workspace', type: 'connectedService:databricksworkspace' },
    { name: 'others', type: 'connectedService:any:Token,None' },
  ];

  async function environmentOf(
    of: PipelineFixture,
    yaml: string,
    options: Parameters<PipelineFixture['run']>[1] = {},
  ): Promise<Record<string, string>> {
    let raw = '';
    const { lines } = await of.run(yaml, {
      ...options,
      onLine: ({ text }) => (raw = text.startsWith('ENV ') ? text : raw),
    });
    assert.notEqual(raw, '', lines.join('\n'));
    return JSON.parse(raw.slice(4)) as Record<string, string>;
  }

  it('receives its inputs with defaults, resolved aliases, expanded variables and absolute file paths, trimmed', async () => {
    fixture().task('Tell', tell, { inputs });
    const environment = await environmentOf(
      fixture(),
      `
parameters: [{ name: on, type: boolean, default: false }]
variables: { v: value }
steps:
- task: Tell@1
  inputs:
    FLAG: \${{ parameters.on }}
    short: |
      $(v) $(unknown)
      second
    file: sub/$(v).txt
    extra: 1
`,
    );
    const sources = environment['BUILD_SOURCESDIRECTORY'] ?? '';
    assert.ok(path.isAbsolute(sources));
    assert.deepEqual(Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('INPUT_'))), {
      INPUT_TEXT: 'byDefault',
      INPUT_FLAG: 'False',
      INPUT_FOLDER: sources,
      INPUT_FILE: path.join(sources, 'sub', 'value.txt'),
      'INPUT_LONG_NAME_X-Y': 'value $(unknown)\nsecond',
      INPUT_WORKSPACE: '',
      INPUT_OTHERS: '',
      INPUT_EXTRA: '1',
    });
    assert.equal(environment['cwd'], sources);
    assert.equal(environment['stdin'], '');
  });

  it('logs a warning for unknown inputs', async () => {
    fixture().task('Tell', tell, { inputs });
    const { steps } = await fixture().run('steps:\n- task: Tell@1\n  inputs: { texst: x }\n');
    assert.deepEqual(steps.get('Tell')?.issues, [{ type: 'warning', message: "The task Tell has no input 'texst'." }]);
  });

  it('receives the connections that its inputs name, by ID, and the one to Azure DevOps; no others', async () => {
    fixture().task('Tell', tell.replace('JSON.stringify', 'encodeURIComponent(JSON.stringify').replace(';', ');'), {
      inputs,
    });
    const environment: Record<string, string> = {};
    await fixture().run(
      'steps:\n- task: Tell@1\n  inputs: { workspace: My Workspace, others: "$(plain), my workspace" }\n',
      {
        variables: { plain: '11111111-2222-3333-4444-555555555555' },
        connections: [
          {
            name: 'My Workspace',
            id: 'AAAA-1',
            url: 'https://w',
            scheme: 'Token',
            parameters: { apitoken: 'first-secret' },
            data: { 'work space.id': '7' },
          },
          { name: 'plain', id: '11111111-2222-3333-4444-555555555555', url: 'https://p', scheme: 'None' },
          { name: 'unused', url: 'https://u', scheme: 'Token', parameters: { apitoken: 'unseen' } },
        ],
        collection: { url: 'https://dev/', accessToken: 'job-token' },
        onLine: ({ text }) => {
          if (text.startsWith('ENV ')) Object.assign(environment, JSON.parse(decodeURIComponent(text.slice(4))));
        },
      },
    );
    const masked = '***';
    assert.deepEqual(
      Object.fromEntries(Object.entries(environment).filter(([name]) => /^(ENDPOINT|INPUT_W|INPUT_O)/.test(name))),
      {
        INPUT_WORKSPACE: 'AAAA-1',
        INPUT_OTHERS: '11111111-2222-3333-4444-555555555555,AAAA-1',
        'ENDPOINT_URL_AAAA-1': 'https://w',
        'ENDPOINT_AUTH_AAAA-1': `{"parameters":{"apitoken":"${masked}"},"scheme":"Token"}`,
        'ENDPOINT_AUTH_SCHEME_AAAA-1': 'Token',
        'ENDPOINT_AUTH_PARAMETER_AAAA-1_APITOKEN': masked,
        'ENDPOINT_DATA_AAAA-1': '{"work space.id":"7"}',
        'ENDPOINT_DATA_AAAA-1_WORK_SPACE_ID': '7',
        'ENDPOINT_URL_11111111-2222-3333-4444-555555555555': 'https://p',
        'ENDPOINT_AUTH_11111111-2222-3333-4444-555555555555': '{"parameters":{},"scheme":"None"}',
        'ENDPOINT_AUTH_SCHEME_11111111-2222-3333-4444-555555555555': 'None',
        'ENDPOINT_DATA_11111111-2222-3333-4444-555555555555': '{}',
        ENDPOINT_URL_SYSTEMVSSCONNECTION: 'https://dev/',
        ENDPOINT_AUTH_SYSTEMVSSCONNECTION: `{"parameters":{"AccessToken":"${masked}"},"scheme":"OAuth"}`,
        ENDPOINT_AUTH_SCHEME_SYSTEMVSSCONNECTION: 'OAuth',
        ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: masked,
        ENDPOINT_DATA_SYSTEMVSSCONNECTION: '{}',
      },
    );
  });

  it('fails when a variable names a connection that does not exist', async () => {
    fixture().task('Tell', tell, { inputs });
    const { steps } = await fixture().run(
      'variables: { c: nothing }\nsteps:\n- task: Tell@1\n  inputs: { workspace: $(c) }\n'.replace('$(c)', '"$(c)"'),
    );
    assert.deepEqual(steps.get('Tell')?.issues, [
      { type: 'error', message: "The input 'workspace' names the service connection 'nothing', which does not exist." },
    ]);
  });

  it('sees variables, secrets only with a prefix, and few environment variables of the machine', async () => {
    fixture().task('Tell', tell, { inputs });
    process.env['AGENT_TEST_LEAK'] = 'leaked';
    try {
      const environment = await environmentOf(
        fixture(),
        'variables: { My.Var: x, input.reserved: y }\nsteps:\n- task: Tell@1\n  env: { OWN: "$(My.Var)!", AGENT_ID: mine }\n',
        { secrets: { 'My.Secret': 'sesame' }, environment: { ADDED: 'yes' } },
      );
      assert.equal(environment['MY_VAR'], 'x');
      assert.equal(environment['OWN'], 'x!');
      assert.equal(environment['AGENT_ID'], 'mine');
      assert.equal(environment['ADDED'], 'yes');
      assert.equal(environment['SECRET_MY_SECRET'], '***');
      assert.equal(environment['SECRET_SYSTEM_ACCESSTOKEN'], '***');
      assert.ok(
        !('MY_SECRET' in environment) && !('INPUT_RESERVED' in environment) && !('AGENT_TEST_LEAK' in environment),
      );
      const publicNames = JSON.parse(environment['VSTS_PUBLIC_VARIABLES'] ?? '') as string[];
      assert.ok(
        publicNames.includes('My.Var') && publicNames.includes('Build.BuildId') && !publicNames.includes('My.Secret'),
      );
      assert.deepEqual(JSON.parse(environment['VSTS_SECRET_VARIABLES'] ?? ''), ['My.Secret', 'System.AccessToken']);
    } finally {
      delete process.env['AGENT_TEST_LEAK'];
    }
  });

  it('receives the predefined variables of the run', async () => {
    fixture().task('Tell', tell, { inputs });
    const environment = await environmentOf(
      fixture(),
      'stages:\n- stage: S\n  jobs:\n  - job: J\n    displayName: The job\n    steps:\n    - task: Tell@1\n      name: step\n      displayName: The step\n',
      { predefined: { 'Build.BuildId': '77', 'Build.SourceBranch': 'refs/heads/topic' } },
    );
    const expected = {
      TF_BUILD: 'True',
      BUILD_BUILDID: '77',
      BUILD_BUILDNUMBER: '20240102.1',
      BUILD_REASON: 'Manual',
      BUILD_DEFINITIONNAME: 'pipeline',
      BUILD_SOURCEBRANCH: 'refs/heads/topic',
      SYSTEM_HOSTTYPE: 'build',
      SYSTEM_STAGENAME: 'S',
      SYSTEM_STAGEATTEMPT: '1',
      SYSTEM_PHASENAME: 'J',
      SYSTEM_JOBNAME: 'J',
      SYSTEM_JOBATTEMPT: '1',
      SYSTEM_TASKINSTANCENAME: 'step',
      SYSTEM_TASKDISPLAYNAME: 'The step',
      AGENT_JOBNAME: 'The job',
      AGENT_JOBSTATUS: 'Succeeded',
    };
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, environment[name]])), expected);
    for (const name of [
      'SYSTEM_PLANID',
      'SYSTEM_JOBID',
      'SYSTEM_TASKINSTANCEID',
      'SYSTEM_TEAMPROJECTID',
      'SYSTEM_COLLECTIONID',
    ]) {
      assert.match(environment[name] ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, name);
    }
    for (const name of [
      'AGENT_TEMPDIRECTORY',
      'AGENT_TOOLSDIRECTORY',
      'AGENT_WORKFOLDER',
      'PIPELINE_WORKSPACE',
      'BUILD_ARTIFACTSTAGINGDIRECTORY',
    ]) {
      assert.ok(path.isAbsolute(environment[name] ?? ''), name);
    }
    assert.match(environment['SYSTEM_OIDCREQUESTURI'] ?? '', /^http.*\/jobs\/.*\/oidctoken$/);
  });

  it('sets the outputs of its definition, also without isOutput', async () => {
    fixture().task(
      'Give',
      'console.log("##vso[task.setvariable variable=runId]5\\n##vso[task.setvariable variable=other]6")',
      {
        outputVariables: [{ name: 'runId' }],
      },
    );
    const { lines, steps } = await fixture().run(
      "steps:\n- task: Give@1\n  name: give\n- bash: echo '$(give.runId) $(runId) $(other)'\n",
    );
    assert.ok(lines.includes('5 $(runId) 6'), lines.join('\n'));
    assert.deepEqual(steps.get('give')?.outputs, { runId: '5' });
  });

  it('can set only the variables that its definition allows', async () => {
    fixture().task(
      'Give',
      'console.log("##vso[task.setvariable variable=runId]5\\n##vso[task.setvariable variable=other]6")',
      {
        restrictions: { settableVariables: { allowed: ['run*'] } },
      },
    );
    const { lines, steps } = await fixture().run("steps:\n- task: Give@1\n- bash: echo '$(runId) $(other)'\n");
    assert.ok(lines.includes('5 $(other)'));
    assert.equal(steps.get('Give')?.issues[0]?.type, 'warning');
  });

  it('succeeds without a result when it exits with 0, and fails with any other exit code', async () => {
    fixture()
      .task('Good', '')
      .task('Bad', 'process.exitCode = 3')
      .task('Lies', 'console.log("##vso[task.complete result=Succeeded]fine"); process.exitCode = 1')
      .task('Says', 'console.log("##vso[task.complete result=Failed]no such job")')
      .task('Killed', 'process.kill(process.pid, "SIGKILL")');
    const names = ['Good', 'Bad', 'Lies', 'Says', 'Killed'];
    const { steps } = await fixture().run(
      `steps:\n${names.map((name) => `- { task: ${name}@1, condition: always() }\n`).join('')}`,
    );
    assert.deepEqual(
      names.map((name) => [steps.get(name)?.result, ...(steps.get(name)?.issues.map(({ message }) => message) ?? [])]),
      [
        ['Succeeded'],
        ['Failed', "The process of the task exited with code '3'."],
        ['Failed', "The process of the task exited with code '1'."],
        ['Failed'],
        ['Failed', "The process of the task exited with code '137', which may mean that it ran out of memory."],
      ],
    );
    assert.equal(steps.get('Says')?.message, 'no such job');
  });

  it('is found by name, ID or full name, and skipped with a message when it does not exist', async () => {
    fixture().task('Good', 'console.log("ran")');
    const { steps, lines, report } = await fixture().run(
      'steps:\n- { task: good@1, name: a }\n- { task: 0000-Good@1, name: b }\n- { task: publisher.extension.Good@1, name: c }\n- { task: Foreign@3, name: d }\n',
    );
    assert.equal(lines.filter((line) => line === 'ran').length, 3);
    assert.equal(steps.get('d')?.result, 'Skipped');
    assert.ok(lines.includes('##[section]Skipped: Foreign@3 is not among the tasks that are built here.'));
    assert.equal(report.result, 'Succeeded');
  });

  it('sees changes of task.setendpoint by earlier steps', async () => {
    fixture().task('Tell', tell, { inputs });
    const environment = await environmentOf(
      fixture(),
      `
steps:
- bash: |
    echo "##vso[task.setendpoint id=w;field=url]https://new"
    echo "##vso[task.setendpoint id=w;field=dataParameter;key=k]v"
    echo "##vso[task.setendpoint id=w;field=authParameter;key=apitoken]fresh-token"
- task: Tell@1
  inputs: { workspace: w }
`,
      {
        connections: [
          { name: 'w', id: 'W', url: 'https://old', scheme: 'Token', parameters: { apitoken: 'old-token' } },
        ],
      },
    );
    assert.equal(environment['ENDPOINT_URL_W'], 'https://new');
    assert.equal(environment['ENDPOINT_DATA_W_K'], 'v');
    assert.equal(environment['ENDPOINT_AUTH_PARAMETER_W_APITOKEN'], '***');
  });
});
