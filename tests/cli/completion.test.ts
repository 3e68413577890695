import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtCli } from '../support/builtCli';

/** The words, and what a shell is to offer for the last one. */
const offered: readonly (readonly [words: string, offers: readonly string[]])[] = [
  ['mloccli sch', ['schema']],
  ['mloccli variables se', ['set']],
  ['mloccli jobs run --run-source ', ['job', 'notebook', 'definition']],
  ['mloccli notebooks import --source-fo', ['--source-folder']],
  // The name of a task is a command, too; it is offered to those who begin to write it.
  ['mloccli run-', ['run-job']],
  ['mloccli run-job --notebook-pa', ['--notebook-path']],
];

/** A script that prints what the shell would offer for `$1`, one in each line. */
const shells: Readonly<Record<string, readonly [command: string, ...options: string[]]>> = {
  bash: [
    'bash',
    '--norc',
    '-c',
    `_get_comp_words_by_ref() { cur="\${COMP_WORDS[COMP_CWORD]}"; words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; }
     compopt() { :; }
     source <(mloccli complete bash -q)
     eval "COMP_WORDS=($0)"; [ "\${0: -1}" != ' ' ] || COMP_WORDS+=('')
     COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
     COMPREPLY=(); __mloccli_complete; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  zsh: [
    'zsh',
    '-f',
    '-c',
    `compdef() { : }
     _describe() { print -rl -- "\${completions[@]}" }
     _arguments() { : }
     source <(mloccli complete zsh -q)
     words=(\${=0}); [[ $0 != *' ' ]] || words+=('')
     CURRENT=$#words; _mloccli`,
  ],
  fish: ['fish', '--no-config', '-c', 'mloccli complete fish -q | source; complete -C "$argv[1]"'],
  powershell: [
    'pwsh',
    '-NoProfile',
    '-Command',
    '& { param($line) mloccli complete powershell -q | Out-String | Invoke-Expression; ([System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches | ForEach-Object { $_.CompletionText } }',
  ],
};

describe('Completion', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'completion-'));
    await symlink(path.join(await builtCli(), 'main.cjs'), path.join(folder, 'mloccli'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [shell, [command, ...options]] of Object.entries(shells))
    it(`offers in ${shell} what can follow`, function () {
      const hasShell = spawnSync(command, ['-c', 'exit 0']).error === undefined;
      if (!hasShell) {
        process.stdout.write(`SKIPPED: ${command} is missing, so its completion was not tried.\n`);
        this.skip();
      }
      for (const [words, offers] of offered) {
        const { stdout, stderr } = spawnSync(command, [...options, words], {
          encoding: 'utf8',
          env: { PATH: [folder, process.env['PATH']].join(path.delimiter), HOME: folder, TERM: 'dumb' },
        });
        const found = stdout.split('\n').map((line) => line.trim().split(/[\s:]/)[0] ?? '');
        assert.deepEqual(
          found.filter((word) => word !== '').sort(),
          [...offers].sort(),
          `${words}\n${stdout}\n${stderr}`,
        );
      }
    });
});
