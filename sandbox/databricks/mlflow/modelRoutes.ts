import { ApiError, invalidParameter } from '../apiError';
import { type JsonObject } from '../json';
import { pageOf } from '../pages';
import type { ApiRequest, Router } from '../router';
import { aliasesOf, type Models, type ModelVersion, type RegisteredModel } from './models';
import { numberOf } from './unityCatalogRoutes';

/** Registered models of Unity Catalog 2.1 (https://docs.databricks.com/api/uc-registered-models/v1). MLflow registers their versions. */
export function addCatalogModelRoutes(router: Router, models: Models): void {
  const base = '/api/2.1/unity-catalog/models';
  router.add('POST', base, (request) => {
    const parts = ['catalog_name', 'schema_name', 'name'].map((name) => request.required(name));
    const { user } = request;
    return viewModel(models.create(parts.join('.'), user.userName, { description: request.text('comment') ?? '' }));
  });

  router.add('GET', base, (request) => {
    const [catalog, schema] = ['catalog_name', 'schema_name'].map((name) => request.text(name));
    // "If either catalog_name or schema_name is specified, the other must be too."
    if (!catalog !== !schema) throw invalidParameter('catalog_name and schema_name must be given together');
    const size = request.integer('max_results') || 100;
    const listed = models.list(catalog ? `${catalog}.${schema}` : undefined);
    const page = pageOf(listed, size, request.text('page_token') || undefined);
    return {
      ...(page.items.length > 0 && { registered_models: page.items.map(viewModel) }),
      ...(page.nextToken && { next_page_token: page.nextToken }),
    };
  });
  router.add('GET', `${base}/*`, (request) => {
    const { model, kind, key } = addressed(request, models);
    if (kind === undefined)
      return { ...viewModel(model), ...(request.text('include_aliases') === 'true' && viewAliases(model)) };
    if (kind === 'aliases' && key !== undefined) return viewVersion(model, models.versionByAlias(model, key));
    if (kind !== 'versions') throw notFound(request);
    if (key !== undefined) return viewVersion(model, models.version(model, numberOf(key)));
    const size = request.integer('max_results') || 1000;
    const page = pageOf(model.versions, size, request.text('page_token') || undefined);
    return {
      ...(page.items.length > 0 && { model_versions: page.items.map((version) => viewVersion(model, version)) }),
      ...(page.nextToken && { next_page_token: page.nextToken }),
    };
  });
  router.add('PUT', `${base}/*`, (request) => {
    const { model, kind, key } = addressed(request, models);
    if (kind !== 'aliases' || key === undefined) throw notFound(request);
    const version = numberOf(request.required('version_num'));
    models.setAlias(model, key, version, request.user);
    const [catalog_name, schema_name, model_name] = model.name.split('.');
    return { alias_name: key, version_num: version, catalog_name, schema_name, model_name };
  });
  router.add('DELETE', `${base}/*`, (request) => {
    const { model, kind, key } = addressed(request, models);
    if (kind !== 'aliases' || key === undefined) throw notFound(request);
    models.versionByAlias(model, key);
    models.setAlias(model, key, undefined, request.user);
    return {};
  });
  router.add('PATCH', `${base}/*`, (request) => {
    const { model, kind, key } = addressed(request, models);
    const comment = request.text('comment');
    if (kind === undefined) {
      model.description = comment ?? model.description;
      models.touch(model);
      return viewModel(model);
    }
    if (kind !== 'versions' || key === undefined) throw notFound(request);
    const version = models.version(model, numberOf(key));
    version.description = comment ?? version.description;
    models.touch(model, version);
    return viewVersion(model, version);
  });
}

/** The workspace registry 2.0 (https://docs.databricks.com/api/model-registry/v1): it has stages, and no aliases. */
export function addRegistryRoutes(router: Router, models: Models): void {
  const base = '/api/2.0/mlflow/';
  router.add('POST', `${base}registered-models/create`, (request) => {
    const { name, owner } = models.create(request.required('name'), request.user.userName);
    return { registered_model: { name, user_id: owner } };
  });
  router.add('POST', `${base}model-versions/create`, (request) => {
    const model = models.get(request.required('name'));
    request.required('source');
    const version = models.addVersion(model.name, request.text('run_id') ?? '', request.user.userName);
    return { model_version: viewRegistryVersion(model, version) };
  });
  router.add('GET', `${base}model-versions/get`, (request) => {
    const model = models.get(request.required('name'));
    return { model_version: viewRegistryVersion(model, models.version(model, numberOf(request.required('version')))) };
  });
  router.add('POST', `${base}registered-models/get-latest-versions`, (request) => {
    const model = models.get(request.required('name'));
    const { stages } = request.json;
    const latest = new Map(model.versions.map((version) => [version.stage, version]));
    const asked = Array.isArray(stages) && stages.length > 0 ? stages.map(String) : [...latest.keys()];
    const found = asked.flatMap((stage) => latest.get(stage) ?? []);
    return found.length > 0 ? { model_versions: found.map((version) => viewRegistryVersion(model, version)) } : {};
  });
  router.add('POST', `${base}databricks/model-versions/transition-stage`, (request) => {
    const model = models.get(request.required('name'));
    const [version, stage] = [numberOf(request.required('version')), request.required('stage')];
    const moved = models.moveTo(model, version, stage, request.flag('archive_existing_versions'));
    return { model_version_databricks: viewRegistryVersion(model, moved) };
  });
}

function addressed({ rest }: ApiRequest, models: Models) {
  const [name = '', kind, key] = rest.split('/').map(decodeURIComponent);
  if (name.split('.').length !== 3) throw invalidParameter(`'${name}' is not a three-level name`);
  return { model: models.get(name), kind, key };
}

function notFound({ method, path }: ApiRequest): ApiError {
  return new ApiError(404, 'ENDPOINT_NOT_FOUND', `No API found for '${method} ${path}'`);
}

function viewModel({ name, owner, createdAt, updatedAt, description }: RegisteredModel): JsonObject {
  const [catalog_name, schema_name, model_name] = name.split('.');
  // Aliases are left out unless they are asked for by other means (databricks-sdk-py issue 868).
  return {
    name: model_name,
    catalog_name,
    schema_name,
    full_name: name,
    owner,
    created_at: createdAt,
    updated_at: updatedAt,
    ...(description !== '' && { comment: description }),
  };
}

const viewAliases = ({ aliases }: RegisteredModel): JsonObject => ({
  aliases: Object.entries(aliases).flatMap(([alias_name, version_num]) =>
    version_num === undefined ? [] : [{ alias_name, version_num }],
  ),
});

function viewVersion(
  model: RegisteredModel,
  { version, runId, creator, createdAt, ...rest }: ModelVersion,
): JsonObject {
  const [catalog_name, schema_name, model_name] = model.name.split('.');
  const aliases = aliasesOf(model, version).map((alias_name) => ({ alias_name, version_num: version }));
  return {
    model_name,
    catalog_name,
    schema_name,
    version,
    ...(runId !== '' && { run_id: runId }),
    status: rest.status,
    created_by: creator,
    created_at: createdAt,
    updated_at: rest.updatedAt,
    ...(rest.source !== '' && { source: rest.source }),
    ...(rest.description !== '' && { comment: rest.description }),
    ...(aliases.length > 0 && { aliases }),
  };
}

function viewRegistryVersion({ name }: RegisteredModel, version: ModelVersion): JsonObject {
  return {
    name,
    version: String(version.version),
    creation_timestamp: version.createdAt,
    user_id: version.creator,
    current_stage: version.stage,
    ...(version.runId !== '' && { run_id: version.runId }),
    status: 'READY',
  };
}
