import { TaskError } from '../../errors';
import { both } from '../../inParallel';
import { StoreError, type StoreErrorKind } from '../../variables/registry/documentStore';
import { modelIdProblem } from '../../variables/registry/modelIds';
import type { ModelRegistry } from '../../variables/registry/modelRegistry';
import { RegistryRefusal } from '../../variables/registry/refusal';
import type { Revision } from '../../variables/registry/revision';

/** Which revisions of the hub are read. */
export interface HubSelection {
  /** The id of the model. */
  readonly model: string;
  /** The newest one by default. */
  readonly revision?: number | undefined;
  /** Of the base variables: the newest one by default, 0 for none. */
  readonly baseRevision?: number | undefined;
}

/** What the hub has for a model, and for all models. */
export interface HubRevisions {
  readonly model: Revision | undefined;
  readonly base: Revision | undefined;
}

/** The hub, or a revision that is wanted of it, cannot be had. The message says why, and what to do. */
export class HubUnavailableError extends TaskError {
  override readonly name = 'HubUnavailableError';

  constructor(
    message: string,
    /** Whether the organization has no hub at all: it does not have the extension. */
    readonly isAbsent: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Reads a model and the base variables in one request each, at the same time. What was saved last is in effect; a save that
 * was interrupted before it took effect is not. Throws a HubUnavailableError, and a TaskError for a revision that was changed
 * after it was saved.
 */
export async function readHub(registry: ModelRegistry, wanted: HubSelection): Promise<HubRevisions> {
  const { model: id, revision, baseRevision } = wanted;
  const problem = modelIdProblem(id);
  if (problem !== undefined) throw new TaskError(`The id of a model in the hub '${id}' ${problem}`);
  const [model, base] = await orHubUnavailable(
    both(
      2,
      () => read(registry, id, revision),
      async () => (baseRevision === 0 ? undefined : read(registry, 'base', baseRevision)),
    ),
  );
  return { model, base };
}

/** What the hub answers. Throws a HubUnavailableError for a failed request, and a TaskError for a save that it refuses. */
export async function orHubUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof StoreError) throw hubUnavailable(error);
    if (error instanceof RegistryRefusal)
      throw new TaskError(`The hub refuses to save: ${error.message}`, { cause: error });
    throw error;
  }
}

async function read(registry: ModelRegistry, id: string, rev: number | undefined): Promise<Revision | undefined> {
  const isPinned = rev !== undefined;
  const found = isPinned ? await registry.revision(id, rev) : await registry.head(id);
  const what = id === 'base' ? 'the base variables' : `the model '${id}'`;
  if (!found) {
    if (!isPinned) return undefined;
    throw new HubUnavailableError(`The hub has no revision ${rev} of ${what}. Name a revision of its history.`, false);
  }
  if (found.isNewer) throw newerInHub(what, found);
  if (!found.isIntact)
    throw new TaskError(
      `Revision ${found.rev} of ${what} in the hub is damaged. ${found.problem ?? ''} Restore an earlier revision in the hub, or load one by its number.`,
    );
  if (found.status === 'archived' && !isPinned)
    throw new HubUnavailableError(
      `The hub has archived ${what}. Restore it in the hub, or load a revision by its number.`,
      false,
    );
  return found;
}

/** The error for something in the hub that a newer version of the extension saved. */
export function newerInHub(what: string, { problem = '' }: Revision): TaskError {
  return new TaskError(`This version of the extension cannot read ${what} in the hub. ${problem}`);
}

const advice: Readonly<Partial<Record<StoreErrorKind, string>>> = {
  notInstalled: 'The organization does not have this extension. Install it, or use the organization that has it.',
  refused:
    'The identity that signs in cannot read the data of the extension. A personal access token needs the scope "Extension data (read)".',
  unreachable: 'Azure DevOps does not answer at present. Run the step again later.',
};

function hubUnavailable(error: StoreError): HubUnavailableError {
  const { kind, message } = error;
  const text = [`The hub is not available. ${message}`, advice[kind] ?? ''].join(' ').trim();
  return new HubUnavailableError(text, kind === 'notInstalled', { cause: error });
}
