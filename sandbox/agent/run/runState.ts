import type { Clock } from '../../clock';
import type { Dictionary } from '../expressions/value';
import type { Masker } from '../masker';
import type { Admission } from './admission';
import type { Collection } from './collection';
import type { PipelinePlan, StepPlan } from '../plan/plan';
import type { StandIns } from '../resources/standIns';
import type { Result, RunEvent } from '../report';
import type { Connection } from '../tasks/connections';
import type { TaskDefinition } from '../tasks/taskDefinitions';
import type { Variable, Variables } from '../variables/variables';

/** A line of output, secrets masked, and where it comes from. */
export interface LogLine {
  readonly stage: string;
  readonly job: string;
  readonly step: string;
  readonly text: string;
}

/** How long a process is given at each stage of its end, in milliseconds. */
export interface ProcessTimings {
  /** From SIGINT to SIGTERM. */
  readonly interruptMilliseconds: number;
  /** From SIGTERM to the kill. */
  readonly terminateMilliseconds: number;
  /** From exit, or from a `task.complete` with `done=true`, until its output is no longer waited for. */
  readonly outputMilliseconds: number;
}

/** As the agent has them. */
export const agentTimings: ProcessTimings = {
  interruptMilliseconds: 7500,
  terminateMilliseconds: 2500,
  outputMilliseconds: 5000,
};

/** What holds for the whole run. */
export interface RunState {
  readonly plan: PipelinePlan;
  readonly tasks: readonly TaskDefinition[];
  readonly connections: readonly Connection[];
  readonly collection: Collection;
  readonly masker: Masker;
  readonly clock: Clock;
  readonly timings: ProcessTimings;
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  readonly onLine: (line: LogLine) => void;
  readonly onRawLine: (text: string) => void;
  /** Undefined when nobody decides about checks. */
  readonly admitStage: ((stage: string) => Promise<Admission>) | undefined;
  /** The environment that processes start from. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly workingFolder: string;
  readonly standIns: StandIns;
  /** As the `resources` of a runtime expression. */
  readonly resources: Dictionary;
  readonly outputFolder: string;
  readonly startTime: Date;
  /** Predefined variables of the run. */
  readonly predefined: ReadonlyMap<string, string>;
  readonly queueVariables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  buildNumber: string;
  readonly buildTags: Set<string>;
  /** Folders by artifact name. */
  readonly artifacts: Map<string, string>;
  /** What this machine can't run, a sentence for each. */
  readonly leftOut: string[];
}

/** Where the files of a job are, as absolute paths. */
export interface JobFolders {
  /** `Pipeline.Workspace`. */
  readonly workspace: string;
  readonly sources: string;
  /** `System.DefaultWorkingDirectory`; paths of steps start from it. */
  readonly working: string;
  readonly artifacts: string;
  readonly binaries: string;
  readonly testResults: string;
  readonly temp: string;
  readonly tools: string;
}

/** What holds for one job while it runs. */
export interface JobState {
  readonly run: RunState;
  readonly stageName: string;
  readonly jobName: string;
  readonly variables: Variables;
  readonly folders: JobFolders;
  /** Where each checkout step puts its repository. */
  readonly checkoutPlaces: ReadonlyMap<StepPlan, string>;
  /** Put before the PATH by earlier steps, the latest first. */
  readonly prependedPaths: string[];
  /** Output variables by `step.variable`. */
  readonly outputs: Map<string, Variable>;
  /** Ids of processes that may have left others behind. */
  readonly processIds: number[];
  /** The worst of the steps so far, or `Canceled`. */
  status: Result;
}
