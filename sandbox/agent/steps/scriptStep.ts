import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ScriptStepPlan, Shell } from '../plan/plan';
import { runStepProcess, type StepRun } from './stepRun';
import { stepEnvironment } from './stepEnvironment';

interface ShellCommand {
  readonly title: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly content: string;
  readonly extension: string;
}

/** `script`, `bash`, `pwsh` and `powershell`: what Bash@3, CmdLine@2 and PowerShell@2 do with an inline script. */
export async function runScript(step: ScriptStepPlan, run: StepRun): Promise<void> {
  const { job, record } = run;
  const cwd = path.resolve(job.folders.working, job.variables.expand(step.workingDirectory ?? '.'));
  if (!existsSync(cwd)) {
    record.fail(`The working directory ${cwd} does not exist.`);
    return;
  }
  const shell = shellCommand(step, job.variables.expand(step.script));
  const file = path.join(job.folders.temp, `${randomUUID()}${shell.extension}`);
  writeFileSync(file, shell.content);
  const hasErrorOutput = { value: false };
  const end = await runStepProcess(
    {
      file: shell.file,
      args: shell.args.map((arg) => arg.replace('{file}', file)),
      cwd,
      environment: stepEnvironment(step, job),
      restrictions: [step.restrictions],
      onLine: (stream) => (hasErrorOutput.value ||= stream === 'stderr'),
    },
    run,
  );
  if (end !== 0) record.fail(`${shell.title} exited with code '${end}'.`);
  if (step.failOnStderr && hasErrorOutput.value) record.fail(`${shell.title} wrote to the standard error stream.`);
}

function shellCommand(
  { shell, errorActionPreference, ignoreLastExitCode }: ScriptStepPlan,
  script: string,
): ShellCommand {
  if (shell === 'pwsh' || shell === 'powershell') {
    const end = ignoreLastExitCode
      ? ''
      : '\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }';
    return {
      title: 'PowerShell',
      file: executable(shell),
      args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', ". '{file}'"],
      content: `$ErrorActionPreference = '${errorActionPreference}'\n${script}${end}\n`,
      extension: '.ps1',
    };
  }
  if (shell === 'script' && process.platform === 'win32') {
    const args = ['/D', '/E:ON', '/V:OFF', '/S', '/C', 'CALL "{file}"'];
    return {
      title: 'Cmd.exe',
      file: 'cmd.exe',
      args,
      content: `@echo off\r\n${script.replaceAll(/\r?\n/g, '\r\n')}\r\n`,
      extension: '.cmd',
    };
  }
  return { title: 'Bash', file: 'bash', args: ['--noprofile', '--norc', '{file}'], content: script, extension: '.sh' };
}

/** On systems without Windows PowerShell, `powershell` is PowerShell as well. */
export function executable(shell: Shell): string {
  return shell === 'powershell' && process.platform === 'win32'
    ? 'powershell'
    : shell.startsWith('p')
      ? 'pwsh'
      : 'bash';
}
