import type { Databricks, DatabricksOptions } from '../../../sandbox/databricks/databricks';
import { isJsonObject, type Json, type JsonObject, objectsOf } from '../../../sandbox/databricks/json';
import type { NotebookOutcome } from '../../../sandbox/databricks/notebooks/notebookRunner';
import {
  FakeNotebooks,
  finished,
  idText,
  type Reply,
  startTestWorkspace,
  type WorkspaceClient,
} from './workspaceClient';

/** A notebook task whose notebook has the name of its key. */
export const task = (taskKey: string, more: JsonObject = {}): JsonObject => ({
  task_key: taskKey,
  notebook_task: { notebook_path: `/Shared/${taskKey}` },
  ...more,
});
export const after = (...keys: string[]): JsonObject => ({ depends_on: keys.map((key) => ({ task_key: key })) });

export const failed: NotebookOutcome = {
  kind: 'failed',
  error: 'ValueError: boom',
  trace: 'Traceback: boom',
  logs: 'printed',
  taskValues: {},
};

export const taskOf = (run: JsonObject, key: string, attempt = 0) =>
  objectsOf(run.tasks).find((entry) => entry.task_key === key && entry.attempt_number === attempt) ?? {};

/** Both forms of the state: life cycle state, result state, newer state, termination code. */
export function verdict({ state, status }: JsonObject): Json[] {
  if (!isJsonObject(state) || !isJsonObject(status)) return [];
  const details = isJsonObject(status.termination_details) ? status.termination_details : {};
  return [state.life_cycle_state, state.result_state, status.state, details.code];
}

export const resultOf = (run: JsonObject, key: string, attempt = 0) => verdict(taskOf(run, key, attempt))[1];

/** A workspace with the notebooks a, b, c and d, for tests of runs. */
export class RunBench {
  databricks!: Databricks;
  client!: WorkspaceClient;
  notebooks!: FakeNotebooks;
  /** What notebooks do, by task key; they finish when nothing is said. */
  plays: Record<string, (signal: AbortSignal) => NotebookOutcome | Promise<NotebookOutcome>> = {};

  async start(options: DatabricksOptions = {}): Promise<void> {
    this.plays = {};
    const { plays } = this;
    this.notebooks = new FakeNotebooks(async ({ taskKey }, signal) => (await plays[taskKey]?.(signal)) ?? finished);
    const { databricks, client } = await startTestWorkspace({ notebooks: this.notebooks, ...options });
    Object.assign(this, { databricks, client });
    for (const name of ['a', 'b', 'c', 'd'])
      await client.importFile(`/Shared/${name}.py`, '# Databricks notebook source\n1');
  }

  async submit(tasks: JsonObject[], more: JsonObject = {}): Promise<Json> {
    return (await this.client.post('/api/2.2/jobs/runs/submit', { run_name: 'once', tasks, ...more })).json.run_id;
  }

  async createJob(settings: JsonObject): Promise<Json> {
    return (await this.client.post('/api/2.2/jobs/create', { name: 'job', ...settings })).json.job_id;
  }

  runNow(jobId: Json, more: JsonObject = {}): Promise<Reply> {
    return this.client.post('/api/2.2/jobs/run-now', { job_id: jobId, ...more });
  }

  async get(id: Json, query: Record<string, string> = {}): Promise<JsonObject> {
    return (await this.client.get('/api/2.2/jobs/runs/get', { run_id: idText(id), ...query })).json;
  }

  /** The run an hour later. */
  async ended(id: Json): Promise<JsonObject> {
    await this.databricks.clock.advance(3_600_000);
    return this.get(id);
  }

  async output(run: JsonObject, key: string): Promise<JsonObject> {
    const query = { run_id: idText(taskOf(run, key).run_id) };
    return (await this.client.get('/api/2.2/jobs/runs/get-output', query)).json;
  }
}
