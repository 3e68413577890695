import { randomBytes } from 'node:crypto';
import { alreadyExists, doesNotExist, invalidParameter } from '../apiError';
import type { SandboxClock } from '../../clock';
import type { Ids } from '../ids';

export interface Experiment {
  readonly id: string;
  readonly name: string;
  readonly creationTime: number;
  isDeleted: boolean;
}

export interface Metric {
  readonly key: string;
  /** As text, for NaN and the infinities have no place in JSON. */
  readonly value: string;
  readonly timestamp: number;
  readonly step: number;
}

export interface TrackedRun {
  readonly id: string;
  readonly experimentId: string;
  readonly user: string;
  readonly startTime: number;
  name: string;
  status: string;
  endTime: number | undefined;
  /** The last value of each. */
  readonly metrics: Record<string, Metric>;
  /** All values of each, in the order in which they were logged. */
  readonly history: Record<string, Metric[] | undefined>;
  readonly params: Record<string, string>;
  readonly tags: Record<string, string>;
}

const runStates = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];

/** The experiments and runs of MLflow tracking. */
export class Tracking {
  readonly #experiments = new Map<string, Experiment>();
  readonly #runs = new Map<string, TrackedRun>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly ids: Ids,
    private readonly changed: () => void,
  ) {}

  /** @throws ApiError; both texts are what public clients report of Databricks. */
  createExperiment(name: string): Experiment {
    if (!name.startsWith('/'))
      throw invalidParameter(
        `Got an invalid experiment name '${name}'. An experiment name must be an absolute path within the Databricks workspace, e.g. '/Users/<some-username>/my-experiment'.`,
      );
    if ([...this.#experiments.values()].some((other) => other.name === name && !other.isDeleted))
      throw alreadyExists(`Node named '${name}' already exists`);
    const experiment = { id: this.ids.next(), name, creationTime: this.clock.now(), isDeleted: false };
    this.#experiments.set(experiment.id, experiment);
    this.changed();
    return experiment;
  }

  /** @throws ApiError */
  experiment(id: string): Experiment {
    const found = this.#experiments.get(id);
    if (!found) throw doesNotExist(`Node ID ${id} does not exist.`);
    return found;
  }

  /** An active one before a deleted one. @throws ApiError */
  experimentNamed(name: string): Experiment {
    const named = [...this.#experiments.values()].filter((experiment) => experiment.name === name);
    const found = named.find(({ isDeleted }) => !isDeleted) ?? named[0];
    if (!found) throw doesNotExist(`Node ${name} does not exist.`);
    return found;
  }

  deleteExperiment(id: string): void {
    this.experiment(id).isDeleted = true;
    this.changed();
  }

  createRun(
    experimentId: string,
    user: string,
    given: { readonly name?: string; readonly startTime?: number },
  ): TrackedRun {
    this.experiment(experimentId);
    const run: TrackedRun = {
      id: randomBytes(16).toString('hex'),
      experimentId,
      user,
      startTime: given.startTime ?? this.clock.now(),
      name: given.name ?? `run-${this.#runs.size + 1}`,
      status: 'RUNNING',
      endTime: undefined,
      metrics: {},
      history: {},
      params: {},
      tags: {},
    };
    this.#runs.set(run.id, run);
    this.changed();
    return run;
  }

  /** @throws ApiError */
  run(id: string): TrackedRun {
    const run = this.#runs.get(id);
    if (!run) throw doesNotExist(`Run '${id}' not found.`);
    return run;
  }

  runsOf(experimentIds: readonly string[]): readonly TrackedRun[] {
    return [...this.#runs.values()].filter((run) => experimentIds.includes(run.experimentId));
  }

  updateRun(
    run: TrackedRun,
    { status, endTime, name }: { readonly status?: string; readonly endTime?: number; readonly name?: string },
  ): void {
    if (status !== undefined && !runStates.includes(status)) throw invalidParameter(`Invalid run status: ${status}`);
    run.status = status ?? run.status;
    run.endTime = endTime ?? run.endTime;
    run.name = name ?? run.name;
    this.changed();
  }

  /** The last value of a metric is the one with the highest step, and among those the one with the latest time. */
  logMetric(run: TrackedRun, metric: Metric): void {
    const before = run.metrics[metric.key];
    const isNewer =
      !before || metric.step > before.step || (metric.step === before.step && metric.timestamp >= before.timestamp);
    if (isNewer) run.metrics[metric.key] = metric;
    (run.history[metric.key] ??= []).push(metric);
    this.changed();
  }

  /** @throws ApiError for another value of a parameter, which can't be changed */
  logParam(run: TrackedRun, key: string, value: string): void {
    const before = run.params[key];
    if (before !== undefined && before !== value)
      throw invalidParameter(
        `Changing param values is not allowed. Param with key='${key}' was already logged with value='${before}' for run ID='${run.id}'. Attempted logging new value '${value}'.`,
      );
    run.params[key] = value;
    this.changed();
  }

  setTag(run: TrackedRun, key: string, value: string): void {
    run.tags[key] = value;
    this.changed();
  }

  get saved() {
    return { experiments: [...this.#experiments.values()], runs: [...this.#runs.values()] };
  }

  restore({ experiments, runs }: Tracking['saved']): void {
    for (const experiment of experiments) this.#experiments.set(experiment.id, experiment);
    // Earlier versions of the sandbox did not save the history.
    for (const run of runs) this.#runs.set(run.id, { ...run, history: (run as Partial<TrackedRun>).history ?? {} });
  }
}
