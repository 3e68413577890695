import { Faults } from '../../http/faults';
import { type Answer, closeServer, jsonType, listen, type Received } from '../../http/httpServer';
import { RequestLog } from '../../http/requestLog';
import { Extensions } from '../extensions/extensions';
import type { Identity } from '../identities/identity';
import type { Organization } from '../organization';
import type { Project } from '../projects/project';
import { hostFiles } from './hostFiles';
import type { HostedExtension } from './manifest';
import { addPeople, defaultPeople, type NewPerson } from './people';
import type { HostedPage, HostSession } from './session';
import { StaticFiles } from './staticFiles';

export interface HostOptions {
  readonly organization: Organization;
  /** The built pages of the extension. */
  readonly hubFolder: string;
  readonly extension: HostedExtension;
  /** The project whose pages are shown; that of the organization by default. */
  readonly project?: string;
  /** Who can sign in; the first one does by default. */
  readonly people?: readonly NewPerson[];
  /** Of the page that is opened; a free one by default. */
  readonly port?: number;
}

/** The page of Azure DevOps around an extension, and the network that serves the extension's files. */
export interface Host {
  /** To open in a browser: `host.html`. */
  readonly url: string;
  /** Of the folder of the extension's pages, on another origin; ends with a slash. */
  readonly hubUrl: string;
  /** What the browser asked of the origin of the extension. */
  readonly hubRequests: RequestLog;
  readonly hubFaults: Faults;
  readonly people: readonly NewPerson[];
  close(): Promise<void>;
}

/** What an extension without scopes may do: it knows who the person is, and keeps its own data. */
const impliedScopes = ['vso.profile', 'vso.extension.data_write'];
const tokenMilliseconds = 3_600_000;

/**
 * Serves the pages of an extension as Azure DevOps does: a page around them on one loopback origin, their files on
 * another one. Data are those of the organization, which has the extension installed.
 * @throws Error when there is no such folder or project
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const { organization, extension, people = defaultPeople } = options;
  const { state } = organization;
  const { publisherName, extensionName, version } = extension;
  const [files, hub] = await Promise.all([hostFiles(), StaticFiles.read(options.hubFolder)]);
  const project = state.projects.find(options.project ?? organization.project);
  if (!project) throw new Error(`The organization has no project '${options.project ?? organization.project}'.`);
  const extensions = state.of(Extensions);
  if (!extensions.has(publisherName, extensionName)) extensions.install(publisherName, extensionName, version);
  const identities = addPeople(state, project, people);

  const [hubRequests, hubFaults] = [new RequestLog(), new Faults()];
  const common = { errorBody: (_code: string, message: string) => message };
  const root = `/extensions/${publisherName}/${extensionName}/${version}/${hub.version}/hub/`;
  const hubServer = await listen(
    {
      ...common,
      answer: (received) => Promise.resolve(hubAnswer(hub, root, policyOf(state.origin), received)),
      faults: hubFaults,
      requests: hubRequests,
    },
    0,
  );
  const hubUrl = `${hubServer.url}${root}`;
  const parts = { organization, project, extension, identities, people, hubUrl };
  const page = await listen(
    {
      ...common,
      answer: (received) => Promise.resolve(pageAnswer(files, parts, received)),
      faults: new Faults(),
      requests: new RequestLog(),
    },
    options.port ?? 0,
  );
  return {
    url: `${page.url}/host.html`,
    hubUrl,
    hubRequests,
    hubFaults,
    people,
    close: async () => {
      await Promise.all([closeServer(page.server), closeServer(hubServer.server)]);
    },
  };
}

/** No script but its own files, no request but to the organization. */
const policyOf = (restOrigin: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src ${restOrigin}`,
    "base-uri 'none'",
  ].join('; ');

function hubAnswer(hub: StaticFiles, root: string, policy: string, received: Received): Answer {
  const { pathname } = received.url;
  const name = pathname.startsWith(root) ? decoded(pathname.slice(root.length)) : undefined;
  const answer = name === undefined ? undefined : hub.answer(name, received);
  if (!answer) return plain(404, 'The extension has no such file.');
  return { ...answer, headers: { ...answer.headers, 'content-security-policy': policy } };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

interface SessionParts {
  readonly organization: Organization;
  readonly project: Project;
  readonly extension: HostedExtension;
  readonly identities: ReadonlyMap<string, Identity>;
  readonly people: readonly NewPerson[];
  readonly hubUrl: string;
}

function pageAnswer(
  files: Awaited<ReturnType<typeof hostFiles>>,
  parts: SessionParts,
  { method, url }: Received,
): Answer {
  const name = url.pathname.slice(1);
  if (name === '') return { status: 302, headers: { location: 'host.html' }, body: Buffer.alloc(0) };
  const file = files.get(name);
  if (file) return { status: 200, headers: { 'content-type': file.contentType, ...uncached }, body: file.body };
  if (name !== 'session' && name !== 'token') return plain(404, 'The stand-in has no such page.');
  const asked = url.searchParams.get('user') ?? parts.people[0]?.name ?? '';
  const identity = parts.identities.get(asked);
  if (!identity) return plain(404, `There is nobody '${asked}' who can sign in.`);
  if (name === 'session') return json(sessionOf(parts, identity));
  return method === 'POST' ? json({ token: tokenOf(parts, identity) }) : plain(405, 'A token is asked for by POST.');
}

const uncached = { 'cache-control': 'no-store' };

const plain = (status: number, text: string): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...uncached },
  body: Buffer.from(text),
});

const json = (value: object): Answer => ({
  status: 200,
  headers: { ...jsonType, ...uncached },
  body: Buffer.from(JSON.stringify(value)),
});

function tokenOf({ organization, extension }: SessionParts, identity: Identity): string {
  const { tokens, clock } = organization.state;
  const scopes = [...impliedScopes, ...extension.scopes];
  return tokens.issuePersonal({ identity, scopes, expiresAt: clock.now() + tokenMilliseconds });
}

function sessionOf(parts: SessionParts, identity: Identity): HostSession {
  const { organization, project, people, hubUrl } = parts;
  const { state } = organization;
  const { publisherName, extensionName, version, contributions } = parts.extension;
  const id = `${publisherName}.${extensionName}`;
  const hosted = (name: string): HostedPage => ({
    url: `${hubUrl}${name}.html`,
    contributionId: `${id}.${contributions[`${name}.html`] ?? name}`,
  });
  return {
    organization: { id: state.collectionId, name: state.name, url: organization.url },
    extensionsUrl: state.url('', 'extmgmt'),
    project: { id: project.id, name: project.name },
    team: { id: project.defaultTeamId, name: `${project.name} Team` },
    user: {
      id: identity.id,
      name: identity.principalName,
      displayName: identity.displayName,
      descriptor: identity.subjectDescriptor,
    },
    people: people.map(({ name, displayName }) => ({ name, displayName })),
    extension: { id, publisherId: publisherName, extensionId: extensionName, version },
    pages: { models: hosted('models'), run: hosted('run') },
    pageToken: state.tokens.issuePersonal({ identity }),
  };
}
