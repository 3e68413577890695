import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { useFixture } from './pipelineFixture';

describe('A script step', () => {
  const fixture = useFixture();

  it('runs in the sources or in its working directory, with the given shell', async () => {
    fixture().write({ 'sub/file.txt': 'x' });
    const { lines } = await fixture().run(`
variables: { folder: sub }
steps:
- script: ls; echo "TF $TF_BUILD"
- bash: ls; [[ a == a* ]] && echo "bash $0" | sed 's/ .*bash/ bash/; s/ .*/ ok/'
  workingDirectory: $(folder)
`);
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('Copied')),
      ['pipeline.yml', 'sub', 'TF True', 'file.txt', 'bash ok'],
    );
  });

  it('fails on its exit code, and on error output only with failOnStderr', async () => {
    const { steps } = await fixture().run(`
steps:
- { bash: 'echo oops >&2', name: quiet }
- { bash: 'echo oops >&2', name: strict, failOnStderr: true, continueOnError: true }
- { bash: 'exit 7', name: code, continueOnError: true }
- { bash: 'true', name: nowhere, workingDirectory: missing, continueOnError: true }
- { bash: 'true', name: inFile, workingDirectory: pipeline.yml, continueOnError: true }
`);
    assert.deepEqual(
      ['quiet', 'strict', 'code'].map((name) => [
        steps.get(name)?.result,
        ...(steps.get(name)?.issues.map(({ message }) => message) ?? []),
      ]),
      [
        ['Succeeded'],
        ['SucceededWithIssues', 'Bash wrote to the standard error stream.'],
        ['SucceededWithIssues', "Bash exited with code '7'."],
      ],
    );
    assert.equal(steps.get('nowhere')?.result, 'SucceededWithIssues');
    assert.match(steps.get('inFile')?.issues[0]?.message ?? '', /ENOTDIR/);
    assert.match(steps.get('nowhere')?.issues[0]?.message ?? '', /^The working directory .*missing does not exist\.$/);
  });

  it('is also run by the task that it is short for, from a file too', async () => {
    fixture().write({ "sub/it's.sh": 'echo "file $1 in $(basename "$PWD")"\nexit 3\n' });
    const { lines, steps } = await fixture().run(`
steps:
- task: CmdLine@2
  inputs: { script: echo inline, workingDirectory: sub }
- task: Bash@3
  name: file
  inputs: { filePath: "sub/it's.sh", arguments: one, workingDirectory: sub }
`);
    assert.deepEqual(lines.slice(1, 3), ['inline', 'file one in sub']);
    assert.deepEqual(steps.get('file')?.issues, [{ type: 'error', message: "Bash exited with code '3'." }]);
  });

  it('is skipped with a message when its shell is not installed', async () => {
    const { steps, lines } = await fixture().run('steps:\n- checkout: none\n- pwsh: Get-Item\n  name: s\n', {
      environment: { PATH: '/nowhere' },
    });
    assert.equal(steps.get('s')?.result, 'Skipped');
    assert.ok(lines.includes("##[section]Skipped: 'pwsh' is not installed on this machine."));
  });

  it('runs in PowerShell with its preferences', async () => {
    fixture().write({
      'bin/pwsh':
        '#!/bin/sh\nfor a in "$@"; do echo "arg $a" | sed "s/. .*ps1./script/"; done\nf=${5#". \'"}\ncat "${f%"\'"}"\n',
    });
    const bin = path.join(fixture().repository, 'bin');
    const { chmodSync } = await import('node:fs');
    chmodSync(path.join(bin, 'pwsh'), 0o755);
    const { lines } = await fixture().run(
      'steps:\n- checkout: none\n- pwsh: Get-Item $(x)\n  errorActionPreference: continue\n',
      {
        variables: { x: 'y' },
        environment: { PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` },
      },
    );
    assert.deepEqual(lines.slice(0, 4), ['arg -NoLogo', 'arg -NoProfile', 'arg -NonInteractive', 'arg -Command']);
    assert.deepEqual(lines.slice(5, 7), ["$ErrorActionPreference = 'continue'", 'Get-Item y']);
    assert.match(lines[7] ?? '', /exit \$LASTEXITCODE/);
  });
});

describe('The sources of a job', () => {
  const fixture = useFixture();

  it('are a copy of the working folder, without files that a clone does not contain', async () => {
    fixture().write({ 'a/b.txt': 'original', '.hidden': 'x', '.git/config': 'x', 'node_modules/m/index.js': 'x' });
    const { lines } = await fixture().run(
      'jobs:\n- job: A\n  steps:\n  - bash: ls -A; cat a/b.txt; echo; echo changed > a/b.txt\n- job: B\n  steps:\n  - bash: cat a/b.txt\n',
    );
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('Copied')),
      ['.hidden', 'a', 'pipeline.yml', 'original', 'original'],
    );
    assert.equal(readFileSync(path.join(fixture().repository, 'a/b.txt'), 'utf8'), 'original');
  });

  it('do not contain the output of the run, even when it is inside the working folder', async () => {
    const output = path.join(fixture().repository, 'build/output');
    const { lines } = await fixture().run('steps:\n- bash: ls -R build\n', { outputFolder: output });
    assert.deepEqual(lines.slice(1), ['build:']);
    assert.deepEqual(readdirSync(output), ['logs']);
  });

  it('are not copied on request', async () => {
    const { lines } = await fixture().run('steps:\n- checkout: none\n- bash: ls -A | wc -l | tr -d " "\n');
    assert.deepEqual(lines, ['0']);
  });
});

describe('Artifacts', () => {
  const fixture = useFixture();

  it('are passed from one job to another, all or by name and pattern', async () => {
    const { lines, report } = await fixture().run(`
jobs:
- job: A
  steps:
  - checkout: none
  - bash: mkdir -p out/deep; echo 1 > out/one.txt; echo 2 > out/deep/two.log; echo 3 > three.txt
  - publish: out
    artifact: drop
  - publish: $(Build.SourcesDirectory)/three.txt
    artifact: single
- job: B
  dependsOn: A
  steps:
  - checkout: none
  - download: current
  - bash: cd "$PIPELINE_WORKSPACE"; cat drop/one.txt drop/deep/two.log single/three.txt
- job: C
  dependsOn: A
  steps:
  - checkout: none
  - download: current
    artifact: drop
    patterns: '**/*.log'
  - bash: cd "$PIPELINE_WORKSPACE"; find drop -type f; [ -e single ] || echo no single
- deployment: D
  dependsOn: A
  environment: e
  strategy: { runOnce: { deploy: { steps: [{ bash: 'cat "$PIPELINE_WORKSPACE/single/three.txt"' }] } } }
- deployment: E
  dependsOn: A
  environment: e
  strategy: { runOnce: { deploy: { steps: [{ download: none }, { bash: '[ -e "$PIPELINE_WORKSPACE/single" ] || echo none' }] } } }
`);
    assert.deepEqual(
      lines.filter((line) => !/^(Published|Downloaded)/.test(line)),
      ['1', '2', '3', 'drop/deep/two.log', 'no single', '3', 'none'],
    );
    assert.deepEqual(
      report.artifacts.map(({ name, folder }) => [name, readdirSync(folder).sort()]),
      [
        ['drop', ['deep', 'one.txt']],
        ['single', ['three.txt']],
      ],
    );
  });

  it('that do not exist, or exist already, fail the step', async () => {
    const { steps } = await fixture().run(`
steps:
- { publish: nothing, artifact: a, name: missing, continueOnError: true }
- { publish: pipeline.yml, artifact: a, name: first }
- { publish: pipeline.yml, artifact: a, name: again, continueOnError: true }
- { download: current, artifact: b, name: unknown, continueOnError: true }
`);
    const messages = ['missing', 'first', 'again', 'unknown'].map((name) => steps.get(name)?.issues[0]?.message);
    assert.match(messages[0] ?? '', /^There is nothing to publish at .*nothing\.$/);
    assert.deepEqual(messages.slice(1), [
      undefined,
      "The artifact 'a' is already published.",
      "This run has no artifact 'b'; it has: a.",
    ]);
  });

  it('of an earlier run are deleted, like its logs; other files are kept', async () => {
    await fixture().run('steps:\n- publish: pipeline.yml\n  artifact: old\n');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(path.join(fixture().output, 'mine.txt'), 'x');
    await fixture().run("steps:\n- bash: 'true'\n");
    assert.ok(!existsSync(path.join(fixture().output, 'artifacts')));
    assert.ok(existsSync(path.join(fixture().output, 'mine.txt')));
    assert.ok(!existsSync(path.join(fixture().output, 'work')));
  });
});
