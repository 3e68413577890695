import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PipelineReport, StepReport } from '../../sandbox/agent/report';
import { projectRoot } from '../../tools/commandLine';
import {
  azureMlRun,
  batchRun,
  openPipelines,
  pipelineNames,
  restRun,
  type LocalPipelines,
} from '../../local/pipelines/openPipelines';
import type { RunRequest } from '../../local/pipelines/runRepository';
import type { PipelineListener } from '../../local/view/pipelineView';
import { builtTasks } from '../support/builtTasks';

/** A repository with a copy of the demo model, in which three lines are changed, and its pipelines. */
export class SecondModel {
  static readonly model = 'second_model';

  /** Gets what the pipelines print. */
  readonly lines: string[] = [];
  readonly repository: string;
  readonly #folder: string;
  #pipelines: LocalPipelines | undefined;
  readonly #undone: (() => Promise<void>)[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.repository = join(folder, 'repository');
  }

  static async open(): Promise<SecondModel> {
    const { model } = SecondModel;
    const self = new SecondModel(await mkdtemp(join(tmpdir(), 'start-')));
    const { repository } = self;
    await cp(join(projectRoot, 'template'), repository, { recursive: true });
    await cp(join(repository, 'demo_model'), join(repository, model), { recursive: true });
    await self.change('model_variables.yml', (text) =>
      text
        .replace('modelName: demo_model', `modelName: ${model}`)
        .replace("modelVersion: '1'", "modelVersion: '2'")
        .replace('name: demo-model', 'name: second-model'),
    );
    self.#undone.length = 0;
    const outputFolder = join(self.#folder, 'output');
    self.#pipelines = await openPipelines({
      repository,
      model,
      outputFolder,
      tasks: await builtTasks(),
      listener: listenerOf(self.lines),
      runs: [...pipelineNames.map(batchRun), restRun, azureMlRun],
    });
    return self;
  }

  get pipelines(): LocalPipelines {
    return this.#pipelines ?? assert.fail('they are not open');
  }

  run(pipeline: RunRequest, targetStages?: readonly string[]): Promise<PipelineReport> {
    return this.pipelines.run(pipeline, new AbortController().signal, targetStages);
  }

  /** Changes a file of the model, until `undo`. */
  async change(file: string, replace: (text: string) => string): Promise<void> {
    const path = join(this.repository, SecondModel.model, file);
    const before = await readFile(path, 'utf8');
    assert.notEqual(replace(before), before);
    this.#undone.unshift(() => writeFile(path, before));
    await writeFile(path, replace(before));
  }

  async undo(): Promise<void> {
    for (const undo of this.#undone.splice(0)) await undo();
  }

  async close(): Promise<void> {
    await this.#pipelines?.close();
    await rm(this.#folder, { recursive: true });
  }
}

/** Gathers what is said, and has the work done. */
function listenerOf(lines: string[]): PipelineListener {
  const add = (text: string): void => void lines.push(text);
  return {
    prepare: (_, work) => work(),
    pipeline: () => undefined,
    note: add,
    event: () => undefined,
    line: add,
  };
}

export function stepsOf(report: PipelineReport): readonly StepReport[] {
  return report.stages.flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps));
}
