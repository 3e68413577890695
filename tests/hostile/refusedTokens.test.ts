import assert from 'node:assert/strict';
import sinon from 'sinon';
import { exitCodes } from '../../cli/exitCodes';
import { exitCodeOf } from '../../cli/run/exitCodeOf';
import type { Fault } from '../../sandbox/http/faults';
import type { Task } from '../../shared/task/task';
import { task as syncModelVariables } from '../../tasks/SyncModelVariables/task';
import { routesOf } from '../support/routes';
import { cloudScenarios } from './cloudScenarios';
import { databricksScenarios } from './databricksScenarios';
import { devopsScenarios } from './devopsScenarios';
import type { Scenario } from './scenario';
import { tasksUnderTest } from './tasksUnderTest';

/** How each service refuses a token that it does not accept any more. */
const refusals: Readonly<Record<string, readonly Fault[]>> = {
  databricks: [
    { effect: 'status', status: 403, errorCode: 'PERMISSION_DENIED', message: 'Invalid access token.' },
    { effect: 'status', status: 401, errorCode: 'UNAUTHENTICATED', message: 'Credential was not sent.' },
  ],
  azure: [{ effect: 'status', status: 401, errorCode: 'ExpiredAuthenticationToken', message: 'It has expired.' }],
  kubernetes: [{ effect: 'status', status: 401, errorCode: 'Unauthorized', message: 'Unauthorized' }],
  devops: [
    { effect: 'status', status: 401, body: '' },
    { effect: 'html', status: 203, message: 'Azure DevOps Services | Sign In' },
    { effect: 'status', status: 302, headers: { location: 'https://spsprodweu1.vssps.visualstudio.com/_signin' } },
  ],
  entra: [{ effect: 'status', status: 401, errorCode: 'invalid_client', message: 'AADSTS7000222: It has expired.' }],
};
const always = 1_000_000;
/** All but the keys of Microsoft Entra ID, which a stand-in reads from another one. */
const refusedPaths = /^(?!.*\/discovery\/v2\.0\/keys$)/;

/** The first request to each route, from which on the service refuses the token. */
async function moments(
  scenario: Scenario,
  tried: Set<string>,
): Promise<readonly (readonly [standIn: string, from: number])[]> {
  const stage = await scenario.open();
  try {
    await stage.run(new AbortController().signal);
    return Object.entries(stage.standIns).flatMap(([standIn, { requests }]) => {
      // Tasks with many scenarios try the requests to their clusters once.
      const seen = standIn === 'kubernetes' ? tried : new Set<string>();
      const refused = requests.list().filter(({ path }) => refusedPaths.test(path));
      return refused.flatMap((request, index): (readonly [string, number])[] => {
        // The answer to it has no body, so a 403 may be about permissions.
        if (request.method === 'HEAD') return [];
        const [route] = routesOf([request]);
        const key = `${route?.method} ${route?.path.replace(/namespaces\/[^/]+/, 'namespaces/*')}`;
        if (seen.has(key)) return [];
        seen.add(key);
        return [[standIn, index + 1]];
      });
    });
  } finally {
    await stage.close();
  }
}

describe('a token that a service refuses from some request on', () => {
  const tried = new Set<string>();
  let thrown: unknown;
  before(() => {
    const tasks: readonly Task[] = [...Object.values(tasksUnderTest).map(({ task }) => task), syncModelVariables];
    for (const task of tasks) {
      const run = task.run.bind(task);
      sinon.stub(task, 'run').callsFake((context) =>
        run(context).catch((error: unknown) => {
          thrown = error;
          throw error;
        }),
      );
    }
  });
  after(() => sinon.restore());

  for (const scenario of [...databricksScenarios, ...devopsScenarios, ...cloudScenarios])
    it(`ends with exit code 4 where the task fails: ${scenario.task}, ${scenario.what}`, async function () {
      const problems: string[] = [];
      let cases = 0;
      for (const [standIn, from] of await moments(scenario, tried))
        for (const refusal of refusals[standIn] ?? []) {
          const stage = await scenario.open();
          try {
            thrown = undefined;
            stage.standIns[standIn]?.faults.add({ ...refusal, path: refusedPaths, from, times: always });
            const { end } = await stage.run(new AbortController().signal);
            if (end.result !== 'Failed') continue;
            cases++;
            const code = exitCodeOf(end.result, thrown, false);
            const isRunFailed = scenario.isRed && code === exitCodes.remoteRunFailed;
            if (code !== exitCodes.signInRefused && !isRunFailed)
              problems.push(`${standIn}, ${refusal.status} from request ${from}: ${code}: ${end.message}`);
          } finally {
            await stage.close();
          }
        }
      this.runnable().title += ` (${cases} cases)`;
      assert.deepEqual(problems, []);
    });
});
