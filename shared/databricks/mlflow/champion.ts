import { TaskError } from '../../errors';
import { isAbsent } from '../api/isAbsent';
import { ModelsApi } from '../api/models';
import type { Workspace } from '../connect';
import { metricsOfMaker, type TrackedMetrics } from './trackedMetrics';

/** Where a champion is registered: under an alias in Unity Catalog, or in a stage of the workspace registry. */
export type ChampionPlace =
  { readonly model: string; readonly alias: string } | { readonly model: string; readonly stage: string };

export interface Champion extends Pick<TrackedMetrics, 'metrics' | 'source'> {
  readonly version: string;
  /** The MLflow run that created it. */
  readonly runId: string;
}

/** The registered champion with its metrics; undefined when there is none yet. Throws a TaskError where its run can't be found. */
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
      `Version ${version} of ${place.model} has no MLflow run, so its metrics are unknown. Provide them in a file.`,
    );
  const { metrics, source } = await metricsOfMaker(workspace, runId).catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
    throw new TaskError(
      `The MLflow run ${runId}, which created version ${version} of ${place.model}, is not in this workspace: it is in another workspace, or was deleted. Provide the champion's metrics in a file.`,
      { cause: error },
    );
  });
  return { version, runId, metrics, source: `version ${version} of ${place.model}, ${source}` };
}

/** The versions of a model that a run created. */
export async function versionsOfRun({ http }: Workspace, model: string, runId: string): Promise<readonly string[]> {
  const versions = await new ModelsApi(http).listVersions(model);
  return versions.filter((version) => version.runId === runId).map(({ version }) => version);
}

interface NewChampion {
  readonly model: string;
  readonly alias: string;
  readonly version: string;
  /** The version that had the alias when this one was compared with it; undefined when none had. */
  readonly instead: string | undefined;
}

/**
 * Sets an alias of a model in Unity Catalog to a version, and verifies it. Returns whether that was a change. Throws a
 * TaskError, also when the alias points to another version than expected: the API has no conditional update, so a
 * change between the two requests is not noticed.
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
      `The alias '${alias}' of ${model} points to ${versionText(before)} now, but pointed to ${versionText(instead)} when the model was compared. Run the step again.`,
    );
  await api.setAlias(model, alias, version);
  const now = (await api.versionByAlias(model, alias))?.version;
  if (now !== version)
    throw new TaskError(
      `The alias '${alias}' of ${model} was set to version ${version}, but points to ${versionText(now)} now: someone else changed it in the meantime.`,
    );
  return true;
}

function versionText(version: string | undefined): string {
  return version === undefined ? 'no version' : `version ${version}`;
}
