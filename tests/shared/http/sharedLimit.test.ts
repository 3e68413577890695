import assert from 'node:assert/strict';
import {
  type Agents,
  fixedWindow,
  type LimitedService,
  runAgents,
  silent,
  slidingSecond,
  strictSecond,
  tokenBucket,
} from '../../support/agentsOnOneLimit';

const limit = { name: 'workspace/import', requestsPerSecond: 30 };
const alone = { agents: 1, callsEach: 400, limit, service: slidingSecond } as const;
const seeds = [1, 2, 3];

function runEach(options: Omit<Agents, 'seed'>) {
  return Promise.all(seeds.map((seed) => runAgents({ ...options, seed })));
}

/** How much longer the agents need than the limit, in the mean. The last of them counts: none may starve. */
async function timesTheLimit(options: Omit<Agents, 'seed'>): Promise<number> {
  const courses = await runEach(options);
  return courses.reduce((sum, course) => sum + course.timesTheLimit, 0) / courses.length;
}

describe('agents that share a limit without knowing of each other', () => {
  const services: Readonly<Record<string, (now: () => number) => LimitedService>> = {
    'a sliding second': slidingSecond,
    'a sliding second, without Retry-After': silent(slidingSecond),
    'a fixed second': fixedWindow(1, limit),
    'windows of 10 s': fixedWindow(10, limit),
    'windows of 10 s, without Retry-After': silent(fixedWindow(10, limit)),
    'a token bucket': tokenBucket(15, limit),
  };
  const shares = [
    [2, 300],
    [5, 120],
    [20, 30],
    [50, 12],
  ] as const;
  for (const [what, service] of Object.entries(services))
    // The sliding second is what Databricks has; the others are tried with one share.
    for (const [agents, callsEach] of what.startsWith('a sliding') ? shares : [shares[2]])
      it(`need at most 1.1 × its time: ${agents} agents, ${what}`, async () => {
        const times = await timesTheLimit({ agents, callsEach, limit, service });
        assert.ok(times <= 1.1, `${times} ×`);
      });

  it('all come to their end even where refused calls are counted, too', async () => {
    const course = await runAgents({ agents: 50, callsEach: 12, limit, service: strictSecond(limit), seed: 1 });
    assert.equal(course.accepted, 600);
  });

  it('leave room to those who start later', async () => {
    const times = await timesTheLimit({
      agents: 5,
      callsEach: 120,
      limit,
      service: slidingSecond,
      startWithinMilliseconds: 5000,
    });
    assert.ok(times <= 1.15, `${times} ×`);
  });
});

describe('an agent alone at a limit', () => {
  it('uses it without a refusal', async () => {
    for (const { timesTheLimit, refused } of await runEach(alone)) {
      assert.equal(refused, 0);
      assert.ok(timesTheLimit < 1.06, `${timesTheLimit} ×`);
    }
  });

  for (const from of [100, 3000, 3010, 7777])
    it(`stays below it when its process stands still for 2 s after ${from} ms`, async () => {
      const courses = await runEach({ ...alone, processStall: { from, until: from + 2000 } });
      for (const { refused, seconds } of courses) {
        assert.equal(refused, 0);
        assert.ok(seconds < 16.2, `${seconds} s`);
      }
    });

  for (const milliseconds of [300, 2000])
    it(`hardly exceeds it when the network stands still for ${milliseconds} ms and delivers all at once`, async () => {
      const courses = await runEach({ ...alone, serviceStall: { from: 3000, until: 3000 + milliseconds } });
      for (const { refused } of courses) assert.ok(refused <= 2, `${refused} refusals`);
    });
});
