import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { IdentityEndpoint, ServiceConnection } from '../../../shared/agent/agent';
import type { Context } from '../../../shared/agent/context';
import { FakeAgent, type FakeConnection } from '../../support/fakeAgent';
import { FakeClock } from '../../support/fakeClock';
import { reply, type Behaviour, type RecordedRequest, type Reply } from '../../support/recordingServer';

export const clientId = 'aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa';
export const tenantId = 'bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb';
export const connectionId = 'cccccccc-3333-4333-8333-cccccccccccc';
export const databricks = { name: 'Databricks', id: '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d' };
/** As people make them: with characters that a form has to escape. */
export const clientSecret = 'x~8Q/secret+of the=client&';
export const jobAccessToken = 'job-access-token-secret';
/** `{"iss":"https://issuer","sub":"sc://org/project/connection","aud":"api://AzureADTokenExchange"}` in the middle. */
export const jobToken = [
  'eyJhbGciOiJSUzI1NiJ9',
  Buffer.from(
    JSON.stringify({ iss: 'https://issuer', sub: 'sc://org/project/connection', aud: 'api://AzureADTokenExchange' }),
  ).toString('base64url'),
  'c2lnbmF0dXJl',
].join('.');

export interface TestContext extends Context {
  readonly agent: FakeAgent;
  readonly clock: FakeClock;
}

export function makeContext({
  variables = {},
  endpoint,
  signal = new AbortController().signal,
}: {
  readonly variables?: Readonly<Record<string, string>>;
  readonly endpoint?: IdentityEndpoint;
  readonly signal?: AbortSignal;
} = {}): TestContext {
  return { agent: new FakeAgent({}, {}, variables, endpoint), clock: new FakeClock(), signal, deadline: Infinity };
}

/** A connection as the agent would hand it over. */
export function connectionOf(connection: FakeConnection): ServiceConnection {
  const found = new FakeAgent({}, { [connectionId]: connection }).connection(connectionId);
  assert.ok(found);
  return found;
}

/** An Azure Resource Manager connection whose Microsoft Entra ID is at that URL. */
export function azureConnection(
  entraUrl: string,
  parameters: Readonly<Record<string, string>> = { authenticationType: 'spnKey', serviceprincipalkey: clientSecret },
  { scheme = 'ServicePrincipal', data = {}, url = 'https://management.azure.com/' }: ConnectionOptions = {},
): ServiceConnection {
  return connectionOf({
    url,
    scheme,
    parameters: { serviceprincipalid: clientId, tenantid: tenantId, ...parameters },
    data: { environmentAuthorityUrl: entraUrl, ...data },
  });
}

interface ConnectionOptions {
  readonly scheme?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly url?: string;
}

type Answering = Extract<Behaviour, (...args: never[]) => void>;

/** Answers by the path; what isn't named fails the test by a 418. */
export function routes(table: Readonly<Record<string, Behaviour | undefined>>): Answering {
  return (request, response) => {
    const behaviour = table[request.url.replace(/\?.*/, '')] ?? { status: 418, body: { message: request.url } };
    if (typeof behaviour === 'function') behaviour(request, response);
    else reply(response, behaviour);
  };
}

/** Answers one after the other; the last stays. */
export function inTurn(...replies: readonly Reply[]): Answering {
  let next = 0;
  return (_request, response) => {
    reply(response, replies[Math.min(next++, replies.length - 1)] ?? {});
  };
}

/** Gives `name-1`, `name-2`, … */
export function tokenReply(name: string, expiresIn: number | string = 3600): Answering {
  let number = 0;
  return (_request, response) =>
    reply(response, { body: { token_type: 'Bearer', access_token: `${name}-${++number}`, expires_in: expiresIn } });
}

export function fieldsOf(request: RecordedRequest | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(request?.body.toString('utf8')));
}

export function queryOf(request: RecordedRequest | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(new URL(request?.url ?? '', 'http://here').searchParams);
}

/** Everything that anybody could print of a value, the hidden parts and the chain of causes too. */
export function everythingOf(value: unknown): string {
  const own = value instanceof Error ? [value.message, value.stack, JSON.stringify(value)].join('\n') : '';
  return own + inspect(value, { depth: Infinity, showHidden: true, getters: true });
}
