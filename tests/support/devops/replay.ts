import type { Organization } from '../../../sandbox/devops/organization';
import type { Host } from '../../../sandbox/devops/rest/host';
import type { Fact, Recordings, Step } from './facts';
import { descriptionProblems, type DevopsAnswer, type DevopsAsked, sendToDevops } from './fixture';
import { compareShape } from './shape';

export interface ReplayOptions {
  /** The areas of the recordings whose requests are sent, such as `git/repositories`; all by default. */
  readonly isWanted?: (area: string) => boolean;
  /** Deviations that the stand-in does not cause, each with the reason: `#12 .createdDate` or a part of such a line. */
  readonly exceptions?: Readonly<Record<string, string>>;
  /** Steps that cannot be sent, by number, each with the reason. */
  readonly skips?: Readonly<Record<number, string>>;
  /** Recorded values, and those that stand for them from the start. */
  readonly bound?: Readonly<Record<string, string | number>>;
}

export interface ReplayReport {
  /** How many answers were compared. */
  readonly compared: number;
  /** Steps that were not sent, and why. */
  readonly skipped: readonly string[];
  readonly deviations: readonly string[];
  /** Exceptions that nothing needed: to be removed. */
  readonly unusedExceptions: readonly string[];
}

/**
 * Sends the requests of a recorded scenario to an organisation that is called `example-org`, in their order, and
 * compares status, content type, keys and types of the answers with the recorded ones. What the organisation calls a
 * thing takes the place of the recorded name from the step on that binds it. Projects that no step creates are made.
 */
export async function replay(
  organization: Organization,
  { facts, steps }: Recordings,
  scenario: string,
  { isWanted = () => true, exceptions = {}, skips = {}, bound = {} }: ReplayOptions = {},
): Promise<ReplayReport> {
  const names = new Map<string, string | number>(Object.entries(bound));
  const [skipped, deviations, used]: [string[], string[], Set<string>] = [[], [], new Set()];
  let compared = 0;
  for (const step of steps[scenario] ?? []) {
    const fact = facts.find(({ id }) => id === step.fact);
    if (!fact) throw new Error(`Step ${step.i} of ${scenario} has no fact ${step.fact}.`);
    const request = requestOf(fact, step, names);
    const unbound = unboundIn(request);
    const label = `#${step.i} ${fact.method} ${fact.route}`;
    const reason = skips[step.i];
    if (reason !== undefined) skipped.push(`${label}: ${reason}`);
    else if (!isWanted(fact.area)) skipped.push(`${label}: area ${fact.area}`);
    else if (unbound !== undefined) skipped.push(`${label}: ${unbound} is not bound`);
    else {
      await provideProject(organization, request.path, fact.method);
      const { below, asked } = toAsked(fact, request);
      const answer = await sendToDevops(organization, below, asked);
      compared += 1;
      const found = [
        ...differences(fact, answer),
        ...descriptionProblems(below, asked, answer).map((text) => `by the description: ${text}`),
        ...bindAll(step, answer, names),
      ].map((text) => `${label} ${text}`);
      for (const line of found) {
        const exception = Object.keys(exceptions).find((part) => line.includes(part));
        if (exception === undefined) deviations.push(line);
        else used.add(exception);
      }
    }
  }
  return { compared, skipped, deviations, unusedExceptions: Object.keys(exceptions).filter((key) => !used.has(key)) };
}

interface ReplayedRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

function requestOf(fact: Fact, step: Step, names: ReadonlyMap<string, string | number>): ReplayedRequest {
  const query = step.query ?? fact.query ?? {};
  return {
    path: (step.path ?? fact.path)
      .split('/')
      .map((segment) => encodeURIComponent(renamed(decodeURIComponent(segment), names)))
      .join('/'),
    query: Object.fromEntries(Object.entries(query).map(([key, value]) => [key, renamed(value, names)])),
    body: renamedDeep('request' in step ? step.request : fact.request, names),
  };
}

function renamed(text: string, names: ReadonlyMap<string, string | number>): string {
  const whole = names.get(text);
  if (whole !== undefined) return String(whole);
  let result = text;
  // A number is replaced only where it is all of a text: `1` is a part of many things.
  for (const [recorded, own] of names) if (!/^\d+$/.test(recorded)) result = result.replaceAll(recorded, String(own));
  return result;
}

function renamedDeep(value: unknown, names: ReadonlyMap<string, string | number>): unknown {
  if (typeof value === 'string') return renamed(value, names);
  if (typeof value === 'number') return names.get(String(value)) ?? value;
  if (Array.isArray(value)) return value.map((each) => renamedDeep(each, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, renamedDeep(each, names)]));
}

/** A neutral value of the recordings that nothing has taken the place of. */
function unboundIn(request: ReplayedRequest): string | undefined {
  const text = decodeURIComponent(`${request.path} ${JSON.stringify([request.query, request.body])}`);
  const id = /[\da-f]{8}-0000-4000-8000-[\da-f]{12}/.exec(text)?.[0];
  const descriptor = /\b(?:vssgp|scp|aad)\.[\w-]{20,}/.exec(text)?.[0];
  const isNeutral =
    descriptor !== undefined &&
    /0000-4000-8000|-10000000\d\d-/.test(Buffer.from(descriptor.replace(/^\w+\./, ''), 'base64').toString());
  return id ?? (isNeutral ? descriptor : undefined);
}

async function provideProject({ state }: Organization, path: string, method: string): Promise<void> {
  const [, , project = '', area] = path.split('/').map(decodeURIComponent);
  const isName = area?.startsWith('_') === true || path.includes('/_apis/work/');
  if (method === 'OPTIONS' || project.startsWith('_') || !isName || state.projects.find(project)) return;
  await state.projects.create({ name: project });
}

/** How a recorded request is sent, and to which path below the organisation. */
function toAsked(
  fact: Fact,
  { path, query, body }: ReplayedRequest,
): { readonly below: string; readonly asked: DevopsAsked } {
  const below = path.split('/').slice(2).join('/');
  const search = new URLSearchParams(query).toString();
  return {
    below: search === '' ? below : `${below}?${search}`,
    asked: {
      method: fact.method,
      host: fact.host.replace(/\.?dev\.azure\.com$/, '').replace(/^$/, 'dev') as Host,
      version: fact.apiVersion ?? '',
      ...(body !== undefined && { body }),
      ...(fact.requestType !== undefined && { headers: { 'content-type': fact.requestType } }),
    },
  };
}

function differences(fact: Fact, answer: DevopsAnswer): readonly string[] {
  const found: string[] = [];
  if (answer.status !== fact.status)
    found.push(`status ${fact.status} expected, ${answer.status} found: ${answer.text.slice(0, 300)}`);
  const type = answer.headers.get('content-type');
  if (type !== fact.contentType) found.push(`content type ${String(fact.contentType)} expected, ${String(type)} found`);
  for (const header of Object.keys(fact.headers))
    if (header !== 'www-authenticate' && !answer.headers.has(header)) found.push(`header ${header}: missing`);
  if (fact.bom === true && !answer.text.startsWith('\uFEFF')) found.push('byte order mark: missing');
  if (fact.shape !== undefined && answer.status === fact.status)
    found.push(...compareShape(fact.shape, answer.body).deviations);
  return found;
}

/** What is not there to be bound. */
function bindAll({ bind = {} }: Step, { body }: DevopsAnswer, names: Map<string, string | number>): readonly string[] {
  return Object.entries(bind).flatMap(([pointer, recorded]) => {
    const own = pointer
      .slice(1)
      .split('/')
      .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | null | undefined)?.[key], body);
    if (typeof own !== 'string' && typeof own !== 'number') return [`${pointer}: nothing to bind`];
    names.set(String(recorded), own);
    return [];
  });
}
