import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { PipelineReport } from '../../../sandbox/agent/report';
import type { PipelineOptions } from '../../../sandbox/agent/runPipeline';
import { LiveOutput } from '../../../local/view/liveOutput';
import { PipelineView } from '../../../local/view/pipelineView';
import { PlainOutput } from '../../../local/view/plainOutput';
import { plain } from '../../../local/view/terminalText';
import { useFixture } from '../../sandbox/agent/pipelineFixture';
import { FakeTerminal } from './fakeTerminal';

describe('A pipeline in the view', () => {
  const fixture = useFixture();

  const pipeline = `
stages:
- stage: build
  displayName: Build it
  jobs:
  - job: build_it
    displayName: build it
    steps:
    - { bash: 'echo working; echo more', displayName: Good }
    - { task: Foreign@2 }
    - { bash: 'echo "##vso[task.logissue type=warning]slow"', displayName: Slow }
    - { bash: 'echo "##vso[task.complete result=SucceededWithIssues]Almost. Not quite."', displayName: Unsure }
  - job: second
    condition: false
    steps: [{ bash: 'true' }]
- stage: prod
  jobs:
  - deployment: ship
    environment: production
    strategy:
      runOnce:
        deploy:
          steps:
          - bash: 'for i in {1..40}; do echo line $i; done; exit 3'
            displayName: Bad
- stage: never
  displayName: Never
  jobs: [{ job: J, steps: [{ bash: 'true' }] }]
`;

  async function runInView(
    yaml: string,
    view: PipelineView,
    options: Partial<PipelineOptions> = {},
  ): Promise<PipelineReport> {
    view.pipeline('ci', 'pipeline.yml');
    const { report } = await fixture().run(yaml, {
      ...options,
      onEvent: (event) => view.event(event),
      onLine: ({ text }) => view.line(text),
    });
    view.report(report);
    view.close();
    return report;
  }

  async function linesOf(yaml: string, options: Partial<PipelineOptions> = {}, isVerbose = false): Promise<string> {
    let text = '';
    const output = new PlainOutput({ write: (more) => (text += more) });
    await runInView(yaml, new PipelineView(output, { paint: plain, isVerbose, folder: fixture().output }), options);
    return text;
  }

  const endOfLog = Array.from({ length: 30 }, (_, index) => `        │ line ${index + 11}`).join('\n');

  it('is a line a step, and the end of the log of the one that failed', async () => {
    assert.equal(
      await linesOf(pipeline),
      `
ci  pipeline.yml
  Build it
    ✔ checkout self (0.0 s)
    ✔ Good (0.0 s)
    – Foreign (skipped): Foreign@2 is not among the tasks that are built here
    ✔ Slow (0.0 s)
        warning: slow
    ! Unsure (0.0 s): Almost
  – second (skipped): its condition is not met
  prod › ship
    ✔ download current (0.0 s)
    ✘ Bad (0.0 s)
        error: Bash exited with code '3'.
        The end of its log (all of it: logs/prod.ship/02_Bad.log):
${endOfLog}
    Approval of environment 'production' would be asked here.
  – Never (skipped): its condition is not met
`,
    );
    const log = readFileSync(`${fixture().output}/logs/prod.ship/02_Bad.log`, 'utf8');
    assert.match(log, /^line 1$[^]*^line 40$/m);
  });

  it('is the same on a terminal, cut to its width, and nothing of what was going on is left', async () => {
    const terminal = new FakeTerminal(60);
    const output = new LiveOutput(terminal, plain);
    await runInView(pipeline, new PipelineView(output, { paint: plain, isVerbose: false, folder: fixture().output }));
    assert.equal(
      terminal.text,
      `
ci  pipeline.yml
  Build it
    ✔ checkout self                                   0.0 s
    ✔ Good                                            0.0 s
    – Foreign  Foreign@2 is not among the tasks t…  skipped
    ✔ Slow                                            0.0 s
        warning: slow
    ! Unsure  Almost                                  0.0 s
  – second  its condition is not met                skipped
  prod › ship
    ✔ download current                                0.0 s
    ✘ Bad                                             0.0 s
        error: Bash exited with code '3'.
        The end of its log (all of it: logs/prod.ship/02_Bad
.log):
${endOfLog}
    Approval of environment 'production' would be asked here
.
  – Never  its condition is not met                 skipped
`,
    );
    assert.equal(terminal.isCursorVisible, true);
    assert.match(terminal.writes.join(''), /⠋ Good +0\.0 s/);
  });

  it('is every log and the report when all is asked for', async () => {
    const text = await linesOf('steps:\n- { bash: "echo working; exit 1", displayName: Bad }', {}, true);
    assert.match(
      text,
      /^ {2}Job\n##\[section\]Starting: checkout self\n[^]*\n##\[section\]Starting: Bad\nworking\n##\[error\]Bash exited with code '1'\.\n##\[section\]Finishing: Bad\n {4}✘ Bad \(0\.0 s\)\n {8}error: Bash exited with code '1'\.\n {8}Its log: logs\/__default\.Job\/02_Bad\.log\n\npipeline\.yml, run [^]*✘ Failed/m,
    );
  });

  it('shows all of a short log that has more than the error, with its own errors where they were said', async () => {
    const script = 'echo before; echo "##vso[task.logissue type=error]it broke"; echo "##[warning]odd"; exit 1';
    assert.match(
      await linesOf(`steps:\n- bash: '${script}'\n  displayName: Bad`),
      / {8}error: it broke\n {8}error: Bash exited with code '1'\.\n {8}Its log \(logs\/__default\.Job\/02_Bad\.log\):\n {8}│ before\n {8}│ ##\[warning\]odd\n$/,
    );
  });

  it('names the file alone when the log says no more than the error', async () => {
    assert.match(
      await linesOf('steps:\n- { bash: "exit 1", displayName: Bad }'),
      / {8}error: Bash exited with code '1'\.\n {8}Its log: logs\/__default\.Job\/02_Bad\.log\n$/,
    );
  });

  it('shows no secret and lets no step move the cursor', async () => {
    const secrets = { key: 'hunter2-hunter2' };
    const script =
      'echo "the key is $KEY"; echo "##vso[task.complete result=Failed]no: $KEY"; printf "\\033[2Jgone\\n"';
    const steps = `steps:\n- bash: '${script}'\n  displayName: Use $(key)\n  env: { KEY: $(key) }`;
    for (const isVerbose of [false, true]) {
      const text = await linesOf(steps, { secrets }, isVerbose);
      assert.match(text, /✘ Use \*\*\* [^]*error: no: \*\*\*/);
      assert.match(text, /the key is \*\*\*/);
      assert.doesNotMatch(text, /hunter2/);
      assert.ok(!text.includes('\u001B'), text);
    }
  });

  it('says in full why a job could not be run', async () => {
    const yaml = "jobs:\n- job: A\n  condition: eq(format('{1}', 'x'), 'y')\n  steps: [{ bash: 'true' }]\n";
    assert.match(
      await linesOf(yaml),
      /^ {2}✘ A \(not run\)\n {8}error: pipeline\.yml:2:3: the condition has no value: .*format.*\n$/m,
    );
  });

  it('tells what was canceled', async () => {
    const controller = new AbortController();
    const yaml = `
steps:
- { bash: 'echo started; sleep 60', displayName: Long }
- { bash: 'true', displayName: After }
`;
    const text = await linesOf(yaml, {
      signal: controller.signal,
      onRawLine: (line) => line === 'started' && controller.abort(),
    });
    assert.match(text, /■ Long \(0\.0 s\)\n(.*\n)? {8}error: The step was canceled\.\n {4}– After \(skipped\)/);
  });
});
