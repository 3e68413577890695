import type { Context } from '../../../shared/agent/context';
import { TaskError } from '../../../shared/errors';
import { parsedJson, isObject } from '../../../shared/json';
import { plainMessage } from '../../run/nameProblems';
import { findProgram } from '../../signIn/programs/findProgram';
import { runProgram, type ProgramEnd } from '../../signIn/programs/runProgram';
import type { SignInContext } from '../../signIn/request';
import { whoami, whoamiText } from '../../signIn/whoami';

/** `note` is what only some commands need. */
export type CheckState = 'ok' | 'note' | 'problem';

export interface Check {
  readonly name: string;
  readonly state: CheckState;
  /** What was found, and what to do about it. */
  readonly message: string;
}

export interface CheckSurroundings {
  readonly signIn: SignInContext;
  readonly context: Context;
  readonly nodeVersion: string;
}

/** All checks, in the order in which they are shown. None rejects but for a cancellation. */
export const checks: readonly ((surroundings: CheckSurroundings) => Promise<Check>)[] = [
  checkNode,
  checkGit,
  checkAzureCli,
  checkDatabricksCli,
  checkSignIn,
];

/** As `engines` of package.json. */
const [oldestMajor, oldestMinor] = [20, 19];

function checkNode({ nodeVersion }: CheckSurroundings): Promise<Check> {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  const isNew = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  const message = isNew
    ? nodeVersion
    : `${nodeVersion} is not supported: install ${oldestMajor}.${oldestMinor} or later.`;
  return Promise.resolve({ name: 'Node.js', state: isNew ? 'ok' : 'problem', message });
}

function checkGit({ signIn }: CheckSurroundings): Promise<Check> {
  const missing = 'is not installed. The organization and the project are not found by the Git remote.';
  return checkVersion(signIn, { name: 'Git', program: 'git', missing });
}

function checkDatabricksCli({ signIn }: CheckSurroundings): Promise<Check> {
  const missing = 'is not installed. It is needed for profiles that databricks auth login has created.';
  return checkVersion(signIn, { name: 'Databricks CLI', program: 'databricks', missing });
}

interface Program {
  readonly name: string;
  readonly program: string;
  readonly missing: string;
}

async function checkVersion(signIn: SignInContext, { name, program, missing }: Program): Promise<Check> {
  const end = await answerOf(program, ['--version'], signIn);
  if (end === undefined) return { name, state: 'note', message: `${program} ${missing}` };
  if (typeof end === 'string') return { name, state: 'note', message: end };
  return { name, state: 'ok', message: end.output.trim().split('\n', 1).join('') };
}

async function checkAzureCli({ signIn }: CheckSurroundings): Promise<Check> {
  const name = 'Azure CLI';
  const end = await answerOf('az', ['account', 'show', '--output', 'json'], signIn);
  if (end === undefined)
    return {
      name,
      state: 'note',
      message: 'az is not installed. It is needed for --azure, and for Azure and Azure DevOps.',
    };
  if (typeof end === 'string') return { name, state: 'note', message: `${end} Sign in with az login.` };
  const account = parsedJson(end.output);
  const user = isObject(account) && isObject(account['user']) ? account['user']['name'] : undefined;
  if (typeof user !== 'string' || !isObject(account))
    return { name, state: 'note', message: 'az account show did not print an account. Update the Azure CLI.' };
  return { name, state: 'ok', message: `${user}, subscription ${String(account['name'])}` };
}

/** How the program ended; undefined where it is not installed, and a sentence where it failed. */
async function answerOf(
  program: string,
  given: readonly string[],
  signIn: SignInContext,
): Promise<ProgramEnd | string | undefined> {
  const file = findProgram(program, signIn.environment, signIn.platform);
  if (file === undefined) return undefined;
  const command = [program, ...given].join(' ');
  try {
    const end = await runProgram({ file, arguments: given }, signIn);
    if (end.isTimedOut) return `${command} did not end in time.`;
    if (end.exitCode === 0) return end;
    const [reason = ''] = end.errors.trim().split('\n').slice(-1);
    return `${command} ended with exit code ${end.exitCode ?? 'unknown'}${reason === '' ? '' : `: ${reason}`}.`.replace(
      /\.\.$/,
      '.',
    );
  } catch (error) {
    if (!(error instanceof TaskError) || signIn.signal.aborted) throw error;
    return plainMessage(error);
  }
}

/** The name of the check that all checks of permissions need. */
export const signInCheck = 'Databricks';

/** Whether the workspace can be reached, and accepts the credentials. */
async function checkSignIn({ signIn, context }: CheckSurroundings): Promise<Check> {
  const name = signInCheck;
  try {
    return { name, state: 'ok', message: whoamiText(await whoami(signIn, context)) };
  } catch (error) {
    if (!(error instanceof TaskError) || context.signal.aborted) throw error;
    return { name, state: 'problem', message: plainMessage(error) };
  }
}
