import type { HttpClient } from '../../http/httpClient';
import { answerPages, nextPageToken } from './answerPages';
import { isAbsent } from './isAbsent';
import { pathSegment } from '../../pathSegment';
import * as shape from '../../http/shape';

/** A version of a registered model. */
export interface ModelVersion {
  readonly version: string;
  /** The MLflow run that created it; undefined where no run did, or it is not known. */
  readonly runId: string | undefined;
}

/** What Unity Catalog says of a version of a model. */
export interface RegisteredVersion extends ModelVersion {
  /** `READY` when all its files are there; `PENDING_REGISTRATION`, `FAILED_REGISTRATION` and others, which may be newer. */
  readonly status: string;
  /** Why it is not ready; empty where that is not said. */
  readonly statusMessage: string;
  readonly aliases: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
}

const rawVersion = shape.object({ version: shape.integerId, run_id: shape.optionalText });
const registeredVersion = shape.object({
  model_version: shape.object({
    version: shape.integerId,
    run_id: shape.optionalText,
    status: shape.text,
    status_message: shape.shown,
    aliases: shape.listOf(shape.object({ alias: shape.text })),
    tags: shape.listOf(shape.object({ key: shape.text, value: shape.shown })),
  }),
});
const versionList = shape.object({ model_versions: shape.listOf(rawVersion), next_page_token: nextPageToken });
type RawVersion = shape.Read<typeof rawVersion>;

/**
 * Registered models: of Unity Catalog (API 2.1), by their full name `catalog.schema.model`, with aliases; and of the
 * workspace registry (API 2.0), which has stages and no aliases. Every method throws what `HttpClient.json` throws.
 * Source: https://docs.databricks.com/api/uc-registered-models/v1, https://docs.databricks.com/api/model-registry/v1.
 */
export class ModelsApi {
  constructor(private readonly http: HttpClient) {}

  /** Undefined when the model doesn't exist, or no version has the alias. */
  async versionByAlias(model: string, alias: string): Promise<ModelVersion | undefined> {
    return this.#orUndefined(() =>
      this.http.json(
        {
          method: 'GET',
          path: `${catalogPath(model)}/aliases/${pathSegment(alias)}`,
          purpose: `look up the version of ${model} that has the alias '${alias}'`,
        },
        rawVersion,
      ),
    );
  }

  /** All versions of a model of Unity Catalog. */
  async listVersions(model: string): Promise<readonly ModelVersion[]> {
    const versions: ModelVersion[] = [];
    const request = {
      method: 'GET',
      path: `${catalogPath(model)}/versions`,
      query: { max_results: 100 },
      purpose: `list the versions of ${model}`,
    } as const;
    for await (const page of answerPages(this.http, request, versionList))
      for (const version of page.model_versions) versions.push(modelVersion(version));
    return versions;
  }

  /**
   * A version of a model of Unity Catalog with its tags, which only the API of MLflow's client has
   * (`databricks_uc_registry_service.proto`); undefined when there is no such version, or no such model.
   */
  async registeredVersion(
    model: string,
    version: string,
    budgetSeconds?: number,
  ): Promise<RegisteredVersion | undefined> {
    try {
      const { model_version: found } = await this.http.json(
        {
          method: 'GET',
          path: `${clientPath}/get`,
          query: { name: model, version },
          purpose: `look up version ${version} of ${model}`,
          ...(budgetSeconds !== undefined && { budgetSeconds }),
        },
        registeredVersion,
      );
      return {
        ...modelVersion(found),
        status: found.status,
        statusMessage: found.status_message,
        aliases: found.aliases.map(({ alias }) => alias),
        tags: new Map(found.tags.map(({ key, value }) => [key, value])),
      };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** Sets a tag of a version of a model of Unity Catalog. */
  async setTag(model: string, version: string, key: string, value: string): Promise<void> {
    await this.http.json(
      {
        method: 'POST',
        path: `${clientPath}/set-tag`,
        json: { name: model, version, key, value },
        purpose: `set the tag '${key}' of version ${version} of ${model}`,
        repeatable: true,
      },
      shape.done,
    );
  }

  /** Moves an alias to a version. */
  async setAlias(model: string, alias: string, version: string): Promise<void> {
    await this.http.json(
      {
        method: 'PUT',
        path: `${catalogPath(model)}/aliases/${pathSegment(alias)}`,
        json: { version_num: Number(version) },
        purpose: `give version ${version} of ${model} the alias '${alias}'`,
        repeatable: true,
      },
      shape.done,
    );
  }

  /** The newest version of a model of the workspace registry in a stage; undefined when there is no model, or none in it. */
  async versionByStage(model: string, stage: string): Promise<ModelVersion | undefined> {
    return this.#orUndefined(async () => {
      const { model_versions } = await this.http.json(
        {
          method: 'POST',
          path: '/api/2.0/mlflow/registered-models/get-latest-versions',
          json: { name: model, stages: [stage] },
          purpose: `look up the version of ${model} in the stage ${stage}`,
          repeatable: true,
        },
        versionList,
      );
      return model_versions[0];
    });
  }

  async #orUndefined(find: () => Promise<RawVersion | undefined>): Promise<ModelVersion | undefined> {
    try {
      const found = await find();
      return found && modelVersion(found);
    } catch (error) {
      // A model that was never registered has no champion either.
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }
}

const clientPath = '/api/2.0/mlflow/unity-catalog/model-versions';

function catalogPath(model: string): string {
  return `/api/2.1/unity-catalog/models/${pathSegment(model)}`;
}

function modelVersion({ version, run_id }: RawVersion): ModelVersion {
  return { version, runId: run_id };
}
