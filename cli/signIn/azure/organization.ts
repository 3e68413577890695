import { join } from 'node:path';
import { FileError } from '../../../shared/files/fileError';
import { readFileOfMachine } from '../../../shared/files/sourceFile';
import { readIni } from '../databricks/iniFile';
import { findProgram } from '../programs/findProgram';
import { runProgram } from '../programs/runProgram';
import type { SignInContext } from '../request';
import { repositoryOf, type RepositoryPlace } from './gitRemote';

/** An organization of Azure DevOps and a project in it; either may be unknown. */
export interface OrganizationPlace {
  readonly url?: string;
  readonly project?: string;
}

/**
 * The organization and the project that are meant: those of the options, else of the environment
 * (AZURE_DEVOPS_ORGANIZATION, AZURE_DEVOPS_PROJECT), else of the Git repository in the working folder, else the defaults of
 * `az devops configure`. A project is taken only with its own organization.
 */
export async function organizationPlace(context: SignInContext): Promise<OrganizationPlace> {
  const { options, environment } = context;
  const organization = options.organization ?? (environment.AZURE_DEVOPS_ORGANIZATION || undefined);
  const project = options.project ?? (environment.AZURE_DEVOPS_PROJECT || undefined);
  const url = organization === undefined ? undefined : urlOf(organization);
  if (url !== undefined && project !== undefined) return { url, project };
  const detected = (await ofRepository(context)) ?? ofDefaults(context);
  const isSame = url === undefined || nameIn(url) === nameIn(detected?.url ?? '');
  const found = { url: url ?? detected?.url, project: project ?? (isSame ? detected?.project : undefined) };
  return {
    ...(found.url !== undefined && { url: found.url }),
    ...(found.project !== undefined && { project: found.project }),
  };
}

/** People name an organization by its URL or by its name alone. */
function urlOf(organization: string): string {
  return /^[\w-]+$/.test(organization) ? `https://dev.azure.com/${organization}` : organization;
}

function nameIn(url: string): string {
  const [, older] = /^https:\/\/([\w-]+)\.visualstudio\.com/i.exec(url) ?? [];
  return (older ?? /^https?:\/\/[^/]+\/([^/?#]+)/i.exec(url)?.[1] ?? url).toLowerCase();
}

/** `origin`, or else the only repository of Azure DevOps among the remotes. */
async function ofRepository(context: SignInContext): Promise<RepositoryPlace | undefined> {
  const file = findProgram('git', context.environment, context.platform);
  if (file === undefined) return undefined;
  const list = ['config', '--get-regexp', '^remote\\..*\\.url$'];
  const end = await runProgram({ file, arguments: ['-C', context.workingFolder, ...list] }, context);
  // Outside of a repository, and in one without remotes, it ends with another code.
  if (end.exitCode !== 0) return undefined;
  const remotes = end.output.split(/\r?\n/).flatMap((line) => {
    const [, name, url] = /^remote\.(.*)\.url (.*)$/.exec(line) ?? [];
    const place = url === undefined ? undefined : repositoryOf(url);
    return place ? [{ name, place }] : [];
  });
  const origin = remotes.find(({ name }) => name === 'origin')?.place;
  const different = new Map(remotes.map(({ place }) => [`${place.url} ${place.project}`.toLowerCase(), place]));
  return origin ?? (different.size === 1 ? [...different.values()][0] : undefined);
}

const mostBytes = 1024 * 1024;

/** Where `az devops configure --defaults` writes (azure-devops-cli-extension, `const.py`). */
function ofDefaults({ environment, homeFolder }: SignInContext): OrganizationPlace | undefined {
  const folder = environment.AZURE_DEVOPS_EXT_CONFIG_DIR;
  const azure = environment.AZURE_CONFIG_DIR || join(homeFolder, '.azure');
  const file = join(folder || join(azure, 'azuredevops'), 'config');
  let text: string;
  try {
    text = readFileOfMachine(file, mostBytes);
  } catch (error) {
    if (error instanceof FileError && error.isMissing) return undefined;
    throw error;
  }
  const defaults = readIni(text, file).get('defaults');
  const [organization, project] = ['organization', 'project'].map((name) => defaults?.get(name) || undefined);
  return {
    ...(organization !== undefined && { url: urlOf(organization) }),
    ...(project !== undefined && { project }),
  };
}
