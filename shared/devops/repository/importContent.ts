import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { poll } from '../../http/poll';
import type { ImportRequest } from '../api/imports';
import { createOnce } from '../createOnce';
import type { Devops } from '../devops';
import type { Repository } from '../api/git';
import type { WantedContent } from './wanted';

type WantedImport = Extract<WantedContent, { readonly kind: 'import' }>;

const endings = new Set(['completed', 'failed', 'abandoned']);

/** The import of this source into a repository that is under way or has succeeded; undefined when there is none. */
export async function findImport(
  devops: Devops,
  { id, project }: Repository,
  { url }: WantedImport,
): Promise<ImportRequest | undefined> {
  const requests = await devops.imports.importRequests(project.id, id);
  return requests.find(
    ({ status, parameters }) =>
      (status === 'completed' || !endings.has(status)) &&
      comparable(parameters?.gitSource?.url ?? '') === comparable(url),
  );
}

/** Imports the source into an empty repository, and waits for the end. Joins an import of the same source that is under way. */
export async function importContent(
  devops: Devops,
  repository: Repository,
  wanted: WantedImport,
  context: Context,
): Promise<void> {
  const { agent, clock, signal, deadline } = context;
  const { id, name, project } = repository;
  const { url, connectionId } = wanted;
  const known = await findImport(devops, repository, wanted);
  const request =
    known ??
    (await createOnce(
      () =>
        devops.imports.createImportRequest(project.id, id, {
          parameters: {
            gitSource: { url, overwrite: false },
            ...(connectionId !== undefined && {
              serviceEndpointId: connectionId,
              deleteServiceEndpointAfterImportIsDone: false,
            }),
          },
        }),
      () => findImport(devops, repository, wanted),
      context,
    ));
  agent.log(`${known ? 'Joining' : 'Started'} the import ${request.importRequestId} of ${url} into '${name}'.`);
  const end = await poll({
    clock,
    signal,
    deadline,
    awaited: `the import of ${url} into '${name}' to end`,
    probe: () => devops.imports.importRequest(project.id, id, request.importRequestId),
    isDone: ({ status }) => endings.has(status),
    onTransient: (error) => agent.log(error.message),
  });
  if (end.status === 'completed') return;
  const reason = end.detailedStatus?.errorMessage ?? 'Azure DevOps gives no reason';
  throw new TaskError(
    `The import of ${url} into '${name}' ${end.status}: ${reason.replace(/\.?$/, '.')} Check that the URL can be cloned; a private source needs a service connection for it in the project.`,
  );
}

/** The same source with and without the ending that git adds. */
function comparable(url: string): string {
  return url
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}
