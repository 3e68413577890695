import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SignInContext } from '../../../cli/signIn/request';
import { systemClock } from '../../../shared/clock';

/** A home folder and the folder of programs beside it, as a person has them. */
export class TerminalStage {
  readonly secrets: string[] = [];
  readonly notes: string[] = [];
  private constructor(readonly home: string) {}

  static async open(): Promise<TerminalStage> {
    const stage = new TerminalStage(await mkdtemp(join(tmpdir(), 'sign-in-')));
    await mkdir(join(stage.home, 'bin'));
    return stage;
  }

  close(): Promise<void> {
    return rm(this.home, { recursive: true, force: true });
  }

  async file(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(this.home, path)), { recursive: true });
    await writeFile(join(this.home, path), content);
  }

  /** A stand-in for a program: a shell script in PATH, which notes its calls in `calls`. */
  program(name: string, script: string): Promise<void> {
    const content = `#!/bin/sh\necho "${name} $*" >> "$HOME/calls"\n${script}\n`;
    return writeFile(join(this.home, 'bin', name), content, { mode: 0o755 });
  }

  context(given: Partial<SignInContext> = {}): SignInContext {
    return {
      options: {},
      workingFolder: this.home,
      homeFolder: this.home,
      platform: 'linux',
      clock: systemClock,
      signal: new AbortController().signal,
      setSecret: (secret) => this.secrets.push(secret),
      note: (text) => this.notes.push(text),
      ...given,
      environment: { PATH: `${join(this.home, 'bin')}:/usr/bin:/bin`, HOME: this.home, ...given.environment },
    };
  }
}

/** A token with claims, as Microsoft Entra ID issues them; its signature is not one. */
export function tokenWith(claims: Readonly<Record<string, unknown>>): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
}
