import assert from 'node:assert/strict';
import { exitCodeOf, renderReport } from '../../../sandbox/agent/renderReport';
import { useFixture } from './pipelineFixture';

describe('The report of a run', () => {
  const fixture = useFixture();

  it('shows every stage, job and step with its details', async () => {
    fixture().task(
      'Train',
      'require("fs").writeFileSync(process.env.AGENT_TEMPDIRECTORY + "/s.md", "# x"); console.log("##vso[task.uploadsummary]" + process.env.AGENT_TEMPDIRECTORY + "/s.md\\n##vso[task.setvariable variable=runUrl;isOutput=true]https://run/1\\n##vso[task.logissue type=warning]slow\\n##vso[task.complete result=Succeeded]Run 1 succeeded")',
    );
    const { report } = await fixture().run(`
stages:
- stage: train
  displayName: Train the model
  jobs:
  - job: J
    steps:
    - { task: Train@1, name: train, displayName: Run training }
    - { task: Foreign@2 }
    - { bash: 'echo "##vso[build.addbuildtag]candidate"; exit 1', displayName: Broken }
    - { bash: 'true', displayName: After }
- stage: next
  jobs: [{ job: K, steps: [{ bash: 'true' }] }]
`);
    const text = renderReport(report).replaceAll(`${fixture().output}/`, '');
    assert.equal(
      text,
      `pipeline.yml, run 20240102.1
✘ Stage Train the model (0.0 s)
  ✘ Job J (0.0 s)
    ✔ checkout self (0.0 s)
    ✔ Run training (Train@1) (0.0 s)
        Run 1 succeeded
        warning: slow
        runUrl = https://run/1
        summary: logs/train.J/02_Run_training/summaries/s.md
    – Foreign (skipped)
        Skipped: Foreign@2 is not among the tasks that are built here.
    ✘ Broken (0.0 s)
        error: Bash exited with code '1'.
        log: logs/train.J/04_Broken.log
    – After (skipped)
        Skipped: its condition is not met.
– Stage next (skipped)
    Skipped: its condition is not met.
Tags: candidate
✘ Failed (0.0 s)`,
    );
    assert.equal(exitCodeOf(report), 1);
  });

  it('shows ten outputs of a step, and the number of further outputs', async () => {
    const { report } = await fixture().run(
      `steps:\n- bash: for i in {1..12}; do echo "##vso[task.setvariable variable=v$i;isOutput=true]$i"; done\n  name: s\n`,
    );
    assert.match(renderReport(report), /v9 = 9\n +v10 = 10\n +and 2 more outputs\n/);
  });

  it('has exit code 0 when nothing failed', async () => {
    const { report } = await fixture().run('steps:\n- bash: exit 1\n  continueOnError: true\n');
    assert.equal(report.result, 'SucceededWithIssues');
    assert.equal(exitCodeOf(report), 0);
  });

  it('contains no secret', async () => {
    const { report } = await fixture().run(
      'steps:\n- bash: |\n    echo "##vso[task.setvariable variable=o;isOutput=true]x sesame"\n    echo "##vso[build.addbuildtag]sesame"\n    echo "##vso[task.complete result=Succeeded]sesame"\n  displayName: $(key)\n  name: s\n',
      { secrets: { key: 'sesame' } },
    );
    assert.ok(!JSON.stringify(report).includes('sesame'), JSON.stringify(report));
  });
});
