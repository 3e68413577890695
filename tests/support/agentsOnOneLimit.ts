import { ApiError } from '../../sandbox/databricks/apiError';
import { RateLimits } from '../../sandbox/databricks/rateLimits';
import type { Clock } from '../../shared/clock';
import { databricksDialect } from '../../shared/databricks/dialect';
import { readBytes } from '../../shared/http/answer/readAnswer';
import type { Format } from '../../shared/http/answer/formats';
import { callUntilAnswered } from '../../shared/http/call';
import { openService } from '../../shared/http/service';
import type { RateLimit } from '../../shared/http/throttle';
import { inParallel } from '../../shared/inParallel';
import { FakeClock } from './fakeClock';
import { seededRandom } from './seededRandom';

/** What decides whether a call is accepted; returns how it is refused. */
export interface LimitedService {
  /** Undefined when the call is accepted. */
  refuse(): { readonly retryAfterSeconds?: number } | undefined;
}

/** A period in which something stands still, in milliseconds after the start. */
export interface Stall {
  readonly from: number;
  readonly until: number;
}

export interface Agents {
  readonly agents: number;
  readonly callsEach: number;
  readonly limit: RateLimit;
  /** Makes the service, on the time of the simulation. */
  service(now: () => number): LimitedService;
  readonly seed: number;
  /** How many calls an agent has in flight. */
  readonly atOnce?: number;
  /** The agents start within this time. */
  readonly startWithinMilliseconds?: number;
  /** A call takes so long to the service and as long back, and up to half as much again. */
  readonly wayMilliseconds?: number;
  /** The event loop of the first agent is blocked. */
  readonly processStall?: Stall;
  /** What arrives at the service is answered after it. */
  readonly serviceStall?: Stall;
}

export interface Course {
  /** When the last agent was done, after the first start. */
  readonly seconds: number;
  /** The same, as a multiple of the time in which the service accepts so many calls at its limit. */
  readonly timesTheLimit: number;
  readonly accepted: number;
  readonly refused: number;
}

/** How the limit of imports of the sandbox answers. */
export function slidingSecond(now: () => number): LimitedService {
  const limits = new RateLimits(now);
  return {
    refuse() {
      try {
        limits.check('POST', '/api/2.0/workspace/import');
        return undefined;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { retryAfterSeconds: Number(error.headers['retry-after']) };
      }
    },
  };
}

/** A limit that is counted from zero in each period, and says when the next one begins. */
export function fixedWindow(seconds: number, limit: RateLimit): (now: () => number) => LimitedService {
  return (now) => {
    let left = 0;
    let until = -Infinity;
    return {
      refuse() {
        if (now() >= until) {
          left = seconds * limit.requestsPerSecond;
          until = now() + seconds * 1000;
        }
        return left-- > 0 ? undefined : { retryAfterSeconds: Math.ceil((until - now()) / 1000) };
      },
    };
  };
}

/** A limit that accepts so many calls at once after a quiet time. */
export function tokenBucket(burst: number, limit: RateLimit): (now: () => number) => LimitedService {
  return (now) => {
    let tokens = burst;
    let at = now();
    return {
      refuse() {
        tokens = Math.min(burst, tokens + ((now() - at) * limit.requestsPerSecond) / 1000);
        at = now();
        if (tokens < 1) return { retryAfterSeconds: 1 };
        tokens -= 1;
        return undefined;
      },
    };
  };
}

/** A sliding second in which refused calls take part, too. */
export function strictSecond(limit: RateLimit): (now: () => number) => LimitedService {
  return (now) => {
    let recent: readonly number[] = [];
    return {
      refuse() {
        recent = recent.filter((time) => now() - time < 1000);
        const isFull = recent.length >= limit.requestsPerSecond;
        recent = [...recent, now()];
        return isFull ? { retryAfterSeconds: 1 } : undefined;
      },
    };
  };
}

/** The same limit, but refusals don't say when to come again. */
export function silent(make: (now: () => number) => LimitedService): (now: () => number) => LimitedService {
  return (now) => {
    const service = make(now);
    return { refuse: () => service.refuse() && {} };
  };
}

/** Runs agents that call one service at the same time, in simulated time: the same seed gives the same course. */
export async function runAgents(options: Agents): Promise<Course> {
  const { agents, callsEach, limit, seed, atOnce = 32, startWithinMilliseconds = 200, wayMilliseconds = 50 } = options;
  const time = new FakeClock();
  const start = time.now();
  const random = seededRandom(seed);
  const service = options.service(() => time.now());
  const counts = { accepted: 0, refused: 0 };

  const afterStall = async (stall: Stall | undefined): Promise<void> => {
    const now = time.now() - start;
    if (stall && now >= stall.from && now < stall.until) await time.sleep(stall.until - now);
  };
  const agent = async (index: number): Promise<void> => {
    const stall = index === 0 ? options.processStall : undefined;
    const clock: Clock = {
      now: () => time.now(),
      date: () => time.now(),
      sleep: async (milliseconds, signal) => {
        await time.sleep(milliseconds, signal);
        await afterStall(stall);
      },
    };
    const way = (): Promise<void> => time.sleep(wayMilliseconds * (1 + random() / 2));
    const format: Format<Buffer> = {
      accept: '*/*',
      async exchange(_outgoing, context) {
        await clock.sleep(1); // such as to read a file
        await way();
        await afterStall(options.serviceStall);
        const refusal = service.refuse();
        counts[refusal ? 'refused' : 'accepted']++;
        await way();
        await afterStall(stall);
        const retryAfter = refusal?.retryAfterSeconds;
        const answer = {
          status: refusal ? 429 : 200,
          header: (name: string) =>
            name === 'retry-after' && retryAfter !== undefined ? String(retryAfter) : undefined,
          body: Buffer.from('{}'),
        };
        context.onAnswer(answer);
        return readBytes(answer, context);
      },
    };
    const client = openService({
      baseUrl: 'https://workspace.example',
      service: 'Databricks',
      dialect: databricksDialect,
      agent: { debug: () => undefined, proxyFor: () => undefined, certificates: () => undefined },
      clock,
      signal: new AbortController().signal,
      userAgent: 'test',
      random,
    });
    const request = { method: 'POST', path: '/x', purpose: 'import', repeatable: true, limit } as const;
    await time.sleep(random() * startWithinMilliseconds);
    await inParallel(Array.from({ length: callsEach }), atOnce, async () => {
      await callUntilAnswered(client, request, format);
    });
  };
  await Promise.all(Array.from({ length: agents }, (_, index) => agent(index)));
  const seconds = (time.now() - start) / 1000;
  return { seconds, timesTheLimit: seconds / ((agents * callsEach) / limit.requestsPerSecond), ...counts };
}
