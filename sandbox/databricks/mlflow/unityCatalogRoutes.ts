import { invalidParameter, invalidState } from '../apiError';
import { type JsonObject, objectsOf, textOf } from '../json';
import { pageOf } from '../pages';
import type { ApiRequest, Router } from '../router';
import { aliasesOf, type ModelDetails, type Models, type ModelVersion, type RegisteredModel } from './models';
import type { ModelFiles } from './modelFiles';

/**
 * Registered models of Unity Catalog, as MLflow's client uses them: `databricks_uc_registry_service.proto` and
 * `store/_unity_catalog/registry/rest_store.py` of MLflow. A version is created, its files are uploaded, and it is
 * finalized: then it is READY.
 */
export function addUnityCatalogRoutes(router: Router, models: Models, files: ModelFiles, now: () => number): void {
  const base = '/api/2.0/mlflow/unity-catalog/';
  addModelRoutes(router, `${base}registered-models/`, models);
  addAliasRoutes(router, `${base}registered-models/alias`, models);
  addVersionRoutes(router, `${base}model-versions/`, models, files);

  // Clients of MLflow 3 ask this, and then use the Files API for the files of a version.
  router.add('GET', `${base}registered-models:is-databricks-sdk-models-artifact-repository-enabled`, () => ({
    is_databricks_sdk_models_artifact_repository_enabled: true,
  }));
  // Lineage is not kept.
  router.add('POST', `${base}model-versions/emit-lineage`, () => ({}));
  // The storage of Databricks itself, for which clients ask for presigned URLs.
  router.add('POST', `${base}model-versions/generate-temporary-credentials`, (request) => {
    const { version } = versionOf(request, models);
    const operation = request.required('operation');
    if (!/^MODEL_VERSION_OPERATION_READ(_WRITE)?$/.test(operation))
      throw invalidParameter(`Invalid operation: ${operation}`);
    if (operation.endsWith('WRITE')) checkPending(version);
    return { credentials: { storage_mode: 'DEFAULT_STORAGE', expiration_time: now() + 3_600_000 } };
  });
}

function addModelRoutes(router: Router, base: string, models: Models): void {
  router.add('POST', `${base}create`, (request) => {
    const name = request.required('name');
    // The text is one that MLflow's client looks for.
    if (name.split('.').length !== 3 || name.split('.').includes(''))
      throw invalidParameter(
        `'${name}' is not a valid name for a registered model in Unity Catalog. Please specify all three levels: <catalog>.<schema>.<model>`,
      );
    return { registered_model: viewModel(models.create(name, request.user.userName, detailsOf(request))) };
  });
  router.add('GET', `${base}get`, (request) => ({ registered_model: viewModel(modelOf(request, models)) }));
  router.add('PATCH', `${base}update`, (request) => {
    const model = modelOf(request, models);
    if (request.text('new_name')) throw invalidParameter('The sandbox does not rename registered models.');
    model.description = request.text('description') ?? model.description;
    models.touch(model);
    return { registered_model: viewModel(model) };
  });
  router.add('DELETE', `${base}delete`, (request) => {
    models.remove(modelOf(request, models));
    return {};
  });
  router.add('GET', `${base}search`, (request) => {
    const page = pageOf(models.list(undefined), request.integer('max_results') || 100, request.text('page_token'));
    return {
      ...(page.items.length > 0 && { registered_models: page.items.map(viewModel) }),
      ...(page.nextToken && { next_page_token: page.nextToken }),
    };
  });
  router.add('POST', `${base}set-tag`, (request) => {
    const model = modelOf(request, models);
    model.tags[request.required('key')] = request.text('value') ?? '';
    models.touch(model);
    return {};
  });
  router.add('DELETE', `${base}delete-tag`, (request) => {
    const model = modelOf(request, models);
    Reflect.deleteProperty(model.tags, request.required('key'));
    models.touch(model);
    return {};
  });
}

function addAliasRoutes(router: Router, path: string, models: Models): void {
  router.add('GET', path, (request) => {
    const model = modelOf(request, models);
    return { model_version: viewVersion(model, models.versionByAlias(model, request.required('alias'))) };
  });
  router.add('POST', path, (request) => {
    const version = numberOf(request.required('version'));
    models.setAlias(modelOf(request, models), request.required('alias'), version, request.user);
    return {};
  });
  router.add('DELETE', path, (request) => {
    models.setAlias(modelOf(request, models), request.required('alias'), undefined, request.user);
    return {};
  });
}

function addVersionRoutes(router: Router, base: string, models: Models, files: ModelFiles): void {
  router.add('POST', `${base}create`, (request) => {
    const model = modelOf(request, models);
    const given = {
      ...detailsOf(request),
      source: request.required('source'),
      status: 'PENDING_REGISTRATION',
    } as const;
    const version = models.addVersion(model.name, request.text('run_id') ?? '', request.user.userName, given);
    files.open(model.name, version.version);
    return { model_version: viewVersion(model, version) };
  });
  router.add('POST', `${base}finalize`, (request) => {
    const { model, version } = versionOf(request, models);
    checkPending(version);
    const problem = files.problemOf(model.name, version.version);
    if (problem !== undefined) throw invalidParameter(problem);
    version.status = 'READY';
    models.touch(model, version);
    return { model_version: viewVersion(model, version) };
  });
  router.add('GET', `${base}get`, (request) => {
    const { model, version } = versionOf(request, models);
    return { model_version: viewVersion(model, version) };
  });
  router.add('PATCH', `${base}update`, (request) => {
    const { model, version } = versionOf(request, models);
    version.description = request.text('description') ?? version.description;
    models.touch(model, version);
    return { model_version: viewVersion(model, version) };
  });
  router.add('DELETE', `${base}delete`, (request) => {
    const { model, version } = versionOf(request, models);
    models.removeVersion(model, version);
    return {};
  });
  router.add('GET', `${base}get-download-uri`, (request) => {
    const { model, version } = versionOf(request, models);
    return { artifact_uri: locationOf(model, version) };
  });
  router.add('GET', `${base}search`, (request) => {
    const found = searchVersions(models, request.text('filter') ?? '');
    const page = pageOf(found, request.integer('max_results') || 1000, request.text('page_token'));
    return {
      ...(page.items.length > 0 && {
        model_versions: page.items.map(({ model, version }) => viewVersion(model, version)),
      }),
      ...(page.nextToken && { next_page_token: page.nextToken }),
    };
  });
  router.add('POST', `${base}set-tag`, (request) => {
    const { model, version } = versionOf(request, models);
    version.tags[request.required('key')] = request.text('value') ?? '';
    models.touch(model, version);
    return {};
  });
  router.add('DELETE', `${base}delete-tag`, (request) => {
    const { model, version } = versionOf(request, models);
    Reflect.deleteProperty(version.tags, request.required('key'));
    models.touch(model, version);
    return {};
  });
}

/** "Currently supports a single filter condition either name of model like name = 'model_name' or run_id = '...'". */
function searchVersions(models: Models, filter: string) {
  const all = models.list(undefined).flatMap((model) => model.versions.map((version) => ({ model, version })));
  if (!filter.trim()) return all;
  const [, column, value] = /^\s*(name|run_id)\s*=\s*["']([^"']*)["']\s*$/.exec(filter) ?? [];
  if (column === undefined) throw invalidParameter(`Invalid clause(s) in filter string: '${filter}'`);
  return all.filter(({ model, version }) => (column === 'name' ? model.name : version.runId) === value);
}

/** @throws ApiError for a version whose files are complete; the text is an assumption */
export function checkPending({ version, status }: ModelVersion): void {
  if (status !== 'PENDING_REGISTRATION')
    throw invalidState(`Model version ${version} is ${status}: its files can only be written before it is finalized.`);
}

const modelOf = (request: ApiRequest, models: Models) => models.get(request.required('name'));

function versionOf(request: ApiRequest, models: Models) {
  const model = modelOf(request, models);
  return { model, version: models.version(model, numberOf(request.required('version'))) };
}

function detailsOf(request: ApiRequest): Required<ModelDetails> {
  const tags = objectsOf(request.json.tags).map(({ key, value }) => [textOf(key) ?? '', textOf(value) ?? '']);
  return { description: request.text('description') ?? '', tags: Object.fromEntries(tags) as Record<string, string> };
}

/** @throws ApiError */
export function numberOf(text: string): number {
  if (!/^\d+$/.test(text)) throw invalidParameter(`Invalid model version: ${text}`);
  return Number(text);
}

const viewTags = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

function viewModel({ name, owner, createdAt, updatedAt, description, tags, aliases }: RegisteredModel): JsonObject {
  return {
    name,
    creation_timestamp: createdAt,
    last_updated_timestamp: updatedAt,
    user_id: owner,
    description,
    aliases: Object.entries(aliases).flatMap(([alias, version]) =>
      version === undefined ? [] : [{ alias, version: String(version) }],
    ),
    tags: viewTags(tags),
  };
}

function viewVersion(model: RegisteredModel, version: ModelVersion): JsonObject {
  return {
    name: model.name,
    version: String(version.version),
    creation_timestamp: version.createdAt,
    last_updated_timestamp: version.updatedAt,
    user_id: version.creator,
    description: version.description,
    source: version.source,
    ...(version.runId !== '' && { run_id: version.runId }),
    status: version.status,
    storage_location: locationOf(model, version),
    aliases: aliasesOf(model, version.version).map((alias) => ({ alias, version: String(version.version) })),
    tags: viewTags(version.tags),
  };
}

const locationOf = ({ name }: RegisteredModel, { version }: ModelVersion) =>
  `abfss://unity@sandbox.dfs.core.windows.net/models/${name.replaceAll('.', '/')}/versions/${version}`;
