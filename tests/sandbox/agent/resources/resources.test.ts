import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderReport } from '../../../../sandbox/agent/renderReport';
import { useFixture } from '../pipelineFixture';

describe('Runs of other pipelines', () => {
  const fixture = useFixture();
  const resources = 'resources: { pipelines: [{ pipeline: ci, project: Apps, source: Build app, trigger: true }] }\n';

  function artifacts(): string {
    const root = path.join(fixture().root, 'artifacts');
    for (const file of ['drop/a.txt', 'drop/b.log', 'other/c.txt']) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), file);
    }
    return root;
  }
  const find = 'cd $(Pipeline.Workspace) && find . -type f -not -name "*.sh" | sort';
  const filesOf = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith('./'));

  it('provide artifacts by alias: all, or by name and pattern', async () => {
    const download = (rest: string) =>
      fixture().run(`${resources}steps:\n- checkout: none\n- download: ci\n${rest}- bash: ${find}\n`, {
        pipelineRuns: { ci: { artifacts: artifacts() } },
      });
    assert.deepEqual(filesOf((await download('')).lines), ['./ci/drop/a.txt', './ci/drop/b.log', './ci/other/c.txt']);
    assert.deepEqual(filesOf((await download("  artifact: drop\n  patterns: '*.log'\n")).lines), ['./ci/drop/b.log']);
    const { report } = await download('  artifact: none\n');
    assert.match(
      report.stages[0]?.jobs[0]?.steps[1]?.issues[0]?.message ?? '',
      /^'ci' \(.*artifacts\) has no artifact 'none'; it has: drop, other\.$/,
    );
  });

  it('provide artifacts of builds', async () => {
    const builds = 'resources: { builds: [{ build: jenkins, type: Jenkins, connection: j, source: App }] }\n';
    const { lines } = await fixture().run(
      `${builds}steps:\n- checkout: none\n- downloadBuild: jenkins\n  artifact: other\n- bash: ${find}\n`,
      { pipelineRuns: { App: { artifacts: artifacts() } } },
    );
    assert.deepEqual(filesOf(lines), ['./jenkins/other/c.txt']);
  });

  it('provide artifacts to deployments from the start, or the report lists that they are missing', async () => {
    const yaml = `${resources}jobs:\n- deployment: D\n  environment: e\n  strategy: { runOnce: { deploy: { steps: [{ bash: '${find}' }] } } }\n`;
    const { lines } = await fixture().run(yaml, { pipelineRuns: { 'Build app': { artifacts: artifacts() } } });
    assert.equal(filesOf(lines).length, 3);
    const { report } = await fixture().run(yaml);
    assert.equal(report.result, 'SucceededWithIssues');
    assert.match(
      report.notes[0] ?? '',
      /^The step download ci was skipped: the artifacts of 'Build app' are not on this/,
    );
  });

  it('are described by variables', async () => {
    const names = ['projectName', 'pipelineName', 'runName', 'runID', 'sourceBranch'];
    const echo = names.map((name) => `$(resources.pipeline.ci.${name})`).join('|');
    const { lines } = await fixture().run(`${resources}steps:\n- checkout: none\n- bash: echo '${echo}'\n`, {
      pipelineRuns: { ci: { values: { runName: '20240101.7', runID: '42' } } },
    });
    assert.deepEqual(lines, ['Apps|Build app|20240101.7|42|refs/heads/main']);
  });
});

describe('What this machine cannot run', () => {
  const fixture = useFixture();

  it('is skipped and listed, so that the run has issues: jobs with containers, and those that wait for them', async () => {
    const { report, jobs } = await fixture().run(`
resources: { containers: [{ container: py, image: 'python:3.12' }] }
jobs:
- job: Alias
  container: py
  steps: [{ bash: echo a }]
- job: Image
  container: { image: 'ubuntu:22.04', options: --privileged }
  steps: [{ bash: echo b }]
- job: Services
  services: { db: py, cache: { image: redis } }
  steps: [{ bash: echo c }]
- job: After
  dependsOn: Alias
  steps: [{ bash: echo d }]
- job: Free
  steps: [{ bash: 'true' }]
`);
    assert.equal(report.result, 'SucceededWithIssues');
    assert.deepEqual(report.notes, [
      "The job Alias was skipped: it runs in the container 'python:3.12'.",
      "The job Image was skipped: it runs in the container 'ubuntu:22.04'.",
      'The job Services was skipped: it runs with the service containers db, cache.',
    ]);
    assert.deepEqual(
      [...jobs].map(([name, { result, notes }]) => [name, result, ...notes]),
      [
        [
          'Alias',
          'Skipped',
          "Skipped: it runs in the container 'python:3.12', and the local agent runs no containers.",
        ],
        [
          'Image',
          'Skipped',
          "Skipped: it runs in the container 'ubuntu:22.04', and the local agent runs no containers.",
        ],
        [
          'Services',
          'Skipped',
          'Skipped: it runs with the service containers db, cache, and the local agent runs no containers.',
        ],
        ['After', 'Skipped', 'Skipped: its condition is not met.'],
        ['Free', 'Succeeded'],
      ],
    );
    assert.match(renderReport(report), /\nThe job Alias was skipped: it runs in the container 'python:3\.12'\.\n/);
  });

  it('is skipped and listed: steps in containers', async () => {
    const { report, steps } = await fixture().run(
      'steps:\n- checkout: none\n- bash: exit 1\n  name: box\n  target: box\n- bash: exit 1\n  name: other\n  target: { container: box, commands: restricted }\n- bash: echo\n  target: host\n',
    );
    assert.deepEqual([steps.get('box')?.result, steps.get('other')?.result], ['Skipped', 'Skipped']);
    assert.equal(report.result, 'SucceededWithIssues');
    assert.equal(report.notes.length, 2);
  });

  it('is skipped and listed: steps that only the service can do', async () => {
    const { report, steps } = await fixture().run('steps:\n- checkout: none\n- reviewApp: main\n  name: review\n');
    assert.deepEqual(steps.get('review')?.notes, ["Skipped: only the service can do 'reviewApp'."]);
    assert.deepEqual(report.notes, ["The step reviewApp main was skipped: only the service can do 'reviewApp'."]);
    assert.equal(report.result, 'SucceededWithIssues');
  });

  it('is skipped and listed when there is nothing else', async () => {
    const { report } = await fixture().run('container: image\nsteps: [{ bash: exit 1 }]\n');
    assert.equal(report.result, 'SucceededWithIssues');
  });

  it('is named when it has no effect', async () => {
    const { report } = await fixture().run(
      'resources:\n  webhooks: [{ webhook: hook, connection: c }]\n  packages: [{ package: p, type: npm, connection: c, name: o/p }]\nsteps: [{ checkout: none }]\n',
    );
    assert.deepEqual(report.notes, ["No effect in a local run: the package 'p', the webhook 'hook'."]);
    assert.equal(report.result, 'Succeeded');
  });

  it('is not asked for by stages that start by hand, unless they are selected', async () => {
    const yaml = (trigger: string) =>
      `stages:\n- stage: A\n  trigger: ${trigger}\n  jobs: [{ job: J, steps: [{ checkout: none }] }]\n- stage: B\n  jobs: [{ job: J, steps: [{ checkout: none }] }]\n`;
    const resultsOf = async (trigger: string, targetStages?: string[]) =>
      (await fixture().run(yaml(trigger), targetStages ? { targetStages } : {})).report.stages.map(
        ({ result }) => result,
      );
    assert.deepEqual(await resultsOf('manual'), ['Skipped', 'Skipped']);
    assert.deepEqual(await resultsOf('manual', ['A']), ['Succeeded', 'Skipped']);
    assert.deepEqual(await resultsOf('automatic'), ['Succeeded', 'Succeeded']);
  });
});

describe('Variable groups of a file', () => {
  const fixture = useFixture();
  const yaml =
    'variables:\n- group: App\nsteps:\n- checkout: none\n- bash: echo $(host) $(port) $(isOn) $(token) $(key)\n';
  const runWith = (name: string, content: string) => {
    writeFileSync(path.join(fixture().root, name), content);
    return { variableGroupsFile: path.join(fixture().root, name) };
  };

  it('are read from YAML and JSON, secrets marked in either way', async () => {
    const inYaml =
      'app:\n  host: example.test\n  port: 0080\n  isOn: true\n  token: { secret: hidden-1 }\n  key: { value: hidden-2, isSecret: true }\nother: {}\n';
    const inJson = JSON.stringify({
      APP: {
        host: { value: 'example.test', isSecret: null },
        port: '0080',
        isOn: true,
        token: { secret: 'hidden-1' },
        key: { value: 'hidden-2', isSecret: true },
      },
    }).replace('null', 'false');
    for (const [name, content] of [['g.yml', inYaml] as const, ['g.json', inJson] as const]) {
      const { lines } = await fixture().run(yaml, runWith(name, content));
      assert.deepEqual(lines, ['example.test 0080 true *** ***']);
    }
  });

  it('give way to groups that are passed as such', async () => {
    const { lines } = await fixture().run(yaml.replace(/ \$\(port\).*/, ''), {
      ...runWith('g.yml', 'App: { host: file }\n'),
      variableGroups: { App: { host: 'passed' } },
    });
    assert.deepEqual(lines, ['passed']);
  });

  it('are refused with all that is wrong, without values', async () => {
    const file = path.join(fixture().root, 'g.yml');
    const content = 'A: text\nB:\n  list: [s3cret]\n  token: { value: null, isSecret: true }\n  x: { valeu: s3cret }\n';
    assert.deepEqual(await fixture().problems(yaml, runWith('g.yml', content)), [
      `${file}:1:4: the variable group 'A' must be a mapping of names to values`,
      `${file}:3:9: the variable 'list' of a group can't be a list`,
      `${file}:4:10: the variable 'token' of a group needs a 'value', which the service does not export`,
      `${file}:5:8: 'valeu' is not allowed in the variable 'x' of a group`,
      `${file}:5:6: the variable 'x' of a group needs a 'value'`,
    ]);
    const missing = path.join(fixture().root, 'none.yml');
    assert.deepEqual(await fixture().problems(yaml, { variableGroupsFile: missing }), [
      `there is no file ${missing} with variable groups`,
    ]);
  });
});
