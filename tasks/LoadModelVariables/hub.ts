import type { Context } from '../../shared/agent/context';
import type { RecordedRevision, VariablesRecord } from '../../shared/records/runRecord';
import { ExtensionStore } from '../../shared/devops/registry/extensionStore';
import { ownExtension } from '../../shared/devops/registry/ownExtension';
import {
  HubUnavailableError,
  readHub,
  type HubRevisions,
  type HubSelection,
} from '../../shared/devops/registry/readHub';
import { InputError, TaskError, type InputProblem } from '../../shared/errors';
import { plainMarkdown } from '../../shared/markdown';
import { devopsConnection, openOrganization, projectIdOf } from '../../shared/task/devopsConnection';
import { choice, integer, text } from '../../shared/task/inputs';
import type { Values } from '../../shared/task/task';
import type { Report } from '../../shared/variables/origin';
import { modelIdFor } from '../../shared/variables/registry/modelIds';
import { ModelRegistry } from '../../shared/variables/registry/modelRegistry';
import type { Revision } from '../../shared/variables/registry/revision';
import { isBranch } from '../../shared/variables/tree';
import { readVariableFile, type VariableFile } from '../../shared/variables/variableFile';

/** The inputs that say whether the values of the hub are loaded, and which. */
export const hubInputs = {
  registry: choice(['off', 'optional', 'required'], { default: 'off' }),
  registryModel: text(),
  registryRevision: integer({ min: 1, max: 999_999 }),
  registryBaseRevision: integer({ min: 0, max: 999_999 }),
  ...devopsConnection,
};

type Given = Values<typeof hubInputs>;

/** What was read of the hub. */
export interface HubValues {
  readonly id: string;
  readonly model: Revision | undefined;
  readonly base: Revision | undefined;
  /** Why the files alone are used, where the hub is optional and cannot be read. */
  readonly unavailable: string | undefined;
  /** As sources of variables; undefined where there is no such document, or its problems were reported. */
  readonly hubModel: VariableFile | undefined;
  readonly hubBase: VariableFile | undefined;
}

/** Inputs that have no effect without the hub. */
export function hubProblems({ registry, ...others }: Partial<Given>): readonly InputProblem[] {
  if (registry !== 'off') return [];
  return (['registryModel', 'registryRevision', 'registryBaseRevision'] as const).flatMap((input) =>
    others[input] === undefined
      ? []
      : [{ input, problem: "applies only when 'registry' is optional or required. Change that, or leave this empty." }],
  );
}

/**
 * Reads the hub; undefined when it is off. Reports what is wrong in the values. Where the hub is optional and cannot be read,
 * warns once. Throws a TaskError where it is required, and where a revision was changed after it was saved.
 */
export async function loadHub(
  inputs: Given,
  modelFile: VariableFile,
  context: Context,
  report: Report,
): Promise<HubValues | undefined> {
  if (inputs.registry === 'off') return undefined;
  const id = modelIdOf(inputs, modelFile);
  const { registryRevision: revision, registryBaseRevision: baseRevision } = inputs;
  const read = await revisionsOrReason(inputs, { model: id, revision, baseRevision }, context);
  if ('unavailable' in read) {
    const { unavailable, isAbsent } = read;
    const none = { id, model: undefined, base: undefined, hubModel: undefined, hubBase: undefined, unavailable };
    // Teams without the hub need no warning.
    if (isAbsent) context.agent.log(`${unavailable} The files alone are used.`);
    else
      context.agent.warning(
        `${unavailable} Values that are set only in the hub are missing; the files alone are used.`,
      );
    return none;
  }
  const { model, base } = read;
  const absent = `The hub has no model '${id}'.`;
  if (!model && inputs.registry === 'required')
    throw new TaskError(
      `${absent} Create it in the hub (Pipelines, Models) or with the task SyncModelVariables, set 'registryModel' to its id, or set 'registry' to optional.`,
    );
  if (!model) context.agent.log(`${absent} The files${base ? ' and the base variables of the hub' : ''} are used.`);
  return {
    id,
    model,
    base,
    unavailable: undefined,
    hubModel: model && readVariableFile(model.text, `hub r${model.rev}`, report),
    hubBase: base && readVariableFile(base.text, `hub base r${base.rev}`, report),
  };
}

async function revisionsOrReason(
  inputs: Given,
  wanted: HubSelection,
  context: Context,
): Promise<HubRevisions | { readonly unavailable: string; readonly isAbsent: boolean }> {
  try {
    const devops = openOrganization(inputs, context);
    const registry = new ModelRegistry(new ExtensionStore(devops, ownExtension), {
      projectId: await projectIdOf(inputs, devops, context),
      author: { id: '', name: '' },
      now: () => new Date(context.clock.date()),
      canRepair: false,
    });
    return await readHub(registry, wanted);
  } catch (error) {
    if (inputs.registry !== 'optional' || !(error instanceof HubUnavailableError)) throw error;
    return { unavailable: error.message, isAbsent: error.isAbsent };
  }
}

/** The id that is given, or that of the name that the model file has. */
function modelIdOf({ registryModel }: Given, { variables }: VariableFile): string {
  if (registryModel !== undefined) return registryModel;
  const name = variables.tree.entries.get('modelName');
  const value = name && !isBranch(name) ? name.value : undefined;
  const id = typeof value === 'string' && !value.includes('{{') ? modelIdFor(value) : '';
  if (id !== '') return id;
  throw new InputError([
    {
      input: 'registryModel',
      problem:
        'is required: the model file does not set modelName to a text that the id of the model can be made from.',
    },
  ]);
}

/** What the hub contributed, a line for each revision. */
export function hubLines({ id, model, base, unavailable }: HubValues): readonly string[] {
  if (unavailable !== undefined) return [`Hub: not available. ${unavailable}`];
  const line = (what: string, { rev, updatedBy, updatedOn, comment }: Revision): string =>
    `Hub: revision ${rev} of ${what}, saved by ${updatedBy.name} on ${updatedOn}${comment === '' ? '' : `: ${comment}`}`;
  return [
    model ? line(`'${id}'`, model) : `Hub: no model '${id}'.`,
    ...(base ? [line('the base variables', base)] : []),
  ];
}

/** The same as Markdown. */
export function hubSummary(hub: HubValues): string {
  return `${hubLines(hub).map(plainMarkdown).join('  \n')}\n\n`;
}

/**
 * The tags that say which revisions a run has read: `model-churn-r7`, `model-base-r3`. Azure DevOps refuses colons in the tags
 * that an agent adds.
 */
export function hubTags({ id, model, base }: HubValues): readonly string[] {
  return [...(model ? [`model-${id}-r${model.rev}`] : []), ...(base ? [`model-base-r${base.rev}`] : [])];
}

export function recordedHub(hub: HubValues, inputs: Given): NonNullable<VariablesRecord['registry']> {
  const { id, model, base, unavailable } = hub;
  const recorded = (
    of: string,
    { rev, hash, updatedBy, updatedOn }: Revision,
    isPinned: boolean,
  ): RecordedRevision => ({
    id: of,
    revision: rev,
    hash,
    savedBy: updatedBy.name,
    savedOn: updatedOn,
    isPinned,
  });
  return {
    model: model && recorded(id, model, inputs.registryRevision !== undefined),
    base: base && recorded('base', base, inputs.registryBaseRevision !== undefined),
    unavailable,
  };
}
