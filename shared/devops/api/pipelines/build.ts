import type { BuildDefinition } from 'azure-devops-node-api/interfaces/BuildInterfaces';
import * as shape from '../../../http/shape';
import type { DevopsHttp, Wire } from '../devopsHttp';

/** A pipeline as lists return it. */
export type DefinitionReference = shape.Read<typeof definitionReference>;
/** A pipeline; `whole` is the object as it came, to send it back with changes. */
export type Definition = shape.Read<typeof definition>;
export type Folder = shape.Read<typeof folder>;
export type Build = shape.Read<typeof build>;
/** A stage, check, job or task of a run. */
export type TimelineRecord = shape.Read<typeof timelineRecord>;

/**
 * Pipelines (build definitions), their folders and their runs. Every method throws what `DevopsHttp` throws; nothing that
 * creates or updates a pipeline or queues a run is repeated.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/build.
 */
export class BuildApi {
  constructor(private readonly http: DevopsHttp) {}

  /** Pipelines of a name, in all folders or in one (`\models\m1`); `*` in the name stands for any text. */
  definitions(
    project: string,
    filter: { readonly name?: string; readonly path?: string; readonly repositoryId?: string } = {},
  ): Promise<readonly DefinitionReference[]> {
    const { repositoryId } = filter;
    return this.http.list(
      {
        method: 'GET',
        route: 'definitions',
        parameters: { project },
        query: { ...filter, repositoryType: repositoryId === undefined ? undefined : 'TfsGit' },
        purpose: `list the pipelines of the project '${project}'`,
      },
      definitionReference,
    );
  }

  definition(project: string, definitionId: number): Promise<Definition> {
    const purpose = `read the pipeline ${definitionId}`;
    return this.http.json(
      { method: 'GET', route: 'definitions', parameters: { project, definitionId }, purpose },
      definition,
    );
  }

  createDefinition(project: string, json: Wire<BuildDefinition>): Promise<Definition> {
    const purpose = `create the pipeline '${json.name}' in the project '${project}'`;
    return this.http.json(
      { method: 'POST', route: 'definitions', parameters: { project }, json, purpose, secrets: secretsIn(json) },
      definition,
    );
  }

  /** Replaces a pipeline; needs its id and its current revision, and may answer 404 to one that is not the current one. */
  updateDefinition(project: string, definitionId: number, json: Wire<BuildDefinition>): Promise<Definition> {
    const purpose = `update the pipeline '${json.name}'`;
    const parameters = { project, definitionId };
    return this.http.json(
      { method: 'PUT', route: 'definitions', parameters, json, purpose, secrets: secretsIn(json) },
      definition,
    );
  }

  /** All folders, the root (`\`) included. */
  folders(project: string): Promise<readonly Folder[]> {
    const purpose = `list the pipeline folders of the project '${project}'`;
    return this.http.list({ method: 'GET', route: 'folders', parameters: { project }, purpose }, folder);
  }

  /** Creates a folder, such as `\models\m1`, and those above it. */
  createFolder(project: string, path: string, description = ''): Promise<Folder> {
    return this.http.json(
      {
        method: 'PUT',
        route: 'folders',
        parameters: { project, path: path.replace(/^\\+/, '') },
        json: { description, path },
        purpose: `create the pipeline folder '${path}'`,
      },
      folder,
    );
  }

  /** Queues a run on a branch (`refs/heads/…`), or on the default branch. */
  queueBuild(project: string, definitionId: number, sourceBranch?: string): Promise<Build> {
    const json = { definition: { id: definitionId }, ...(sourceBranch !== undefined && { sourceBranch }) };
    const purpose = `queue a run of the pipeline ${definitionId}`;
    return this.http.json({ method: 'POST', route: 'builds', parameters: { project }, json, purpose }, build);
  }

  build(project: string, buildId: number): Promise<Build> {
    const purpose = `read the run ${buildId}`;
    return this.http.json({ method: 'GET', route: 'builds', parameters: { project, buildId }, purpose }, build);
  }

  /** What a run consists of, as far as it has come; empty before it has begun. */
  async timeline(project: string, buildId: number): Promise<readonly TimelineRecord[]> {
    const { records } = await this.http.json(
      {
        method: 'GET',
        route: 'timeline',
        parameters: { project, buildId },
        purpose: `read what the run ${buildId} consists of`,
      },
      timeline,
    );
    return records ?? [];
  }

  /** The newest runs of a pipeline. */
  builds(project: string, definitionId: number, top: number): Promise<readonly Build[]> {
    return this.http
      .json(
        {
          method: 'GET',
          route: 'builds',
          parameters: { project },
          query: { definitions: definitionId, $top: top, queryOrder: 'queueTimeDescending' },
          purpose: `list the runs of the pipeline ${definitionId}`,
        },
        builds,
      )
      .then(({ value }) => value);
  }

  /** Expands the YAML of a pipeline on a branch without running it. An error in the YAML is an HttpError. */
  async preview(project: string, pipelineId: number, refName?: string): Promise<string> {
    const resources = { repositories: { self: { refName } } };
    const { finalYaml } = await this.http.json(
      {
        method: 'POST',
        route: 'preview',
        parameters: { project, pipelineId },
        json: { previewRun: true, ...(refName !== undefined && { resources }) },
        purpose: `check the YAML of the pipeline ${pipelineId}`,
        repeatable: true,
      },
      previewed,
    );
    return finalYaml;
  }
}

const definitionReference = shape.object({
  id: shape.number,
  name: shape.nonEmptyText,
  /** The folder: `\`, or `\models\m1`. */
  path: shape.nonEmptyText,
  revision: shape.number,
  /** `enabled`, `paused` or `disabled`. */
  queueStatus: shape.shown,
});

const definition = shape.withWhole(
  shape.object({
    id: shape.number,
    name: shape.nonEmptyText,
    path: shape.nonEmptyText,
    revision: shape.number,
    queueStatus: shape.shown,
    // What an update sends back must be what there is.
    triggers: shape.optional(shape.list(shape.jsonMap)),
    variables: shape.optional(shape.mapOf(shape.jsonMap)),
    whole: shape.jsonMap,
  }),
);

const folder = shape.object({ path: shape.nonEmptyText, description: shape.shown });

const build = shape.object({
  id: shape.number,
  buildNumber: shape.shown,
  /** `notStarted`, `inProgress`, `completed` … */
  status: shape.text,
  /** `succeeded`, `failed` … of a completed run. */
  result: shape.optionalText,
  sourceBranch: shape.shown,
  _links: shape.lenient(shape.object({ web: shape.object({ href: shape.text }) }), undefined),
  /** Why a run could not begin. */
  validationResults: shape.lenient(shape.list(shape.object({ message: shape.shown })), []),
});

const timelineRecord = shape.object({
  /** `Stage`, `Phase`, `Job`, `Task`, or `Checkpoint.Approval` and the like. */
  type: shape.shown,
  name: shape.shown,
  /** `pending`, `inProgress` or `completed`. */
  state: shape.shown,
  result: shape.optionalText,
  issues: shape.lenient(shape.list(shape.object({ type: shape.shown, message: shape.shown })), []),
});

/** A run that has not begun has none: 204, or no records. */
const timeline = shape.mapped(
  shape.optional(shape.object({ records: shape.maybe(shape.list(timelineRecord)) })),
  (read) => read ?? { records: [] },
);

const builds = shape.object({ value: shape.list(build) });

const previewed = shape.object({ finalYaml: shape.text });

/** The values of secret variables that a pipeline is written with. */
function secretsIn({ variables }: Wire<BuildDefinition>): readonly string[] {
  return Object.values(variables ?? {}).flatMap((variable) => {
    const { isSecret, value } = variable ?? {};
    return isSecret === true && typeof value === 'string' && value !== '' ? [value] : [];
  });
}
