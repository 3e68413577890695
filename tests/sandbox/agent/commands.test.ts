import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseCommand } from '../../../sandbox/agent/commands/parseCommand';
import { useFixture } from './pipelineFixture';

describe('A logging command', () => {
  const parsed: readonly (readonly [
    string,
    readonly [string, string, Readonly<Record<string, string>>, string] | undefined,
  ])[] = [
    ['##vso[task.complete]', ['task', 'complete', {}, '']],
    [
      'before ##vso[Task.SetVariable Variable=a;isSecret=TRUE;]b c ',
      ['task', 'setvariable', { variable: 'a', issecret: 'TRUE' }, 'b c '],
    ],
    [
      '##vso[task.logissue type=error;sourcepath=a%3Bb%5D%0Ac;code=%AZP25]x%0D%0Ay%AZP250A%3B',
      ['task', 'logissue', { type: 'error', sourcepath: 'a;b]\nc', code: '%' }, 'x\r\ny%0A%3B'],
    ],
    [
      '##vso[task.setvariable variable=a=b;empty=;=x;nothing]v',
      ['task', 'setvariable', { variable: 'a=b', empty: '' }, 'v'],
    ],
    ['##vso[task]x', undefined],
    ['##vso[task.complete', undefined],
    ['##[error]x', undefined],
    ['plain text ] with brackets', undefined],
  ];
  for (const [line, expected] of parsed) {
    it(`is parsed: ${line}`, () => {
      const command = parseCommand(line);
      const parts = command && [command.area, command.event, Object.fromEntries(command.properties), command.data];
      assert.deepEqual(parts, expected);
    });
  }
});

describe('Logging commands of a step', () => {
  const fixture = useFixture();

  /** A pipeline of one step that says these lines. */
  const say = (...lines: readonly string[]): string =>
    `steps:\n- bash: |\n    cat <<'END'\n${lines.map((line) => `    ${line}`).join('\n')}\n    END\n  name: s\n`;

  it('report issues with file and line, and do not fail the step', async () => {
    const { steps, lines } = await fixture().run(
      say(
        '##vso[task.logissue type=error;sourcepath=a.py;linenumber=3;columnnumber=7;code=E1]broken%0Aline',
        'text ##vso[task.issue type=Warning]careful',
      ),
    );
    const step = steps.get('s');
    assert.equal(step?.result, 'Succeeded');
    assert.deepEqual(step.issues, [
      { type: 'error', message: 'broken\nline', file: 'a.py', line: 3, column: 7, code: 'E1' },
      { type: 'warning', message: 'careful' },
    ]);
    assert.ok(lines.includes('##[error]broken\nline') && lines.includes('##[warning]careful'));
  });

  it('report at most ten errors and ten warnings', async () => {
    const numbers = [...Array(12).keys()];
    const { steps } = await fixture().run(
      say(
        ...numbers.map((n) => `##vso[task.logissue type=error]e${n}`),
        ...numbers.map((n) => `##vso[task.logissue type=warning]w${n}`),
      ),
    );
    const { issues, droppedIssues } = steps.get('s') ?? { issues: [], droppedIssues: 0 };
    assert.equal(issues.filter(({ type }) => type === 'error').length, 10);
    assert.equal(issues.filter(({ type }) => type === 'warning').length, 10);
    assert.equal(droppedIssues, 4);
  });

  it('set the result; of several results, the worst one is used', async () => {
    const { steps, report } = await fixture().run(
      say(
        '##vso[task.complete result=Failed]bad',
        '##vso[task.complete result=Succeeded]good',
        '##vso[task.complete result=SucceededWithIssues]',
      ),
    );
    assert.equal(steps.get('s')?.result, 'Failed');
    assert.equal(steps.get('s')?.message, 'good');
    assert.equal(report.result, 'Failed');
  });

  it('are also read from the error stream, and not shown', async () => {
    const { steps, lines } = await fixture().run(
      "steps:\n- bash: echo '##vso[task.complete result=SucceededWithIssues]so so' >&2\n  name: s\n",
    );
    assert.equal(steps.get('s')?.result, 'SucceededWithIssues');
    assert.ok(!lines.some((line) => line.includes('##vso')));
  });

  it('show debug lines only when System.Debug is true', async () => {
    const yaml = say('##vso[task.debug]inside');
    assert.ok(!(await fixture().run(yaml)).lines.includes('##[debug]inside'));
    assert.ok((await fixture().run(`variables: { System.Debug: true }\n${yaml}`)).lines.includes('##[debug]inside'));
  });

  it('mask the secrets that they set, in every later line and file', async () => {
    const { steps, lines } = await fixture().run(
      say(
        '##vso[task.setprogress value=50]half',
        '##vso[task.settaskvariable variable=t;issecret=true]task-secret',
        '##vso[task.setsecret]open sesame',
        'x open sesame task-secret',
        '##vso[task.logissue type=error]open sesame',
      ),
    );
    assert.ok(lines.includes('x *** ***'));
    assert.equal(steps.get('s')?.issues[0]?.message, '***');
    assert.ok(!readFileSync(steps.get('s')?.logFile ?? '', 'utf8').includes('sesame'));
  });

  it('prepend folders to the PATH of later steps', async () => {
    const { lines } = await fixture().run(`
steps:
- bash: |
    mkdir -p "$AGENT_TEMPDIRECTORY/bin"
    printf '#!/bin/sh\\necho my own tool' > "$AGENT_TEMPDIRECTORY/bin/tool"
    chmod +x "$AGENT_TEMPDIRECTORY/bin/tool"
    echo "##vso[task.prependpath]$AGENT_TEMPDIRECTORY/bin"
- bash: tool
`);
    assert.ok(lines.includes('my own tool'));
  });

  it('keep attachments, summaries and files after the job', async () => {
    const { steps } = await fixture().run(`
steps:
- bash: |
    cd "$AGENT_TEMPDIRECTORY"
    mkdir other
    echo "# One" > summary.md
    echo "# Two" > other/summary.md
    echo data > data.json
    echo "##vso[task.uploadsummary]$PWD/summary.md"
    echo "##vso[task.uploadsummary]$PWD/other/summary.md"
    echo "##vso[task.addattachment type=my-run;name=result]$PWD/data.json"
    echo "##vso[task.uploadfile]$PWD/data.json"
    echo "##vso[build.uploadlog]$PWD/data.json"
  name: s
`);
    const step = steps.get('s');
    assert.deepEqual(
      step?.summaries.map((file) => readFileSync(file, 'utf8')),
      ['# One\n', '# Two\n'],
    );
    assert.deepEqual(
      step.attachments.map(({ type, name, file }) => [type, name, readFileSync(file, 'utf8')]),
      [['my-run', 'result', 'data\n']],
    );
    assert.deepEqual(
      step.files.map((file) => readFileSync(file, 'utf8')),
      ['data\n', 'data\n'],
    );
    assert.ok([...step.summaries, ...step.files, step.logFile].every((file) => file.startsWith(fixture().output)));
  });

  it('tag and number the build, and add to artifacts', async () => {
    const { report, lines } = await fixture().run(`
steps:
- bash: |
    echo hi > "$AGENT_TEMPDIRECTORY/a.txt"
    echo "##vso[build.addbuildtag]release"
    echo "##vso[build.updatebuildnumber]42"
    echo "##vso[artifact.upload artifactname=drop]$AGENT_TEMPDIRECTORY/a.txt"
- bash: echo "n $(Build.BuildNumber)"
`);
    assert.deepEqual(report.buildTags, ['release']);
    assert.equal(report.buildNumber, '42');
    assert.ok(lines.includes('n 42'));
    assert.equal(readFileSync(path.join(report.artifacts[0]?.folder ?? '', 'a.txt'), 'utf8'), 'hi\n');
  });

  it('do not process test results and code coverage, but keep their files', async () => {
    const { steps } = await fixture().run(`
steps:
- bash: |
    echo "<x/>" > "$AGENT_TEMPDIRECTORY/t.xml"
    echo "##vso[results.publish type=NUnit;resultFiles=$AGENT_TEMPDIRECTORY/t.xml,/nowhere.xml]"
    echo "##vso[codecoverage.publish summaryfile=$AGENT_TEMPDIRECTORY/t.xml]"
    echo "##vso[artifact.associate type=filepath;artifactname=a]/share"
    echo "##vso[telemetry.publish area=a;feature=b]{}"
    echo "##vso[task.logdetail id=1;name=x]y"
  name: s
`);
    assert.deepEqual(steps.get('s')?.notes, [
      '1 test result file kept; the local agent reads those of type JUnit only.',
      'The local agent ignores code coverage.',
      "Artifact 'a' is at /share.",
    ]);
    assert.deepEqual(
      steps.get('s')?.files.map((file) => readFileSync(file, 'utf8')),
      ['<x/>\n'],
    );
    assert.equal(steps.get('s')?.result, 'Succeeded');
  });

  const failing: readonly (readonly [string, string])[] = [
    ['##vso[task.uploadsummary]/nowhere/summary.md', "there is no file '/nowhere/summary.md'"],
    ['##vso[task.uploadsummary]summary.md', "'summary.md' is not an absolute path"],
    ['##vso[task.addattachment type=a]/x', "'name' is missing"],
    [
      '##vso[task.addattachment type=a;name=b/c]/x',
      "'b/c' is not a valid 'name': it contains characters that are not allowed in file names",
    ],
    ['##vso[task.setvariable]x', "'variable' is missing"],
    ['##vso[task.settaskvariable]x', "'variable' is missing"],
    ['##vso[task.setprogress value=101]x', "'101' is not a percentage"],
    ['##vso[task.setsecret]a%0Ab', 'a secret must be a single line'],
    ['##vso[task.setvariable variable=x;issecret=true]a%0D%0Ab', 'a secret must be a single line'],
    ['##vso[task.setvariable variable=x;issecret=true]a%0A', 'a secret must be a single line'],
    ['##vso[task.logissue]x', "'type' must be 'error' or 'warning'"],
    [
      '##vso[task.complete result=Great]x',
      "'Great' is not a result: expected one of Succeeded, SucceededWithIssues, Failed, Canceled, Skipped",
    ],
    ['##vso[task.setendpoint id=none;field=url]x', "there is no service connection 'none'"],
    [
      '##vso[task.setendpoint id=SystemVssConnection;field=name;key=x]x',
      "'name' is not a field: expected one of url, authParameter, dataParameter",
    ],
    ['##vso[artifact.upload]/nowhere', "'artifactname' is missing"],
    ['##vso[artifact.upload artifactname=a]nowhere', "'nowhere' is not an absolute path"],
    ['##vso[build.updatebuildnumber]', 'the number is missing'],
    ['##vso[artifact.upload artifactname=a]/nowhere', "there is no file or folder '/nowhere'"],
    ['##vso[build.addbuildtag] ', 'the tag is missing'],
  ];
  for (const [line, message] of failing) {
    it(`fail the step when they are invalid: ${line}`, async () => {
      const { steps } = await fixture().run(say(line));
      const name = /\[([^\s\]]+)/.exec(line)?.[1] ?? '';
      assert.equal(steps.get('s')?.result, 'Failed');
      assert.deepEqual(steps.get('s')?.issues, [
        { type: 'error', message: `Unable to process '##vso[${name}]': ${message}` },
      ]);
    });
  }

  it('only log a warning when they are unknown', async () => {
    const { steps } = await fixture().run(say('##vso[task.unheard]x', '##vso[area.of]x'));
    assert.equal(steps.get('s')?.result, 'Succeeded');
    assert.deepEqual(
      steps.get('s')?.issues.map(({ type, message }) => `${type}: ${message}`),
      [
        "warning: '##vso[task.unheard]' is not a supported logging command.",
        "warning: '##vso[area.of]' is not a supported logging command.",
      ],
    );
  });

  it("are restricted by the step's target", async () => {
    const yaml = say(
      '##vso[task.uploadsummary]/x',
      '##vso[task.setvariable variable=my_a]1',
      '##vso[task.setvariable variable=other]2',
    );
    const { steps, lines } = await fixture().run(
      `${yaml}  target: { commands: restricted, settableVariables: [MY_*] }\n- bash: echo '$(my_a) $(other)'\n`,
    );
    assert.equal(steps.get('s')?.result, 'Succeeded');
    assert.deepEqual(
      steps.get('s')?.issues.map(({ message }) => message),
      [
        "'##vso[task.uploadsummary]' is not allowed in this step, whose commands are restricted.",
        "The variable 'other' is not a variable that this step may set; it is unchanged.",
      ],
    );
    assert.ok(lines.includes('1 $(other)'));
    assert.ok(!existsSync('/x'));
  });
});
