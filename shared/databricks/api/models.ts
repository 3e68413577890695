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

const rawVersion = shape.object({ version: shape.integerId, run_id: shape.optionalText });
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

function catalogPath(model: string): string {
  return `/api/2.1/unity-catalog/models/${pathSegment(model)}`;
}

function modelVersion({ version, run_id }: RawVersion): ModelVersion {
  return { version, runId: run_id };
}
