import { TaskError } from '../../errors';
import { ModelsApi, type RegisteredVersion } from '../api/models';
import type { Workspace } from '../connect';
import { ensureAlias } from '../mlflow/champion';

/** A version of a model that is to have an alias. */
export interface Promotion {
  readonly model: string;
  readonly alias: string;
  readonly version: RegisteredVersion;
  /** What is recorded in tags of the version, by their keys. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface Promoted {
  readonly version: string;
  /** The version that had the alias before; undefined when none had. */
  readonly previous: string | undefined;
  /** The MLflow run that registered the version, if known. */
  readonly runId: string | undefined;
  readonly isChange: boolean;
}

/** Databricks accepts no more: https://docs.databricks.com/database-objects/tags. */
const mostTagCharacters = 256;

/**
 * Records in tags of a version what is promoted, and which version had the alias before; then moves the alias, and reads it
 * back. A version that has the alias already is left as it is. Whenever it ends early, the next run completes it.
 */
export async function promoteVersion(
  workspace: Workspace,
  { model, alias, version, tags }: Promotion,
): Promise<Promoted> {
  const api = new ModelsApi(workspace.http);
  const holder = (await api.versionByAlias(model, alias))?.version;
  const { runId } = version;
  if (holder === version.version)
    return { version: holder, previous: previousOf(version, alias), runId, isChange: false };
  const records = { ...tags, [previousKey(alias)]: holder ?? none, [restoredKey(alias)]: none };
  for (const [key, value] of Object.entries(records)) await ensureTag(api, model, version, key, value);
  await ensureAlias(workspace, { model, alias, version: version.version, instead: holder });
  return { version: version.version, previous: holder, runId, isChange: true };
}

/**
 * Gives the alias back to the version that had it before the one that has it now, by the tag that `promoteVersion` set. A
 * version that was given it back already keeps it. Throws a TaskError when no version is recorded, or it no longer exists.
 */
export async function restorePrevious(
  workspace: Workspace,
  { model, alias, tags }: Omit<Promotion, 'version'>,
): Promise<Promoted> {
  const api = new ModelsApi(workspace.http);
  const holder = (await api.versionByAlias(model, alias))?.version;
  if (holder === undefined)
    throw new TaskError(`No version of ${model} has the alias '${alias}', so there is nothing to roll back.`);
  const current = await existing(api, model, holder);
  const restoredFrom = recorded(current, restoredKey(alias));
  if (restoredFrom !== undefined)
    return { version: holder, previous: restoredFrom, runId: current.runId, isChange: false };
  const previous = previousOf(current, alias);
  if (previous === undefined)
    throw new TaskError(
      `Version ${holder} of ${model} has no record of a version that had the alias '${alias}' before. Promote the version that is wanted instead.`,
    );
  const version = await existing(api, model, previous);
  if (version.status !== 'READY')
    throw new TaskError(
      `Version ${previous} of ${model}, which had the alias '${alias}' before, is ${version.status}. Nothing was changed.`,
    );
  const records = { ...tags, [restoredKey(alias)]: holder };
  for (const [key, value] of Object.entries(records)) await ensureTag(api, model, version, key, value);
  await ensureAlias(workspace, { model, alias, version: previous, instead: holder });
  return { version: previous, previous: holder, runId: version.runId, isChange: true };
}

/** An empty value is not accepted everywhere. */
const none = 'none';

function previousOf(version: RegisteredVersion, alias: string): string | undefined {
  return recorded(version, previousKey(alias));
}

function recorded({ tags }: RegisteredVersion, key: string): string | undefined {
  const value = tags.get(key);
  return value === undefined || !/^[1-9]\d*$/.test(value) ? undefined : value;
}

/** Keys may not have `.`, `,`, `-`, `=`, `/` or `:`, by the page of the limits above. */
function previousKey(alias: string): string {
  return `previous_${alias.replaceAll('-', '_')}`;
}

function restoredKey(alias: string): string {
  return `restored_${alias.replaceAll('-', '_')}_from`;
}

async function ensureTag(
  api: ModelsApi,
  model: string,
  { version, tags }: RegisteredVersion,
  key: string,
  value: string,
): Promise<void> {
  const shortened = Array.from(value).slice(0, mostTagCharacters).join('');
  if (tags.get(key) !== shortened) await api.setTag(model, version, key, shortened);
}

async function existing(api: ModelsApi, model: string, version: string): Promise<RegisteredVersion> {
  const found = await api.registeredVersion(model, version);
  if (found) return found;
  throw new TaskError(`There is no version ${version} of ${model} any more. Nothing was changed.`);
}
