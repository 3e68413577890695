import { Caller } from '../../identities/caller';
import type { OrganizationState } from '../../organizationState';
import { ServiceEndpoints } from '../../resources/endpoints/serviceEndpoints';
import { ancestors } from '../objects/history';
import { objectsOfTree } from '../objects/files';
import { noObject } from '../objects/objectStore';
import { notePush } from '../repositories/applyUpdates';
import { GitStore } from '../repositories/gitStore';
import { branchPrefix, type ImportRequest, type RefUpdate, type Repository } from '../repositories/repository';
import { carryOutUpdate } from '../repositories/updateRefs';
import { fetchFrom } from '../smartHttp/fetchFrom';
import { isReadable } from '../rest/repositoryAccess';

/** Takes the imports of a repository one step further: from queued to in progress, and from there to the end. */
export async function advanceImports(organization: OrganizationState, repository: Repository): Promise<void> {
  for (const request of repository.importRequests) {
    if (request.status === 'queued') {
      request.status = 'inProgress';
    } else if (request.status === 'inProgress') {
      request.status = 'completed';
      try {
        await importInto(organization, repository, request);
        deleteEndpoint(organization, repository, request);
      } catch (error) {
        request.status = 'failed';
        request.errorMessage = error instanceof Error ? error.message : String(error);
      }
    }
  }
}

function deleteEndpoint(
  organization: OrganizationState,
  { projectId }: Repository,
  { endpointId, deletesEndpoint }: ImportRequest,
): void {
  const endpoints = organization.of(ServiceEndpoints);
  const endpoint = endpointId === undefined ? undefined : endpoints.byId(endpointId);
  if (endpoint && deletesEndpoint) endpoints.remove(endpoint, [projectId]);
}

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Those of the service connection, else those of the URL; without a password there are none. */
function credentialsOf(organization: OrganizationState, { url, endpointId }: ImportRequest): Credentials | undefined {
  const { parameters } = (endpointId !== undefined && organization.of(ServiceEndpoints).byId(endpointId)) || {};
  const source = new URL(url);
  const username = parameters?.get('username') ?? decodeURIComponent(source.username);
  const password = parameters?.get('password') ?? decodeURIComponent(source.password);
  return password === '' ? undefined : { username, password };
}

async function importInto(
  organization: OrganizationState,
  repository: Repository,
  request: ImportRequest,
): Promise<void> {
  const { url, caller } = request;
  const credentials = credentialsOf(organization, request);
  const reader = credentials ? callerOf(organization, credentials) : caller;
  const local = organization.of(GitStore).importable.get(url) ?? localRepository(organization, reader, url);
  const refs = local ? copyFrom(local, repository) : await fetchLoopback(url, credentials, repository);
  const updates: RefUpdate[] = [...refs].map(([name, newObjectId]) => ({ name, oldObjectId: noObject, newObjectId }));
  // The branch that is usually the default comes first, and becomes it here.
  const preferred = [local?.defaultBranch, 'refs/heads/main', 'refs/heads/master'];
  const first = preferred.find((name) => name !== undefined && refs.has(name));
  for (const update of updates) carryOutUpdate(repository, update, caller.identity.id);
  if (first?.startsWith(branchPrefix)) repository.defaultBranch = first;
  await notePush(organization, caller, repository, updates);
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** @throws Error for every other address: the sandbox does not go into the internet */
async function fetchLoopback(
  url: string,
  credentials: Credentials | undefined,
  repository: Repository,
): Promise<Map<string, string>> {
  const { protocol, host, hostname, pathname } = new URL(url);
  if (!loopback.includes(hostname))
    throw new Error('The sandbox imports only from itself and from the loopback address.');
  const basic = credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  const authorization = basic === undefined ? undefined : `Basic ${basic}`;
  return fetchFrom(`${protocol}//${host}${pathname}`, authorization, repository.objects);
}

/** Whoever the password is a token of; undefined when it is nobody's. */
function callerOf({ security, tokens }: OrganizationState, { password }: Credentials): Caller | undefined {
  const credential = tokens.find(password);
  return typeof credential === 'object' ? new Caller(security, credential) : undefined;
}

/** One of this organisation, if whoever the import is done for may read it. */
function localRepository(
  organization: OrganizationState,
  caller: Caller | undefined,
  url: string,
): Repository | undefined {
  const base = organization.url('');
  if (!url.toLowerCase().startsWith(base.toLowerCase())) return undefined;
  const [project = '', git, name = project] = url.slice(base.length).split('/').map(decodeURIComponent);
  const projectId = organization.projects.find(project)?.id;
  const found = git === '_git' ? organization.of(GitStore).find(projectId, name) : undefined;
  if (!found || found.isDisabled || !caller || !isReadable(caller, found))
    throw new Error(`The repository ${url} was not found.`);
  return found;
}

function copyFrom(source: Repository, target: Repository): Map<string, string> {
  const refs = new Map([...source.tips].filter(([name]) => !name.startsWith('refs/pull/')));
  const needed = new Set<string>();
  for (const tip of refs.values()) {
    for (let oid = tip; source.objects.isA('tag', oid); oid = tagged(source, oid)) needed.add(oid);
    for (const commit of ancestors(source.objects, [source.objects.peel(tip)])) {
      needed.add(commit);
      objectsOfTree(source.objects, source.objects.readCommit(commit).tree, needed);
    }
  }
  for (const oid of needed) {
    const { type, content } = source.objects.read(oid);
    target.objects.write(type, content);
  }
  return refs;
}

const tagged = ({ objects }: Repository, oid: string): string =>
  /^object ([\da-f]{40})$/m.exec(objects.read(oid, 'tag').content.toString('utf8'))?.[1] ?? '';
