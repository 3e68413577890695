import type { Faults } from '../../sandbox/http/faults';
import type { RequestLog } from '../../sandbox/http/requestLog';
import type { FakeAgent } from '../support/fakeAgent';

/** A stand-in that a step talks to. */
export interface StandIn {
  readonly faults: Faults;
  readonly requests: RequestLog;
}

/** A step before stand-ins that are as they are before it, on a time that passes only while it sleeps. */
export interface Stage {
  readonly standIns: Readonly<Record<string, StandIn>>;
  run(signal: AbortSignal): Promise<FakeAgent>;
  /** What is left when all has come to rest, in values that are the same on another stage. */
  endState(): Promise<unknown>;
  /** What nobody may see. */
  readonly secrets: readonly string[];
  /** The folder of the files that the step reads. */
  readonly folder?: string;
  close(): Promise<void>;
}

export interface Scenario {
  readonly task: string;
  readonly what: string;
  /** The step fails, whatever comes back: a run that fails, a model that is worse. */
  readonly isRed?: boolean;
  open(): Promise<Stage>;
}
