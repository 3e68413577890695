import { invalidParameter } from './apiError';
import type { SandboxClock } from '../clock';
import { checkClusterScript, type ClusterScript } from './compute/clusterScripts';
import type { LibraryScript } from './compute/libraryScripts';
import type { Faults } from '../http/faults';
import type { RunScript } from './jobs/runScripts';
import type { JsonObject } from './json';
import type { RequestLog } from '../http/requestLog';
import type { Router } from './router';
import type { Scripts } from './scripts';
import { checkServingScript, type ServingScript } from './serving/servingScripts';

export const controlPrefix = '/__sandbox/';

const faultFields = [
  'method',
  'path',
  'from',
  'times',
  'when',
  'delayMilliseconds',
  'effect',
  'status',
  'errorCode',
  'message',
  'retryAfter',
  'body',
];
const scriptFields = ['matching', 'times', 'durationSeconds', 'states', 'result', 'run'];
const clusterScriptFields = [
  'matching',
  'times',
  'startSeconds',
  'runSeconds',
  'failure',
  'terminationReason',
  'endState',
];
const libraryScriptFields = ['matching', 'times', 'seconds', 'status', 'messages'];
const servingScriptFields = ['matching', 'times', 'failure', 'buildSeconds', 'startSeconds', 'runSeconds'];

export interface ControlParts {
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly scripts: Scripts<RunScript>;
  readonly clusterScripts: Scripts<ClusterScript>;
  readonly libraryScripts: Scripts<LibraryScript>;
  readonly servingScripts: Scripts<ServingScript>;
}

/** The door for other processes to what tests reach in-process. Described in README.md. */
export function addControlRoutes(
  router: Router,
  { clock, faults, requests, scripts, clusterScripts, libraryScripts, servingScripts }: ControlParts,
): void {
  router.add('POST', `${controlPrefix}faults`, ({ json }) => {
    checkFields(json, faultFields);
    faults.add(json);
    return {};
  });
  router.add('DELETE', `${controlPrefix}faults`, () => {
    faults.clear();
    return {};
  });
  router.add('GET', `${controlPrefix}requests`, (request) => ({
    requests: requests.list(request.text('path')).map((entry) => ({ ...entry })),
  }));
  router.add('DELETE', `${controlPrefix}requests`, () => {
    requests.clear();
    return {};
  });
  router.add('GET', `${controlPrefix}clock`, () => ({ now: clock.now(), timeScale: clock.timeScale }));
  router.add('POST', `${controlPrefix}clock`, async ({ json }) => {
    const seconds = Number(json.advanceSeconds);
    if (!(seconds >= 0)) throw invalidParameter('advanceSeconds must be a number of 0 or more');
    await clock.advance(seconds * 1000);
    return { now: clock.now(), timeScale: clock.timeScale };
  });
  addScriptRoutes(router, 'scripts', scripts, scriptFields);
  addScriptRoutes(router, 'cluster-scripts', clusterScripts, clusterScriptFields, checkClusterScript);
  addScriptRoutes(router, 'library-scripts', libraryScripts, libraryScriptFields);
  addScriptRoutes(router, 'serving-scripts', servingScripts, servingScriptFields, checkServingScript);
}

function addScriptRoutes<Kind extends { readonly times?: number }>(
  router: Router,
  name: string,
  scripts: Scripts<Kind>,
  fields: readonly string[],
  check: (script: Kind) => void = () => undefined,
): void {
  router.add('POST', `${controlPrefix}${name}`, ({ json }) => {
    checkFields(json, fields);
    const script = json as unknown as Kind;
    check(script);
    scripts.add(script);
    return {};
  });
  router.add('DELETE', `${controlPrefix}${name}`, () => {
    scripts.clear();
    return {};
  });
}

/** @throws ApiError for a field that the door does not know */
export function checkFields(json: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(json).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw invalidParameter(`Unknown: ${unknown.join(', ')}. Known: ${known.join(', ')}.`);
}
