import { Builds } from '../../../sandbox/devops/build/builds/builds';
import { addRecord, type TimelineRecord } from '../../../sandbox/devops/build/builds/timeline';
import { Definitions } from '../../../sandbox/devops/build/definitions/definitions';
import type { Organization } from '../../../sandbox/devops/organization';

/** Steps by their names, each with the text or the document that it attached; by job, by stage. */
export type RecordedStages = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** Adds a run whose steps have ended just now; the attachments are those of the type of the page. */
export function addRecordedRun(
  { state, project, administrator }: Organization,
  stages: RecordedStages,
  status: 'inProgress' | 'completed' = 'completed',
): RecordedRun {
  const projectId = state.projects.find(project)?.id ?? '';
  const name = `pipeline ${state.of(Definitions).all().length + 1}`;
  const definition = state.of(Definitions).add(projectId, definitionContent(name), administrator.id);
  const build = state.of(Builds).add({
    ...{ projectId, definition, sourceBranch: 'refs/heads/main', sourceVersion: '0'.repeat(40), reason: 'manual' },
    ...{ priority: 'normal', requestedForId: administrator.id, requestedById: administrator.id, queueId: undefined },
    ...{ parameters: {}, variables: {}, stages: undefined, triggerInfo: {}, triggeredById: undefined },
    ...{ validationResults: [], pipeline: undefined },
  });
  const run = new RecordedRun(
    build,
    () => state.newId(),
    () => state.clock.now(),
  );
  run.addSteps(stages);
  build.status = status;
  return run;
}

type Build = ReturnType<Builds['add']>;

/** A run that goes on when a test says so. */
export class RecordedRun {
  constructor(
    private readonly build: Build,
    private readonly newId: () => string,
    private readonly now: () => number,
  ) {}

  get id(): number {
    return this.build.id;
  }

  addSteps(stages: RecordedStages): void {
    for (const [stage, jobs] of Object.entries(stages)) {
      const stageRecord = this.#add('Stage', stage, undefined);
      for (const [job, steps] of Object.entries(jobs)) {
        const jobRecord = this.#add('Job', job, stageRecord);
        for (const [step, content] of Object.entries(steps)) {
          const record = this.#add('Task', step, jobRecord);
          const text = typeof content === 'string' ? content : JSON.stringify(content);
          record.attachments = [
            { type: 'model-pipelines.run', name: 'record-0123456789abcdef.json', content: Buffer.from(text) },
          ];
        }
      }
    }
  }

  end(): void {
    this.build.status = 'completed';
  }

  #add(type: 'Stage' | 'Job' | 'Task', name: string, parent: TimelineRecord | undefined): TimelineRecord {
    const { records } = this.build;
    const known = records.find((each) => each.type === type && each.name === name && each.parentId === parent?.id);
    if (known && type !== 'Task') return known;
    const record = addRecord(records, this.newId, { parent, type, name });
    return Object.assign(record, { state: 'completed' as const, startTime: this.now(), finishTime: this.now() });
  }
}

const definitionContent = (name: string) => ({
  ...{ name, path: '\\', description: undefined, comment: undefined, queueId: undefined, triggers: [] },
  queueStatus: 'enabled' as const,
  repository: {
    ...{ id: '', defaultBranch: undefined, properties: undefined, clean: null, checkoutSubmodules: false },
  },
  ...{ yamlFilename: 'azure-pipelines.yml', variables: undefined, variableGroupIds: undefined },
  ...{ jobAuthorizationScope: 'project', tags: [], properties: {} },
});
