import { TaskError } from '../../errors';
import type { Definition } from '../api/pipelines/build';
import { mapInParallel } from '../../inParallel';
import { changeWord, throwIfStuck, type Change } from '../change';
import { describeMissing, missingPermissions } from '../permissions/requirePermissions';
import { bringDefinition, createDefinition } from './bringDefinition';
import { pathKey } from './document';
import { endedText, queueFirstRun, readRunState, waitForRun, type RunState } from './firstRun';
import { applyGrants, lackingGrants, permissionsToGrant, readsAtOnce, type Grant } from './use/grants';
import type { PipelineUse } from './use/pipelineUse';
import { needsOf, undeterminedText, useOf, useProblems, type PipelineWork, type PlannedWork } from './pipelineWork';
import { pipelineLabel, type WantedPipeline } from './wanted';

/** A pipeline of the document that exists. */
export interface AppliedPipeline {
  readonly wanted: WantedPipeline;
  readonly id: number;
}

interface Written {
  readonly wanted: WantedPipeline;
  readonly definition: Definition;
  readonly use: PipelineUse;
  readonly isNew: boolean;
  readonly runs: RunState | undefined;
}

/**
 * How often permissions are granted: the platform may expand the YAML only once the pipeline may use its variable groups,
 * and then names more.
 */
const mostRounds = 4;

/** Carries a plan out, as PipelinesPlan says. */
export async function applyPipelines(
  work: PipelineWork,
  all: readonly PlannedWork[],
  planned: readonly Grant[],
  changes: readonly Change[],
): Promise<readonly AppliedPipeline[]> {
  throwIfStuck(changes);
  const written = await writeAll(work, all);
  const isAsPlanned = all.every(({ use }) => use !== undefined);
  await permitAll(work, written, isAsPlanned ? planned : undefined);
  await runAll(work, written);
  return written.map(({ wanted, definition }) => ({ wanted, id: definition.id }));
}

async function writeAll(work: PipelineWork, all: readonly PlannedWork[]): Promise<readonly Written[]> {
  const { devops, project, context } = work;
  const written: (Omit<Written, 'use'> & Pick<PlannedWork, 'use'>)[] = [];
  const ids = new Map<string, number>();
  for (const { wanted: given, definition: found, comparison, use, runs } of all) {
    // A trigger needs the id of its source, which was written before.
    const triggers = given.triggers.map((trigger) => ({
      ...trigger,
      sourceId: trigger.sourceId ?? ids.get(trigger.source.toLowerCase()),
    }));
    const wanted = { ...given, triggers };
    const definition = !found
      ? await createDefinition(devops, project.id, wanted, context)
      : comparison.kind === 'unchanged'
        ? found
        : await bringDefinition(devops, project.id, wanted, found, true, context);
    ids.set(pathKey(wanted.folder, wanted.entry.name), definition.id);
    if (!found || comparison.kind !== 'unchanged')
      context.agent.log(
        `${capitalized(pipelineLabel(wanted, definition.id))} was ${changeWord(found ? 'update' : 'create')}.`,
      );
    written.push({ wanted, definition, isNew: !found, runs, use });
  }
  return mapInParallel(written, readsAtOnce, async (each) => ({
    ...each,
    use: each.use ?? (await readUse(work, each.wanted, each.definition)),
  }));
}

/** What a pipeline uses that was written just now: the plan could not say what only a run can be permitted. */
async function readUse(work: PipelineWork, wanted: WantedPipeline, definition: Definition): Promise<PipelineUse> {
  const use = await useOf(work, wanted, definition);
  if (use.undetermined.length > 0)
    work.context.agent.log(`${capitalized(pipelineLabel(wanted, definition.id))}: ${undeterminedText(use)}`);
  return use;
}

/** Permits the pipelines to use what their YAML names, and makes sure that the platform expands it. */
async function permitAll(
  work: PipelineWork,
  given: readonly Written[],
  planned: readonly Grant[] | undefined,
): Promise<void> {
  const { devops, project, grantPermissions, context } = work;
  let written = given;
  for (let rounds = 1; ; rounds++) {
    const lacking = rounds === 1 && planned ? planned : await lackingGrants(devops, project.id, needsOf(written));
    const grants = grantPermissions ? lacking : [];
    throwProblems(written, grants);
    if (!grantPermissions && lacking.length > 0) reportLacking(work, written, lacking);
    if (grants.length === 0) return;
    await requireGrantPermissions(work, written, grants);
    await applyGrants(devops, project.id, grants, context);
    for (const { found, pipelines } of grants)
      for (const { wanted, definition } of written)
        if (pipelines.includes(definition.id))
          context.agent.log(
            `${capitalized(pipelineLabel(wanted, definition.id))} was permitted to use the ${found.label}.`,
          );
    const open = written.filter(({ use }) => use.problems.length > 0);
    if (open.length === 0) return;
    if (rounds === mostRounds) throwProblems(written, []);
    written = await mapInParallel(open, readsAtOnce, async (each) => ({
      ...each,
      use: await useOf(work, each.wanted, each.definition),
    }));
  }
}

/** All that is wrong with the YAML of all pipelines in one error, which names those that were created just now. */
function throwProblems(written: readonly Written[], grants: readonly Grant[]): void {
  const problems = written.flatMap(({ wanted, definition, use }) =>
    useProblems(
      wanted,
      use,
      grants.some(({ pipelines }) => pipelines.includes(definition.id)),
    ),
  );
  if (problems.length === 0) return;
  const made = written
    .filter(({ isNew, use }) => isNew && (use.problems.length > 0 || use.missing.length > 0))
    .map(({ wanted, definition }) => pipelineLabel(wanted, definition.id));
  const rest =
    made.length === 0
      ? ''
      : ` Created, but neither permitted nor run: ${made.join(', ')}. When the cause is corrected, run again: what was created is used.`;
  const [only = '', ...more] = problems;
  const lines =
    more.length === 0 ? only : `${problems.length} problems:${problems.map((each) => `\n  - ${each}`).join('')}\n`;
  throw new TaskError(`${lines}${rest}`);
}

/** Names everything that the identity may not permit before the first permission is granted. */
async function requireGrantPermissions(
  { devops, project }: PipelineWork,
  written: readonly Written[],
  grants: readonly Grant[],
): Promise<void> {
  const missing = await missingPermissions(
    devops,
    grants.flatMap(({ found }) => permissionsToGrant(project, found)),
  );
  if (missing.length === 0) return;
  const made = written
    .filter(({ isNew }) => isNew)
    .map(({ wanted, definition }) => pipelineLabel(wanted, definition.id));
  const rest = made.length === 0 ? '' : ` Created, but neither permitted nor run: ${made.join(', ')}.`;
  throw new TaskError(`${await describeMissing(devops, missing)}${rest}`);
}

function reportLacking({ context }: PipelineWork, written: readonly Written[], lacking: readonly Grant[]): void {
  for (const { wanted, definition } of written) {
    const own = lacking.filter(({ pipelines }) => pipelines.includes(definition.id)).map(({ found }) => found.label);
    if (own.length > 0)
      context.agent.warning(
        `${capitalized(pipelineLabel(wanted, definition.id))} may not use what its YAML names: ${own.join(', ')}. A run of it waits until somebody permits it.`,
      );
  }
}

/** Queues all first runs, and then waits for those that must succeed. */
async function runAll({ devops, project, context }: PipelineWork, written: readonly Written[]): Promise<void> {
  const waiting: (() => Promise<void>)[] = [];
  for (const { wanted, definition, runs } of written) {
    if (!runs) continue;
    const pipeline = { projectId: project.id, id: definition.id, label: pipelineLabel(wanted, definition.id) };
    if (runs.kind === 'never') {
      const build = await queueFirstRun(devops, pipeline, context);
      const page = build._links ? `: ${build._links.web.href}` : '';
      context.agent.log(`The first run of ${pipeline.label} was queued${page}`);
      if (wanted.firstRun === 'wait') waiting.push(() => waitForRun(devops, pipeline, build, context));
    } else if (wanted.firstRun === 'wait' && runs.kind !== 'succeeded') {
      const now = runs.kind === 'running' ? runs : await readRunState(devops, pipeline);
      if (now.kind === 'running') waiting.push(() => waitForRun(devops, pipeline, now.build, context));
      else if (now.kind === 'ended')
        waiting.push(() => Promise.reject(new TaskError(endedText(pipeline.label, now.build))));
    }
  }
  for (const wait of waiting) await wait();
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
