import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../../sandbox/clock';
import { PipelineError } from '../../../sandbox/agent/pipelineError';
import type { JobReport, PipelineReport, StepReport } from '../../../sandbox/agent/report';
import { runPipeline, type PipelineOptions } from '../../../sandbox/agent/runPipeline';

/** A clock that needs no waiting: every sleep is over at once, but for those of a minute and more, which never are. */
export function fakeClock(): Clock & { readonly sleeps: number[] } {
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => Date.UTC(2024, 0, 2, 3, 4, 5, 678),
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        sleeps.push(milliseconds);
        if (milliseconds < 60_000) setImmediate(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      }),
  };
}

/** One run of a pipeline that a test wrote. */
export interface FixtureRun {
  readonly report: PipelineReport;
  /** All output, in order, but for the lines around each step. */
  readonly lines: readonly string[];
  readonly jobs: ReadonlyMap<string, JobReport>;
  /** Steps by their name or else their display name. */
  readonly steps: ReadonlyMap<string, StepReport>;
}

/** A repository in a temporary folder, with a folder of built tasks beside it. */
export class PipelineFixture {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), 'agent-')));
  readonly repository = path.join(this.root, 'repository');
  readonly output = path.join(this.root, 'output');
  readonly #tasks = path.join(this.root, 'tasks');

  constructor() {
    for (const folder of [this.repository, this.#tasks]) mkdirSync(folder);
  }

  write(files: Readonly<Record<string, string>>): this {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(this.repository, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    return this;
  }

  /** A task whose script is given; `definition` is added to its `task.json`. */
  task(name: string, script: string, definition: object = {}): this {
    const folder = path.join(this.#tasks, name);
    mkdirSync(folder);
    const handler = { target: 'index.js' };
    const json = {
      id: `0000-${name}`,
      name,
      version: { Major: 1, Minor: 2, Patch: 3 },
      execution: { Node20_1: handler, Node24: handler },
    };
    writeFileSync(path.join(folder, 'task.json'), JSON.stringify({ ...json, ...definition }));
    writeFileSync(path.join(folder, 'index.js'), script);
    return this;
  }

  async run(yaml: string, options: Partial<PipelineOptions> = {}): Promise<FixtureRun> {
    this.write({ 'pipeline.yml': yaml });
    const lines: string[] = [];
    const report = await runPipeline({
      file: 'pipeline.yml',
      workingFolder: this.repository,
      tasks: this.#tasks,
      outputFolder: this.output,
      clock: fakeClock(),
      ...options,
      // A locale that this machine lacks makes bash complain in every script.
      environment: { LC_ALL: 'C', ...options.environment },
      onLine: (line) => {
        if (!/^##\[section\](Starting|Finishing): /.test(line.text)) lines.push(line.text);
        options.onLine?.(line);
      },
    });
    const jobs = report.stages.flatMap((stage) => stage.jobs);
    const steps = jobs.flatMap((job) => job.steps);
    return {
      report,
      lines,
      jobs: new Map(jobs.map((job) => [job.name, job])),
      steps: new Map(steps.map((step) => [step.name ?? step.displayName, step])),
    };
  }

  /** The problems of a pipeline that must not run, as they are shown. */
  async problems(yaml: string, options: Partial<PipelineOptions> = {}): Promise<string[]> {
    try {
      await this.run(yaml, options);
    } catch (error) {
      if (error instanceof PipelineError) return error.message.split('\n');
      throw error;
    }
    throw new Error('the pipeline ran');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A fixture for each test of the suite around the call. */
export function useFixture(): () => PipelineFixture {
  let fixture: PipelineFixture | undefined;
  beforeEach(() => {
    fixture = new PipelineFixture();
  });
  afterEach(() => fixture?.remove());
  return () => {
    if (!fixture) throw new Error('the fixture is there only while a test runs');
    return fixture;
  };
}
