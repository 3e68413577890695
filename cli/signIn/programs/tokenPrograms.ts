import type { TokenIssuer, TokenOfIssuer } from '../../../shared/agent/agent';
import { TaskError } from '../../../shared/errors';
import { joined } from '../../../shared/sentences';
import type { SignInContext } from '../request';
import { SignInRequired } from '../signInRequired';
import { findProgram } from './findProgram';
import { printedToken } from './printedToken';
import { runProgram, secondsToAnswer, type ProgramEnd } from './runProgram';

/** A program with which people sign in, and which prints tokens. */
interface TokenProgram {
  /** `the Azure CLI` */
  readonly name: string;
  /** By what it is found in PATH, or its path. */
  readonly command: string;
  arguments(resource: string): readonly string[];
  readonly variables: readonly string[];
  readonly install: string;
  readonly signIn: string;
  /** Its error output where the user has to sign in again. */
  readonly isSignedOut: RegExp;
}

/** Whose tokens the Azure CLI prints. It accepts a subscription or a tenant, not both (`get_raw_token` of azure-cli-core). */
export interface AzureAccount {
  readonly subscription?: string | undefined;
  readonly tenant?: string | undefined;
}

/** Tokens of the user who is signed in to the Azure CLI, for any resource. */
export function azureCliTokens({ subscription, tenant }: AzureAccount, context: SignInContext): TokenIssuer {
  const account =
    tenant !== undefined ? ['--tenant', tenant] : subscription !== undefined ? ['--subscription', subscription] : [];
  return programTokens(
    {
      name: 'the Azure CLI',
      command: 'az',
      arguments: (resource) => ['account', 'get-access-token', '--output', 'json', '--resource', resource, ...account],
      variables: ['AZURE_CONFIG_DIR', 'AZURE_EXTENSION_DIR'],
      install: 'Install it (https://aka.ms/azure-cli) and run az login.',
      signIn: `Run az login${tenant === undefined ? '' : ` --tenant ${tenant}`} and try again.`,
      // No account, an expired or revoked refresh token, a policy that requires another sign-in.
      isSignedOut: /\baz login\b|\bAADSTS(?:50076|50078|50079|50173|700082|70043|700084)\b|InteractionRequired/i,
    },
    context,
  );
}

/** Tokens of the user who is signed in to the Databricks CLI; `place` is its profile or the URL of a workspace. */
export function databricksCliTokens(
  place: { readonly profile: string } | { readonly host: string },
  program: string | undefined,
  context: SignInContext,
): TokenIssuer {
  const [option, value] = 'profile' in place ? ['--profile', place.profile] : ['--host', place.host];
  return programTokens(
    {
      name: 'the Databricks CLI',
      command: program ?? 'databricks',
      arguments: () => ['auth', 'token', option, value],
      variables: ['DATABRICKS_CONFIG_FILE', 'DATABRICKS_AUTH_STORAGE'],
      install: 'Install it (https://docs.databricks.com/dev-tools/cli/install) and run databricks auth login.',
      signIn: `Run databricks auth login ${option} ${value} and try again.`,
      isSignedOut: /\bauth login\b|\brefresh token\b|not configured|no cached|databricks OAuth is not/i,
    },
    context,
  );
}

function programTokens(program: TokenProgram, context: SignInContext): TokenIssuer {
  let owner: string | undefined;
  return {
    get identity() {
      return `${owner ?? 'the user'} who is signed in to ${program.name}`;
    },
    async issue(resource, signal) {
      const end = await run(program, resource, { ...context, signal });
      const token = printedToken(`${program.command} (${program.name})`, end.output, context.clock.date());
      context.setSecret(token.token);
      if (owner === undefined && token.owner !== undefined)
        context.note(`${program.name.replace(/^the /, '')}: ${token.owner}`);
      owner ??= token.owner;
      return token;
    },
  };
}

async function run(program: TokenProgram, resource: string, context: SignInContext): Promise<ProgramEnd> {
  const { name, command, install, signIn, isSignedOut } = program;
  const { environment, platform } = context;
  const isPath = /[/\\]/.test(command);
  const file = isPath ? command : findProgram(command, environment, platform);
  if (file === undefined) throw new SignInRequired(`${name} (${command}) is not installed, or not in PATH. ${install}`);
  const end = await runProgram({ file, arguments: program.arguments(resource), variables: program.variables }, context);
  if (!end.isTimedOut && end.exitCode === 0) return end;
  const said = end.errors.replaceAll('\r\n', '\n').trim();
  const what = end.isTimedOut
    ? `did not answer within ${secondsToAnswer} seconds. Run ${command} ${program.arguments(resource).join(' ')} yourself to see why.`
    : `could not get a token for ${resource} (exit code ${end.exitCode ?? 'unknown'}).`;
  throw new SignInRequired(
    joined(`${name} ${what}`, isSignedOut.test(said) ? signIn : '', said && `Its error output: ${said}`),
  );
}

/**
 * Tokens of the first that can sign in, tried in their order as the SDKs of Databricks do. Rejects with one SignInRequired
 * that says why none can.
 */
export function firstOf(issuers: readonly TokenIssuer[], explain: (problem: string) => SignInRequired): TokenIssuer {
  let chosen: TokenIssuer | undefined;
  return {
    get identity() {
      return (chosen ?? issuers[0])?.identity ?? '';
    },
    async issue(resource, signal): Promise<TokenOfIssuer> {
      if (chosen) return await chosen.issue(resource, signal);
      const problems: string[] = [];
      for (const issuer of issuers) {
        try {
          const issued = await issuer.issue(resource, signal);
          chosen = issuer;
          return issued;
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof TaskError)) throw error;
          problems.push(error.message);
        }
      }
      throw explain(problems.join('\n'));
    },
  };
}
