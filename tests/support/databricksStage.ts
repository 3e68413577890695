import { startDatabricks, type Databricks, type DatabricksOptions } from '../../sandbox/databricks/databricks';
import type { Clock } from '../../shared/clock';
import { type Json, parseJson, stringifyJson } from '../../shared/json';
import { runTask } from '../../shared/task/runTask';
import type { Inputs, Task } from '../../shared/task/task';
import { FakeAgent } from './fakeAgent';

/** One try of a step, as far as it differs from the usual. */
export interface TryOptions {
  /** Where the service connection leads. */
  readonly url?: string;
  /** Who the connection signs in as, by its personal access token. */
  readonly token?: string;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly agent?: FakeAgent;
  /** What the agent tells the step. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A sandbox workspace, whose time passes only while somebody sleeps. */
export class DatabricksStage {
  readonly clock: Clock;

  protected constructor(readonly databricks: Databricks) {
    this.clock = clockOf(databricks);
  }

  protected static start(options: DatabricksOptions = {}): Promise<Databricks> {
    return startDatabricks({ timeScale: 0, hasLimits: false, logsBodies: true, ...options });
  }

  close(): Promise<void> {
    return this.databricks.close();
  }

  /** Calls the API as somebody else would; a `bigint` is written as bare digits, an id is read as text. */
  async request<T>(method: string, path: string, body?: Json): Promise<T> {
    const response = await fetch(this.databricks.url + path, {
      method,
      headers: { authorization: `Bearer ${this.databricks.token}` },
      ...(body !== undefined && { body: stringifyJson(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return parseJson(text) as T;
  }

  /** How often an endpoint was asked for, such as `clusters/edit`. */
  count(path: string): number {
    return this.databricks.requests.list(path).length;
  }

  /** The requests that change something, such as `clusters/edit`. */
  writes(): readonly string[] {
    return this.databricks.requests
      .list()
      .filter(({ method }) => method !== 'GET')
      .map(({ path }) => path.replace(/^\/api\/\d\.\d\//, ''));
  }

  /** An agent with a service connection to the workspace, by the name `c`. */
  agentOf(
    inputs: Readonly<Record<string, string>>,
    { url = this.databricks.url, token = this.databricks.token, variables }: TryOptions = {},
  ): FakeAgent {
    return new FakeAgent({ connection: 'c', ...inputs }, { c: { url, token } }, variables);
  }

  /** One try of a step. */
  async try<I extends Inputs, Output extends string>(
    task: Task<I, Output>,
    inputs: Readonly<Record<string, string>>,
    options: TryOptions = {},
  ): Promise<FakeAgent> {
    const { agent = this.agentOf(inputs, options), clock = this.clock } = options;
    await runTask(task, { agent, clock, signal: options.signal ?? new AbortController().signal });
    return agent;
  }
}

/** When the time for durations began: another moment than 1970, so that nothing takes it for a date. */
const aMoment = Date.UTC(2000);

/** The sandbox's time, which passes only while somebody sleeps. */
export function clockOf(
  { clock }: Pick<Databricks, 'clock'>,
  onSleep?: (milliseconds: number) => Promise<void> | void,
): Clock {
  return {
    now: () => clock.now() - aMoment,
    date: () => clock.now(),
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      await onSleep?.(milliseconds);
      await clock.advance(milliseconds);
      signal?.throwIfAborted();
    },
  };
}
