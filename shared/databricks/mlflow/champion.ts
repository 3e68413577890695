import { TaskError } from '../../errors';
import { HttpError } from '../../http/errors';
import { ModelsApi, type ModelVersion } from '../api/models';
import type { Workspace } from '../connect';
import { metricsOfMaker, type TrackedMetrics } from './trackedMetrics';

/** Where a champion is registered: in Unity Catalog under an alias, or in the workspace registry in a stage. */
export type ChampionPlace =
  { readonly model: string; readonly alias: string } | { readonly model: string; readonly stage: string };

export interface Champion extends Pick<TrackedMetrics, 'metrics' | 'source'> {
  readonly version: string;
  /** The MLflow run that made it; undefined for what is not registered. */
  readonly runId?: string;
}

/** The registered champion with its metrics; undefined when there is none yet. Throws a TaskError where its run is unknown. */
export async function findChampion(workspace: Workspace, place: ChampionPlace): Promise<Champion | undefined> {
  const api = new ModelsApi(workspace.http);
  const found =
    'alias' in place
      ? await api.versionByAlias(place.model, place.alias)
      : await api.versionByStage(place.model, place.stage);
  if (!found) return undefined;
  const { version, runId } = found;
  if (runId === undefined)
    throw new TaskError(
      `Version ${version} of ${place.model} names no MLflow run, so that its metrics are not known: give them by a file.`,
    );
  const { metrics, source } = await metricsOfMaker(workspace, runId).catch((error: unknown) => {
    if (!(error instanceof HttpError) || error.errorCode !== 'RESOURCE_DOES_NOT_EXIST') throw error;
    throw new TaskError(
      `The MLflow run ${runId}, which made version ${version} of ${place.model}, is not in this workspace: it is in another, or was deleted. Give the champion's metrics by a file.`,
      { cause: error },
    );
  });
  return { version, runId, metrics, source: `version ${version} of ${place.model}, ${source}` };
}

/** The version of a model that a run made. Throws a TaskError when there is none, or several. */
export async function versionOfRun({ http }: Workspace, model: string, runId: string): Promise<string> {
  const found = (await new ModelsApi(http).listVersions(model)).filter((version) => version.runId === runId);
  const [only, ...more] = found;
  if (only && more.length === 0) return only.version;
  throw new TaskError(
    only
      ? `The MLflow run ${runId} made several versions of ${model}: ${found.map(numberOf).join(', ')}. Say which one by 'modelVersion'.`
      : `The MLflow run ${runId} made no version of ${model}: register it first, or say which one by 'modelVersion'.`,
  );
}

function numberOf({ version }: ModelVersion): string {
  return version;
}

interface NewChampion {
  readonly model: string;
  readonly alias: string;
  readonly version: string;
  /** The version that has the alias until now, with which this one was compared; undefined when none has. */
  readonly instead: string | undefined;
}

/**
 * Lets an alias of a model in Unity Catalog name a version, and makes sure that it does. Tells whether that was a
 * change. Throws a TaskError, also when the alias names another version than was expected: the API can't set it on a
 * condition, so that only what happens between two requests goes unseen.
 */
export async function ensureAlias(
  { http }: Workspace,
  { model, alias, version, instead }: NewChampion,
): Promise<boolean> {
  const api = new ModelsApi(http);
  const before = (await api.versionByAlias(model, alias))?.version;
  if (before === version) return false;
  if (before !== instead)
    throw new TaskError(
      `The alias '${alias}' of ${model} names ${versionText(before)} now, and named ${versionText(instead)} when the model was compared: run the step again.`,
    );
  await api.setAlias(model, alias, version);
  const now = (await api.versionByAlias(model, alias))?.version;
  if (now !== version)
    throw new TaskError(
      `The alias '${alias}' of ${model} was set to version ${version}, but names ${versionText(now)} now: somebody else changed it meanwhile.`,
    );
  return true;
}

function versionText(version: string | undefined): string {
  return version === undefined ? 'none' : `version ${version}`;
}
