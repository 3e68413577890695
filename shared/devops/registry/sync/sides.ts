import { TaskError } from '../../../errors';
import { originText } from '../../../variables/origin';
import { modelIdFor, modelIdProblem } from '../../../variables/registry/modelIds';
import type { ModelRegistry } from '../../../variables/registry/modelRegistry';
import type { RegistryModel } from '../../../variables/registry/revision';
import { isBranch } from '../../../variables/tree';
import { readVariableFile, type VariableFile } from '../../../variables/variableFile';
import type { Item, Repository } from '../../api/git';
import { isAbsentOrNotPermitted } from '../../api/refusal';
import type { Devops } from '../../devops';
import { readBlob } from '../../repository/git/readBlob';
import { textOf } from '../../repository/template/textOf';
import { newerInHub, orHubUnavailable } from '../readHub';

/** A variable file on the default branch of a repository. */
export interface FilePlace {
  readonly repository: Repository & { readonly defaultBranch: string };
  /** From the root, without a slash at its beginning: `churn/model_variables.yml`. */
  readonly path: string;
}

/** The two texts of a model that are kept in step. */
export interface Sides extends FilePlace {
  /** The id of the model in the hub. */
  readonly id: string;
  /** The newest commit of the default branch. */
  readonly tip: string;
  /** Undefined where the branch does not have the file. */
  readonly file: string | undefined;
  /** Undefined where the hub does not have the model. */
  readonly model: RegistryModel | undefined;
}

const mostProblems = 20;

/**
 * Reads both sides; the id of the model is made from the name in the file, where none is given. Throws a TaskError where one
 * of them cannot be used, and a HubUnavailableError.
 */
export async function readSides(
  { devops, registry }: { readonly devops: Devops; readonly registry: ModelRegistry },
  place: FilePlace,
  given: string | undefined,
): Promise<Sides> {
  const { repository, path } = place;
  const { id: repositoryId, name, project, defaultBranch } = repository;
  const branch = await devops.git.branch(project.id, repositoryId, defaultBranch);
  if (!branch) throw new TaskError(`The repository '${name}' has no branch ${defaultBranch}. Push a first commit.`);
  const tip = branch.objectId;
  const file = await fileAt(devops, place, tip);
  const id = given ?? idIn(file, path);
  const problem = modelIdProblem(id);
  if (problem !== undefined) throw new TaskError(`The id of a model in the hub '${id}' ${problem}`);
  const model = await orHubUnavailable(registry.model(id));
  if (model?.isNewer) throw newerInHub(`the model '${id}'`, model);
  if (model && !model.isIntact)
    throw new TaskError(
      `Revision ${model.rev} of the model '${id}' in the hub is damaged. ${model.problem ?? ''} Restore an earlier revision in the hub.`,
    );
  if (model) readable(model.text, `hub r${model.rev}`);
  return { ...place, id, tip, file, model };
}

/** The text of the file in a commit; undefined where the commit does not have it. */
export async function fileAt(devops: Devops, place: FilePlace, commit: string): Promise<string | undefined> {
  const { repository, path } = place;
  const found = await itemAt(devops, place, commit);
  if (!found) return undefined;
  if (found.gitObjectType !== 'blob')
    throw new TaskError(`${path} is not a file in the repository '${repository.name}'.`);
  const text = textOf(await readBlob(devops, repository, found.objectId));
  if (text === undefined)
    throw new TaskError(`The file ${path} of the repository '${repository.name}' is not UTF-8 text.`);
  return text;
}

async function itemAt(devops: Devops, { repository, path }: FilePlace, commit: string): Promise<Item | undefined> {
  try {
    const items = await devops.git.items(repository.project.id, repository.id, { commit }, `/${path}`);
    return items.find((each) => each.path === `/${path}`);
  } catch (error) {
    if (isAbsentOrNotPermitted(error)) return undefined;
    throw error;
  }
}

/** A text as a variable file. Throws a TaskError that lists its problems. */
export function readable(text: string, source: string): VariableFile {
  const problems: string[] = [];
  const file = readVariableFile(
    text,
    source,
    (origin, message) => void problems.push(`${originText(origin)}: ${message}`),
  );
  if (file && problems.length === 0) return file;
  const lines = problems.slice(0, mostProblems).map((line) => `\n  - ${line}`);
  throw new TaskError(`The variables of ${source} are not valid:${lines.join('')}`);
}

function idIn(file: string | undefined, path: string): string {
  if (file === undefined)
    throw new TaskError(`There is no file ${path}, whose model could be told. Name the model in the hub.`);
  const name = readable(file, path).variables.tree.entries.get('modelName');
  const value = name && !isBranch(name) ? name.value : undefined;
  const id = typeof value === 'string' && !value.includes('{{') ? modelIdFor(value) : '';
  if (id !== '') return id;
  throw new TaskError(
    `The file ${path} does not set modelName to a text that an id can be made from. Name the model in the hub.`,
  );
}
