import { alreadyExists, ApiError, doesNotExist, invalidParameter } from '../apiError';
import type { SandboxClock } from '../../clock';
import type { User } from '../router';

export interface ModelVersion {
  readonly version: number;
  readonly runId: string;
  readonly creator: string;
  readonly createdAt: number;
  /** Of the workspace registry alone. */
  stage: string;
}

export interface RegisteredModel {
  readonly name: string;
  readonly owner: string;
  readonly createdAt: number;
  readonly versions: ModelVersion[];
  /** Version numbers by alias; of Unity Catalog alone. */
  readonly aliases: Record<string, number | undefined>;
}

/** The registered models of one registry: Unity Catalog, or that of the workspace. */
export class Models {
  readonly #models = new Map<string, RegisteredModel>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly changed: () => void,
  ) {}

  /** @throws ApiError */
  create(name: string, owner: string): RegisteredModel {
    if (this.#models.has(name)) throw alreadyExists(`Registered Model '${name}' already exists.`);
    const model = { name, owner, createdAt: this.clock.now(), versions: [], aliases: {} };
    this.#models.set(name, model);
    this.changed();
    return model;
  }

  /** @throws ApiError */
  get(name: string): RegisteredModel {
    const model = this.#models.get(name);
    if (!model) throw doesNotExist(`Registered Model '${name}' does not exist.`);
    return model;
  }

  /** All of a schema, or of all schemas, by name. */
  list(schema: string | undefined): readonly RegisteredModel[] {
    const found = [...this.#models.values()].filter(
      ({ name }) => schema === undefined || name.startsWith(`${schema}.`),
    );
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The next version of a model, as MLflow's clients register it. */
  addVersion(name: string, runId: string, creator = this.get(name).owner): ModelVersion {
    const { versions } = this.get(name);
    const version = { version: versions.length + 1, runId, creator, createdAt: this.clock.now(), stage: 'None' };
    versions.push(version);
    this.changed();
    return version;
  }

  /** @throws ApiError */
  version(model: RegisteredModel, version: number): ModelVersion {
    const found = model.versions.find((one) => one.version === version);
    if (!found) throw doesNotExist(`Model Version '${version}' of '${model.name}' does not exist.`);
    return found;
  }

  /** @throws ApiError */
  versionByAlias(model: RegisteredModel, alias: string): ModelVersion {
    const version = model.aliases[alias];
    if (version === undefined)
      throw doesNotExist(`Registered model alias '${alias}' of '${model.name}' does not exist.`);
    return this.version(model, version);
  }

  /** Only an owner and admins may. @throws ApiError */
  setAlias(model: RegisteredModel, alias: string, version: number | undefined, user: User): void {
    if (!user.isAdmin && user.userName !== model.owner)
      throw new ApiError(
        403,
        'PERMISSION_DENIED',
        `User does not have permission to manage aliases of Registered Model '${model.name}'.`,
      );
    // mlflow issue 9730; names like v1 are refused by MLflow's documentation of aliases.
    if (/^latest$/i.test(alias)) throw invalidParameter(`'latest' alias name (case insensitive) is reserved.`);
    if (/^v\d+$/i.test(alias)) throw invalidParameter(`Version alias name '${alias}' is reserved.`);
    model.aliases[alias] = version === undefined ? undefined : this.version(model, version).version;
    this.changed();
  }

  /** @throws ApiError */
  moveTo(model: RegisteredModel, version: number, stage: string, archivesOthers: boolean): ModelVersion {
    const moved = this.version(model, version);
    if (!['None', 'Staging', 'Production', 'Archived'].includes(stage))
      throw invalidParameter(`Invalid Model Version stage: ${stage}.`);
    if (archivesOthers) for (const other of model.versions) if (other.stage === stage) other.stage = 'Archived';
    moved.stage = stage;
    this.changed();
    return moved;
  }

  get saved() {
    return [...this.#models.values()];
  }

  restore(models: Models['saved']): void {
    for (const model of models) this.#models.set(model.name, model);
  }
}
