import type { Identity } from '../../../sandbox/devops/identities/identity';
import type { Organization } from '../../../sandbox/devops/organization';
import type { Host } from '../../../sandbox/devops/rest/host';
import { type LocalOrganizationOptions, startLocalOrganization } from '../../../sandbox/localOrganization';
import { sharedSigningKeys } from '../sharedKeys';
import { openApiProblems } from './openApi';

export interface DevopsAsked {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the Accept header; 7.1 by default, none when empty. */
  readonly version?: string;
  readonly host?: Host;
  /** A personal access token; that of the administrator by default, none when empty. */
  readonly token?: string;
}

export interface DevopsAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON of the answer; undefined when it is none. */
  readonly body: unknown;
}

export interface DevopsFixture {
  readonly organization: () => Organization;
  /** Sends a request to a path below the organisation. */
  readonly ask: (path: string, asked?: DevopsAsked) => Promise<DevopsAnswer>;
  /** A token for a new user, who is a member of the groups of the project with these names. */
  readonly tokenOf: (principalName: string, ...groups: readonly string[]) => { identity: Identity; token: string };
}

/** An organisation for each test, with one project that is called `local`. */
export function useOrganization(options: LocalOrganizationOptions = {}): DevopsFixture {
  let organization: Organization;
  beforeEach(async () => {
    organization = await startLocalOrganization({ signingKeys: await sharedSigningKeys(), ...options });
  });
  afterEach(() => organization.close());
  return {
    organization: () => organization,
    ask: (path, asked) => askDevops(organization, path, asked),
    tokenOf: (principalName, ...groups) => {
      const { identities, projects, tokens } = organization.state;
      const projectId = projects.find(organization.project)?.id;
      const identity = identities.addUser({ principalName });
      for (const name of groups) identities.addMember(identity, identities.groupNamed(name, projectId));
      return { identity, token: tokens.issuePersonal({ identity }) };
    },
  };
}

/**
 * Sends a request to a path below the organisation.
 * @throws Error when a successful answer is not as Microsoft describes it, where the description is available
 */
export async function askDevops(organization: Reached, path: string, asked: DevopsAsked = {}): Promise<DevopsAnswer> {
  const answer = await sendToDevops(organization, path, asked);
  const problems = descriptionProblems(path, asked, answer);
  if (problems.length > 0)
    throw new Error(
      `${asked.method ?? 'GET'} ${path} is not answered as described:\n${problems.join('\n')}\n${answer.text}`,
    );
  return answer;
}

type Reached = Pick<Organization, 'url' | 'personalAccessToken'>;

/** What is wrong with a successful answer by the description of the REST API, where that is available. */
export function descriptionProblems(
  path: string,
  { method = 'GET', host = 'dev' }: DevopsAsked,
  { status, body }: DevopsAnswer,
): readonly string[] {
  const [plainPath = ''] = path.split('?');
  return openApiProblems({ host, method, path: decodeURIComponent(plainPath), status, body });
}

export async function sendToDevops(
  { url, personalAccessToken }: Reached,
  path: string,
  { method = 'GET', body, headers, version = '7.1', host = 'dev', token = personalAccessToken }: DevopsAsked = {},
): Promise<DevopsAnswer> {
  const { origin, pathname } = new URL(url);
  const response = await fetch(`${origin}${host === 'dev' ? '' : `/${host}`}${pathname}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token !== '' && { authorization: `Basic ${Buffer.from(`:${token}`).toString('base64')}` }),
      accept: version === '' ? 'application/json' : `application/json;api-version=${version}`,
      'x-tfs-fedauthredirect': 'Suppress',
      ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // `text()` would take off a byte order mark.
  const text = Buffer.from(await response.arrayBuffer()).toString('utf8');
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? (JSON.parse(text.replace(/^\uFEFF/, '')) as unknown) : undefined,
  };
}

/** The entries of a list, each with the keys that a test looks at. */
export function entriesOf(body: unknown): readonly Readonly<Record<string, unknown>>[] {
  return (body as { readonly value: readonly Readonly<Record<string, unknown>>[] }).value;
}

export const keyOf = (body: unknown): string => (body as { readonly typeKey: string }).typeKey;

export const messageOf = (body: unknown): string => (body as { readonly message: string }).message;
