import { spawn } from 'node:child_process';
import { TaskError } from '../../../shared/errors';
import type { SignInContext } from '../request';

/** A program and what it is given. No secret may be in its arguments, which every user of the machine can see. */
export interface ProgramCall {
  /** Its absolute path. */
  readonly file: string;
  readonly arguments: readonly string[];
  /** Further variables that it needs, by their names: all others of the process are kept from it. */
  readonly variables?: readonly string[];
  /** What it reads from its standard input, where it reads any. */
  readonly input?: string;
}

/** How a program ended. */
export interface ProgramEnd {
  readonly exitCode: number | undefined;
  readonly output: string;
  /** The end of what it wrote to its error output. */
  readonly errors: string;
  readonly isTimedOut: boolean;
}

/** A program that waits for input would never end. */
export const secondsToAnswer = 30;
const mostOutputCharacters = 1024 * 1024;
const mostErrorCharacters = 2000;

/** What a program needs to start, to find its files and to reach the network. */
const usualVariables = [
  ...['PATH', 'HOME', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA'],
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'COMSPEC', 'PATHEXT', 'TEMP', 'TMP', 'TMPDIR', 'LANG', 'USER', 'LOGNAME'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE'],
  // Where the key rings of Linux are reached.
  ...['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'GNUPGHOME', 'DISPLAY'],
];

type Surroundings = Pick<SignInContext, 'environment' | 'platform' | 'clock' | 'signal'>;

/**
 * Runs a program without a shell and without a terminal, for 30 seconds at most. Rejects with a TaskError when it cannot be
 * started or writes without end, and with the reason of the signal.
 */
export async function runProgram(call: ProgramCall, surroundings: Surroundings): Promise<ProgramEnd> {
  const { clock, signal } = surroundings;
  signal.throwIfAborted();
  const done = new AbortController();
  const running = start(call, surroundings);
  try {
    const timeout = clock.sleep(secondsToAnswer * 1000, AbortSignal.any([signal, done.signal])).then(() => undefined);
    const end = await Promise.race([running.end, timeout]);
    return end ?? { exitCode: undefined, output: '', errors: running.errors(), isTimedOut: true };
  } finally {
    done.abort(new Error('The program ended.'));
    running.stop();
  }
}

interface Running {
  readonly end: Promise<ProgramEnd>;
  errors(): string;
  /** Ends it, with the programs that it started. */
  stop(): void;
}

function start({ file, input, ...call }: ProgramCall, { environment, platform }: Surroundings): Running {
  const isWindows = platform === 'win32';
  const child = spawn(...commandOf(file, call.arguments, isWindows), {
    env: environmentOf(environment, call.variables ?? []),
    // Its own group: what it starts ends with it. It has no terminal, so that it cannot prompt.
    detached: !isWindows,
    windowsHide: true,
    shell: needsShell(file, isWindows),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  let isRunning = true;
  const stop = (): void => {
    if (!isRunning || child.pid === undefined) return;
    isRunning = false;
    if (isWindows) child.kill();
    else killGroup(child.pid);
  };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-mostErrorCharacters)));
  const end = new Promise<ProgramEnd>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > mostOutputCharacters) reject(new TaskError(`${file} writes more than can be an answer.`));
    });
    child.on('error', (error) => reject(new TaskError(`${file} cannot be started: ${error.message}.`)));
    child.on('close', (exitCode) => {
      isRunning = false;
      resolve({ exitCode: exitCode ?? undefined, output, errors, isTimedOut: false });
    });
  });
  // After the timeout nobody waits for it any more.
  end.catch(() => undefined);
  // A program that exits without reading its input is not an error.
  child.stdin.on('error', () => undefined).end(input ?? '');
  return { end, errors: () => errors, stop };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Node starts batch files, such as az.cmd, by the shell of Windows only (CVE-2024-27980). */
export function needsShell(file: string, isWindows: boolean): boolean {
  return isWindows && /\.(?:cmd|bat)$/i.test(file);
}

/**
 * The file and the arguments for `spawn`. The shell of Windows gives a meaning to many characters: what goes through it may
 * have none of them. Throws a TaskError for others.
 */
export function commandOf(file: string, given: readonly string[], isWindows: boolean): [string, string[]] {
  if (!needsShell(file, isWindows)) return [file, [...given]];
  const bad = given.find((argument) => !/^[\w.:/@=-]+$/.test(argument));
  if (bad !== undefined)
    throw new TaskError(
      'The subscription, the tenant or another value for a program has a space or a special character, which the shell of Windows would change. Use the id instead of the name.',
    );
  if (/["%!^&|<>\r\n]/.test(file))
    throw new TaskError(`The path of ${file} has a character that the shell of Windows changes.`);
  return [`"${file}"`, [...given]];
}

function environmentOf(environment: Environment, more: readonly string[]): Record<string, string> {
  const wanted = new Set([...usualVariables, ...more]);
  // Proxies are written in small letters, too.
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && wanted.has(name.toUpperCase()) ? [[name, value]] : [],
    ),
  );
}

type Environment = SignInContext['environment'];
