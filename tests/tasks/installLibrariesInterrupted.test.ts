import assert from 'node:assert/strict';
import type { Fault } from '../../sandbox/http/faults';
import { CancelledError } from '../../shared/errors';
import { openGate, type Stop } from '../support/gate';
import { archive, InstallLibrariesWorkspace } from './installLibrariesWorkspace';

const wheel = 'demo_model-1.0.0-py3-none-any.whl';

interface Scenario {
  readonly uploadFolder: string;
  readonly prepare: (workspace: InstallLibrariesWorkspace) => Promise<void>;
}

/** What a cluster can be like before: one has to be restarted, one started. */
const scenarios: Readonly<Record<string, Scenario>> = {
  'a running cluster with other libraries': {
    uploadFolder: '/Workspace/Shared/libraries',
    prepare: (workspace) => workspace.has('pandas==2.2.2', 'numpy', 'scipy'),
  },
  'a stopped cluster with other libraries': {
    uploadFolder: '/Volumes/main/default/files',
    prepare: async (workspace) => {
      await workspace.has('pandas==2.2.2', 'numpy', 'scipy');
      await workspace.call('2.1/clusters/delete', {});
    },
  },
};

const inputsOf = ({ uploadFolder }: Scenario) => ({
  libraries: '- pypi: { package: pandas==2.2.3 }\n- pypi: { package: scipy }',
  files: 'dist/*.whl',
  uploadFolder,
  removeOthers: 'true',
  timeoutMinutes: '5',
});

const passing: Readonly<Record<string, Fault>> = {
  'status 429': { effect: 'status', status: 429, retryAfter: 2 },
  'status 503': { effect: 'status', status: 503 },
  'a connection that breaks before': { effect: 'reset' },
  'a connection that breaks after': { effect: 'reset', when: 'after' },
  'an answer that is cut off': { effect: 'truncated' },
};
const lasting: Readonly<Record<string, { readonly fault: Fault; readonly cause: RegExp }>> = {
  'status 401': { fault: { effect: 'status', status: 401, errorCode: '401' }, cause: /answered 401/ },
  'a sign-in page': { fault: { effect: 'html' }, cause: /titled 'Sign in to Databricks'/ },
  'status 503 without end': { fault: { effect: 'status', status: 503, times: 100_000 }, cause: /answered 503/ },
  'connections that always break': { fault: { effect: 'reset', times: 100_000 }, cause: /ECONNRESET/ },
};

/** Does something to a workspace, and then finds all that is wanted there, once, and nothing else. */
async function settled(
  scenario: Scenario,
  where: string,
  work: (workspace: InstallLibrariesWorkspace) => Promise<void>,
): Promise<void> {
  const workspace = await InstallLibrariesWorkspace.open();
  const { databricks, clusterId } = workspace;
  try {
    await workspace.write({ [`dist/${wheel}`]: archive('1') });
    await scenario.prepare(workspace);
    databricks.requests.clear();
    await work(workspace);
    const { state, events } = databricks.clusters.get(clusterId);
    assert.equal(state, 'RUNNING', where);
    assert.ok(events.filter(({ type }) => type === 'RESTARTING').length <= 1, where);
    const wanted = ['pypi pandas==2.2.3', 'pypi scipy', `whl ${scenario.uploadFolder}/<hash>/${wheel}`];
    const libraries = Object.entries(workspace.libraries());
    const titles = libraries.map(([title]) => title.replace(/\/[0-9a-f]{16}\//, '/<hash>/'));
    assert.deepEqual(titles.sort(), wanted, where);
    assert.deepEqual(
      libraries.filter(([, status]) => status !== 'INSTALLED' && status !== 'RESTORED'),
      [],
      where,
    );
    assert.equal(databricks.libraries.list(clusterId).length, wanted.length, where);
  } finally {
    await workspace.close();
  }
}

async function succeeds(scenario: Scenario, workspace: InstallLibrariesWorkspace, where: string): Promise<void> {
  const agent = await workspace.run(inputsOf(scenario));
  assert.equal(agent.end.result, 'Succeeded', `${where}: ${agent.text()}`);
}

function assertHit({ databricks }: InstallLibrariesWorkspace, where: string): void {
  assert.ok(
    databricks.requests.list().some(({ fault }) => fault !== undefined),
    where,
  );
}

/** How many requests an undisturbed run makes. */
async function requestsOf(scenario: Scenario): Promise<number> {
  let requests = 0;
  await settled(scenario, 'undisturbed', async (workspace) => {
    await succeeds(scenario, workspace, 'undisturbed');
    requests = workspace.databricks.requests.list().length;
  });
  return requests;
}

for (const [name, scenario] of Object.entries(scenarios))
  describe(`InstallLibraries on ${name}`, function () {
    this.timeout(120_000);
    let requests: number;
    before(async () => void (requests = await requestsOf(scenario)));

    it('gives the same result when it is killed at any request and run again, and then changes nothing', async function () {
      let cases = 0;
      for (let request = 1; request <= requests; request++)
        for (const when of ['before', 'after'] as const) {
          const where = `killed ${when} request ${request}`;
          await settled(scenario, where, async (workspace) => {
            await killedAt({ request, when }, scenario, workspace);
            await succeeds(scenario, workspace, where);
            workspace.writes();
            await succeeds(scenario, workspace, where);
            assert.deepEqual(workspace.writes(), [], where);
          });
          cases++;
        }
      showCount(this.test, cases);
    });

    it('survives each transient fault at each request', async function () {
      let cases = 0;
      for (const [kind, fault] of Object.entries(passing))
        for (let from = 1; from <= requests; from++) {
          const where = `${kind}, request ${from}`;
          await settled(scenario, where, async (workspace) => {
            workspace.databricks.faults.add({ ...fault, from });
            await succeeds(scenario, workspace, where);
            assertHit(workspace, where);
          });
          cases++;
        }
      showCount(this.test, cases);
    });

    it('names the cause of each permanent fault at each request, and gives the same result afterwards', async function () {
      let cases = 0;
      for (const [kind, { fault, cause }] of Object.entries(lasting))
        for (let from = 1; from <= requests; from++) {
          const where = `${kind}, request ${from}`;
          await settled(scenario, where, async (workspace) => {
            workspace.databricks.faults.add({ ...fault, from });
            const agent = await workspace.run(inputsOf(scenario));
            assert.equal(agent.end.result, 'Failed', `${where}: ${agent.text()}`);
            assert.match(agent.end.message, cause, where);
            assertHit(workspace, where);
            workspace.databricks.faults.clear();
            await succeeds(scenario, workspace, where);
          });
          cases++;
        }
      showCount(this.test, cases);
    });
  });

/** In the name of the test, where every reporter shows it. */
function showCount(test: Mocha.Runnable | undefined, cases: number): void {
  assert.ok(test && cases > 0);
  test.title += ` (${cases} cases)`;
}

async function killedAt(stop: Stop, scenario: Scenario, workspace: InstallLibrariesWorkspace): Promise<void> {
  const gate = await openGate(workspace.databricks.url, stop);
  try {
    const killed = new AbortController();
    const inputs = inputsOf(scenario);
    const agent = workspace.agent(inputs, gate.url);
    const running = workspace.run(inputs, { agent, signal: killed.signal });
    await Promise.race([gate.reached, running]);
    // Nothing passes the gate any more: this stops the task without letting it do anything.
    killed.abort(new CancelledError());
    await running;
  } finally {
    await gate.close();
  }
}
