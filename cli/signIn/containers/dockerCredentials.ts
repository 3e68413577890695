import { join } from 'node:path';
import { FileError } from '../../../shared/files/fileError';
import { readFileOfMachine } from '../../../shared/files/sourceFile';
import { readShape, type Read } from '../../../shared/http/shape';
import * as shape from '../../../shared/http/shape';
import { parsedJson } from '../../../shared/json';
import { findProgram } from '../programs/findProgram';
import { runProgram, secondsToAnswer } from '../programs/runProgram';
import type { SignInContext } from '../request';
import { SignInRequired } from '../signInRequired';

/** The account of a container registry. */
export interface RegistryAccount {
  readonly username: string;
  readonly password: string;
}

const entry = shape.object({
  auth: shape.optionalText,
  username: shape.optionalText,
  password: shape.optionalText,
  identitytoken: shape.optionalText,
});
const configShape = shape.object({
  auths: shape.maybe(shape.mapOf(entry)),
  credsStore: shape.optionalText,
  credHelpers: shape.maybe(shape.mapOf(shape.text)),
});
const answerShape = shape.object({ Username: shape.text, Secret: shape.nonEmptyText });

const mostBytes = 4 * 1024 * 1024;

/**
 * The account with which Docker signs in to a registry: from the credential helper of the registry or of all
 * (https://github.com/docker/docker-credential-helpers, `get`), else from the file itself. Announces the password.
 * Rejects with a SignInRequired, also where there is only an identity token, which expires after hours: a container that is
 * started again later could not pull its image.
 */
export async function registryAccount(server: string, context: SignInContext): Promise<RegistryAccount> {
  const { environment, homeFolder } = context;
  const file = join(environment.DOCKER_CONFIG || join(homeFolder, '.docker'), 'config.json');
  const config = read(file);
  const helper = valueFor(config.credHelpers, server) ?? config.credsStore;
  const stored = helper === undefined ? undefined : await ofHelper(helper, server, context);
  const account = stored ?? inFile(config, server);
  if (account === undefined)
    throw new SignInRequired(
      `Docker has no account for the registry ${server} ('${file}'). Run docker login ${server}, or use the managed identity of --registry-identity.`,
    );
  context.setSecret(account.password);
  if (account.username === '' || account.username === '<token>' || /^0{8}-0{4}-0{4}-0{4}-0{12}$/.test(account.username))
    throw new SignInRequired(
      `Docker has an identity token for the registry ${server}, such as az acr login creates. It expires after hours. Use the managed identity of --registry-identity, or run docker login ${server} with a token of the registry.`,
    );
  return account;
}

function read(file: string): Read<typeof configShape> {
  let text: string;
  try {
    text = readFileOfMachine(file, mostBytes);
  } catch (error) {
    if (error instanceof FileError && error.isMissing) return {};
    throw error;
  }
  const reading = readShape(configShape, parsedJson(text));
  if ('value' in reading) return reading.value;
  throw new SignInRequired(`The configuration of Docker, '${file}', cannot be used: ${reading.problem}.`);
}

/** Undefined where the helper has no account. */
async function ofHelper(helper: string, server: string, context: SignInContext): Promise<RegistryAccount | undefined> {
  const command = `docker-credential-${helper}`;
  const file = /^[\w.-]+$/.test(helper) ? findProgram(command, context.environment, context.platform) : undefined;
  if (file === undefined)
    throw new SignInRequired(`The credential helper ${command} of Docker is not installed, or not in PATH.`);
  const variables = ['PASSWORD_STORE_DIR', 'AZURE_CONFIG_DIR'];
  const end = await runProgram({ file, arguments: ['get'], input: server, variables }, context);
  if (end.isTimedOut) throw new SignInRequired(`${command} did not answer within ${secondsToAnswer} seconds.`);
  if (end.exitCode !== 0) {
    // By this text, on its standard output, helpers say that they have none.
    if (/credentials not found/i.test(end.output + end.errors)) return undefined;
    throw new SignInRequired(`${command} failed (exit code ${end.exitCode ?? 'unknown'}). ${end.errors.trim()}`.trim());
  }
  const reading = readShape(answerShape, parsedJson(end.output));
  if ('problem' in reading)
    throw new SignInRequired(`${command} printed an answer that cannot be used: ${reading.problem}.`);
  return { username: reading.value.Username, password: reading.value.Secret };
}

function inFile({ auths }: Read<typeof configShape>, server: string): RegistryAccount | undefined {
  const found = valueFor(auths, server);
  if (!found) return undefined;
  const { identitytoken, username, password, auth = '' } = found;
  if (identitytoken) return { username: '<token>', password: identitytoken };
  if (username && password) return { username, password };
  const decoded = Buffer.from(auth, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon > 0 ? { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) } : undefined;
}

/** Docker writes registries with and without a scheme and a path. */
function valueFor<Value>(map: Readonly<Record<string, Value>> | undefined, server: string): Value | undefined {
  const wanted = hostOf(server);
  return Object.entries(map ?? {}).find(([name]) => hostOf(name) === wanted)?.[1];
}

function hostOf(server: string): string {
  const [host = ''] = server
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .split('/');
  return host === 'docker.io' ? 'index.docker.io' : host;
}
