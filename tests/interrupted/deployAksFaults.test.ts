import assert from 'node:assert/strict';
import type { Fault } from '../../sandbox/http/faults';
import { failEachOnce, routesOf } from '../support/routes';
import { openDeployStage, servingImage, type DeployStage } from '../shared/kubernetes/deploy/deployFixture';
import { writesOf } from '../shared/kubernetes/deploy/writesOf';

/** A single one of these faults must not make a deployment fail, on any request. */
const passing: Readonly<Record<string, Fault>> = {
  '429': { effect: 'status', status: 429, retryAfter: 1 },
  '503': { effect: 'status', status: 503 },
  'reset before': { effect: 'reset', when: 'before' },
  'reset after': { effect: 'reset', when: 'after' },
  truncated: { effect: 'truncated' },
};

const blueGreen = {
  strategy: 'blueGreen',
  service: { replicas: 1 },
  smoke: { payload: '{}', expectation: { status: 200, requests: 1 } },
} as const;

describe('a blue/green deployment with faults', function () {
  this.timeout(240_000);
  let stage: DeployStage;
  let version = 0;
  /** What a deployment asks. */
  let undisturbed: readonly Call[];
  before(async () => {
    stage = await openDeployStage({ timeScale: 0 });
    await deploys('first');
    stage.kubernetes.requests.clear();
    await deploys('undisturbed');
    undisturbed = callsOf(stage);
  });
  after(() => stage.close());
  beforeEach(() => {
    stage.kubernetes.faults.clear();
    stage.kubernetes.requests.clear();
  });

  for (const [name, fault] of Object.entries(passing))
    it(`completes although every single request fails once: ${name}`, async () => {
      // A sample is not sent twice: it may have been taken.
      const isHit = ({ method, path }: Call) => !(method === 'POST' && path.includes('/proxy/'));
      const calls = undisturbed
        .filter(isHit)
        .flatMap(({ method, path }) =>
          ['-blue', '-green'].map((slot) => ({ method, path: path.replace(/-\*$/, slot) })),
        );
      failEachOnce(stage.kubernetes.faults, routesOf(calls), fault);
      await deploys(name);
      assert.ok(hits(stage) > 20, String(hits(stage)));
    });

  it('reports the reason, and completes when it is run again: a web page at any request', async function () {
    const calls = undisturbed;
    for (const call of calls) await meets(call, { effect: 'html' }, /answered 200 with a web page|web page/);
    this.runnable().title += ` (${calls.length} cases)`;
  });

  it('reports the reason, and completes when it is run again: the sample gets no answer', async () => {
    const calls = undisturbed.filter(({ path }) => path.includes('/proxy/'));
    assert.ok(calls.length > 0);
    for (const when of ['before', 'after'] as const)
      for (const call of calls)
        await meets(call, { effect: 'reset', when }, /ECONNRESET.*not repeated, because it may have been carried out/);
  });

  interface Call {
    readonly method: string;
    readonly path: string;
  }

  /** What a deployment asks: the same for each pod and each slot but once. */
  function callsOf({ kubernetes }: DeployStage): readonly Call[] {
    const calls = kubernetes.requests.list().map(({ method, path }) => ({
      method,
      path: path.replace(/(pods\/http%3A)[^/]*/, '$1*').replace(/-(blue|green)$/, '-*'),
    }));
    return [...new Map(calls.map((call) => [`${call.method} ${call.path}`, call])).values()];
  }

  function hits({ kubernetes }: DeployStage): number {
    return kubernetes.requests.list().filter(({ fault }) => fault !== undefined).length;
  }

  /** A deployment with a fault succeeds or reports the cause; where it has changed something, the next one succeeds. */
  async function meets({ method, path }: Call, fault: Fault, cause: RegExp): Promise<void> {
    const where = `${method} ${path}`;
    stage.kubernetes.requests.clear();
    stage.kubernetes.faults.add({ ...fault, method, path });
    const [before, image] = [servingImage(stage), imageOf(++version)];
    const { result, message, agent } = await stage.deploy(image, blueGreen);
    stage.kubernetes.faults.clear();
    const said = `${where}: ${message}\n${agent.text()}`;
    assert.equal(hits(stage), 1, said);
    if (result === undefined) {
      assert.match(`${message}\n${agent.text('error')}`, cause, said);
      if (writesOf(stage.kubernetes).length === 0) {
        assert.equal(servingImage(stage), before, said);
        return;
      }
      const again = await stage.deploy(image, blueGreen);
      assert.equal(again.message, undefined, `${where}, then: ${again.agent.text()}`);
    }
    assert.equal(servingImage(stage), image, said);
  }

  async function deploys(where: string): Promise<void> {
    const image = imageOf(++version);
    const { message, agent } = await stage.deploy(image, blueGreen);
    assert.equal(message, undefined, `${where}: ${agent.text()}`);
    assert.equal(servingImage(stage), image, where);
  }
});

function imageOf(version: number): string {
  return `r.io/score:${version}`;
}
