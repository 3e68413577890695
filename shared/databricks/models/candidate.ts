import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { poll } from '../../http/poll';
import { isMap, type Json } from '../../json';
import { FilesApi } from '../api/files';
import { ModelsApi, type RegisteredVersion } from '../api/models';
import type { Workspace } from '../connect';
import { versionsOfRun } from '../mlflow/champion';
import { InvalidYaml } from '../../yaml/invalidYaml';
import { readYamlValue } from '../../yaml/values';

/** Which version of a model: by its number, by an alias that it has, or by the MLflow run that registered it. */
export type VersionSource =
  { readonly version: string } | { readonly alias: string } | { readonly mlflowRunId: string };

/** The number of the version that is meant. Throws a TaskError when there is none, or when several are meant. */
export async function versionFrom(workspace: Workspace, model: string, source: VersionSource): Promise<string> {
  if ('version' in source) return source.version;
  if ('alias' in source) {
    const found = await new ModelsApi(workspace.http).versionByAlias(model, source.alias);
    if (found) return found.version;
    throw new TaskError(`No version of ${model} has the alias '${source.alias}', or there is no such model.`);
  }
  const [version, ...others] = await versionsOfRun(workspace, model, source.mlflowRunId);
  if (version === undefined)
    throw new TaskError(
      `The MLflow run ${source.mlflowRunId} has registered no version of ${model}. Register its model in the training, with registered_model_name or mlflow.register_model.`,
    );
  if (others.length === 0) return version;
  throw new TaskError(
    `The MLflow run ${source.mlflowRunId} has registered ${others.length + 1} versions of ${model}: ${[version, ...others].join(', ')}. Enter the version.`,
  );
}

/**
 * Waits until a version has all its files: the client that registers it uploads them after it has created the version.
 * Throws a TaskError when there is no such version, and when its registration has failed.
 */
export async function readyVersion(
  { http }: Workspace,
  model: string,
  version: string,
  { agent, clock, signal, deadline }: Context,
): Promise<RegisteredVersion> {
  const api = new ModelsApi(http);
  let reported: string | undefined;
  return poll({
    clock,
    signal,
    deadline,
    awaited: `version ${version} of ${model} to be READY`,
    probe: async (budgetSeconds) => {
      const found = await api.registeredVersion(model, version, budgetSeconds);
      if (!found) throw new TaskError(`There is no version ${version} of ${model}, or this identity may not see it.`);
      const { status, statusMessage } = found;
      if (status === 'FAILED_REGISTRATION')
        throw new TaskError(
          `The registration of version ${version} of ${model} has failed${statusMessage && `: ${statusMessage}`}. Register the model again.`,
        );
      if (status !== 'READY' && status !== reported) agent.log(`Version ${version} of ${model} is ${status}.`);
      reported = status;
      return found;
    },
    isDone: ({ status }) => status === 'READY',
    onTransient: (error) => agent.log(`Still waiting for version ${version} of ${model}. ${error.message}`),
  });
}

/**
 * Throws a TaskError for a version whose file MLmodel has no signature, or cannot be read: then what the model takes and
 * returns is not known to those who call it, and an endpoint does not check it.
 */
export async function refuseWithoutSignature({ http }: Workspace, model: string, version: string): Promise<void> {
  // Clients of MLflow 3 read the files of a version by this route.
  const path = `/Models/${model.replaceAll('.', '/')}/${version}/MLmodel`;
  const content = await new FilesApi(http).download(path);
  if (!content)
    throw new TaskError(
      `Version ${version} of ${model} has no file MLmodel, so it is not known whether it has a signature. Log the model with MLflow, or turn off the check of the signature.`,
    );
  const signature = signatureIn(Buffer.from(content).toString('utf8'));
  if (isMap(signature) && typeof signature['inputs'] === 'string') return;
  throw new TaskError(
    `Version ${version} of ${model} has no signature: it does not say what the model takes and returns. Log the model with signature=infer_signature(inputs, outputs) or with an input_example, and register it again.`,
  );
}

/**
 * Throws a TaskError for a version without the approval of a deployment job: a tag with the value `approved`, in any case,
 * as https://docs.databricks.com/mlflow/deployment-job sets and checks it.
 */
export function refuseUnapproved(model: string, { version, tags }: RegisteredVersion, approvalTag: string): void {
  const value = tags.get(approvalTag);
  if (value?.toLowerCase() === 'approved') return;
  const is =
    value === undefined ? `does not have the tag '${approvalTag}'` : `has '${value}' in the tag '${approvalTag}'`;
  throw new TaskError(
    `Version ${version} of ${model} is not approved: it ${is}. Approve it on its page in Databricks, which sets the tag to 'Approved', and run the step again.`,
  );
}

/** What MLmodel says of the signature: its inputs and outputs are JSON, as MLflow's `ModelSignature.to_dict` writes them. */
function signatureIn(text: string): Json | undefined {
  try {
    const description = readYamlValue(text);
    return isMap(description) ? description['signature'] : undefined;
  } catch (error) {
    if (error instanceof InvalidYaml) return undefined;
    throw error;
  }
}
