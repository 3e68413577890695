import { invalidParameter } from './apiError';
import type { SandboxClock } from './clock';
import type { Faults } from './faults';
import type { RunScripts } from './jobs/runScripts';
import type { JsonObject } from './json';
import type { RequestLog } from './requestLog';
import type { Router } from './router';

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

export interface ControlParts {
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly scripts: RunScripts;
}

/** The door for other processes to what tests reach in-process. Described in README.md. */
export function addControlRoutes(router: Router, { clock, faults, requests, scripts }: ControlParts): void {
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
  router.add('POST', `${controlPrefix}scripts`, ({ json }) => {
    checkFields(json, scriptFields);
    scripts.add(json);
    return {};
  });
  router.add('DELETE', `${controlPrefix}scripts`, () => {
    scripts.clear();
    return {};
  });
}

function checkFields(json: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(json).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw invalidParameter(`Unknown: ${unknown.join(', ')}. Known: ${known.join(', ')}.`);
}
