import { ApiError, invalidParameter, invalidState } from '../apiError';
import type { User } from '../router';
import type { ModelFiles } from './modelFiles';
import { mayExecute, type Models } from './models';
import { checkPending } from './unityCatalogRoutes';

interface ServedModelParts {
  readonly catalogModels: Models;
  readonly registryModels: Models;
  readonly modelFiles: ModelFiles;
  readonly members: () => readonly User[];
}

/** What Model Serving asks of the registries: a name with three levels is one of Unity Catalog. */
export function servedModels({ catalogModels, registryModels, modelFiles, members }: ServedModelParts) {
  const isCatalogName = (name: string) => name.split('.').length === 3;
  const mayRead = (userName: string, entityName: string) => {
    const model = catalogModels.find(entityName);
    return !isCatalogName(entityName) || (model !== undefined && mayExecute(model, userName));
  };
  return {
    mayRead,
    filesOf: (name: string, version: string) => modelFiles.of(name, version),
    references: {
      checkVersion(name: string, version: string, { userName }: User): void {
        const models = isCatalogName(name) ? catalogModels : registryModels;
        const model = models.get(name);
        // The text is Unity Catalog's, as users of it report it.
        if (!mayRead(userName, name))
          throw new ApiError(403, 'PERMISSION_DENIED', `User does not have EXECUTE on Routine or Model '${name}'.`);
        if (!/^\d+$/.test(version)) throw invalidParameter(`Invalid model version: ${version}`);
        const { status } = models.version(model, Number(version));
        if (status !== 'READY') throw invalidState(`Version ${version} of model '${name}' is ${status}.`);
      },
      isMember: (userName: string) => members().some((member) => member.userName === userName),
    },
  };
}

/** The files of a model version can be written until it is finalized. @throws ApiError */
export function checkModelFile(path: string, models: Models): void {
  const [, root, catalog = '', schema = '', name = '', version = ''] = path.split('/');
  const model = root === 'Models' ? models.find([catalog, schema, name].join('.')) : undefined;
  if (model) checkPending(models.version(model, Number(version)));
}
