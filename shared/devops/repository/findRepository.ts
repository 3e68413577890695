import { TaskError } from '../../errors';
import type { Repository } from '../api/git';
import type { Devops } from '../devops';
import { isAbsentOrNotPermitted } from '../api/refusal';

const guid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * The repository of a project with this name or id. Throws a TaskError if there is none or more than one: a repository of
 * the same name in another project is never taken for it.
 */
export async function findRepository(
  devops: Devops,
  project: { readonly id: string; readonly name: string },
  given: string,
): Promise<Repository> {
  const same = (text: string): boolean => text.toLowerCase() === given.toLowerCase();
  const all = await devops.git.repositories(project.id);
  const matching = all.filter(({ id, name, project: of }) => of.id === project.id && (same(id) || same(name)));
  const [only, ...more] = matching;
  if (!only) throw await notFound(devops, project.name, given);
  if (more.length > 0)
    throw new TaskError(
      `'${given}' stands for ${matching.length} repositories of the project '${project.name}': ${matching.map(({ id, name }) => `${name} (${id})`).join(', ')}. Rename one of them.`,
    );
  if (only.isDisabled)
    throw new TaskError(
      `The repository '${only.name}' is disabled. Enable it in the settings of the project '${project.name}'.`,
    );
  return only;
}

async function notFound(devops: Devops, project: string, given: string): Promise<TaskError> {
  const elsewhere = guid.test(given) ? await projectOf(devops, given) : undefined;
  if (elsewhere !== undefined)
    return new TaskError(
      `The repository ${given} belongs to the project '${elsewhere}', not to '${project}'. Name the project of the repository.`,
    );
  const { displayName } = await devops.caller();
  return new TaskError(
    `The project '${project}' has no repository '${given}', or the identity '${displayName}' may not see it. Check both names, and grant the identity Read on the repository.`,
  );
}

async function projectOf(devops: Devops, repositoryId: string): Promise<string | undefined> {
  try {
    return (await devops.git.repository(undefined, repositoryId)).project.name;
  } catch (error) {
    if (isAbsentOrNotPermitted(error)) return undefined;
    throw error;
  }
}
