import { alreadyExists, ApiError, doesNotExist, invalidParameter } from '../apiError';
import type { SandboxClock } from '../../clock';
import type { User } from '../router';

/** `ModelVersionStatus` of MLflow's Unity Catalog messages. */
export type VersionStatus = 'PENDING_REGISTRATION' | 'FAILED_REGISTRATION' | 'READY';

export interface ModelVersion {
  readonly version: number;
  readonly runId: string;
  readonly creator: string;
  readonly createdAt: number;
  /** Where it was logged, as the client sent it. */
  readonly source: string;
  updatedAt: number;
  /** Of the workspace registry alone. */
  stage: string;
  description: string;
  status: VersionStatus;
  readonly tags: Record<string, string>;
}

export interface RegisteredModel {
  readonly name: string;
  readonly owner: string;
  readonly createdAt: number;
  updatedAt: number;
  description: string;
  readonly tags: Record<string, string>;
  /** The number of the last version, which may have been deleted. */
  lastVersion: number;
  readonly versions: ModelVersion[];
  /** Version numbers by alias; of Unity Catalog alone. */
  readonly aliases: Record<string, number | undefined>;
  /** Privileges by principal; of Unity Catalog alone. */
  readonly grants: Record<string, readonly string[] | undefined>;
}

/** What is said of a new model or version. */
export interface ModelDetails {
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** All users of the account, as Unity Catalog calls them. Everybody may use a new model, unlike at Databricks. */
export const allUsers = 'account users';

/** The registered models of one registry: Unity Catalog, or that of the workspace. */
export class Models {
  readonly #models = new Map<string, RegisteredModel>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly changed: () => void,
  ) {}

  /** @throws ApiError */
  create(name: string, owner: string, { description = '', tags = {} }: ModelDetails = {}): RegisteredModel {
    if (this.#models.has(name)) throw alreadyExists(`Registered Model '${name}' already exists.`);
    const now = this.clock.now();
    const model: RegisteredModel = {
      name,
      owner,
      createdAt: now,
      updatedAt: now,
      description,
      tags: { ...tags },
      lastVersion: 0,
      versions: [],
      aliases: {},
      grants: { [allUsers]: ['EXECUTE'] },
    };
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

  find(name: string): RegisteredModel | undefined {
    return this.#models.get(name);
  }

  /** All of a schema, or of all schemas, by name. */
  list(schema: string | undefined): readonly RegisteredModel[] {
    const found = [...this.#models.values()].filter(
      ({ name }) => schema === undefined || name.startsWith(`${schema}.`),
    );
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  remove(model: RegisteredModel): void {
    this.#models.delete(model.name);
    this.changed();
  }

  /** The next version of a model, which is ready unless another status is given. */
  addVersion(
    name: string,
    runId: string,
    creator = this.get(name).owner,
    { source = '', status = 'READY', description = '', tags = {} }: ModelDetails & Partial<ModelVersion> = {},
  ): ModelVersion {
    const model = this.get(name);
    const now = this.clock.now();
    model.lastVersion += 1;
    const version: ModelVersion = {
      version: model.lastVersion,
      runId,
      creator,
      createdAt: now,
      source,
      updatedAt: now,
      stage: 'None',
      description,
      status,
      tags: { ...tags },
    };
    model.versions.push(version);
    this.touch(model);
    return version;
  }

  /** @throws ApiError */
  version(model: RegisteredModel, version: number): ModelVersion {
    const found = model.versions.find((one) => one.version === version);
    if (!found) throw doesNotExist(`Model Version '${version}' of '${model.name}' does not exist.`);
    return found;
  }

  /** A version that an alias refers to cannot be deleted without it: the alias goes too. */
  removeVersion(model: RegisteredModel, { version }: ModelVersion): void {
    model.versions.splice(
      model.versions.findIndex((one) => one.version === version),
      1,
    );
    for (const alias of aliasesOf(model, version)) model.aliases[alias] = undefined;
    this.touch(model);
  }

  /** To be called after a change of what belongs to a model. */
  touch(model: RegisteredModel, version?: ModelVersion): void {
    model.updatedAt = this.clock.now();
    if (version) version.updatedAt = model.updatedAt;
    this.changed();
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
    this.touch(model);
  }

  /** @throws ApiError */
  moveTo(model: RegisteredModel, version: number, stage: string, archivesOthers: boolean): ModelVersion {
    const moved = this.version(model, version);
    if (!['None', 'Staging', 'Production', 'Archived'].includes(stage))
      throw invalidParameter(`Invalid Model Version stage: ${stage}.`);
    if (archivesOthers) for (const other of model.versions) if (other.stage === stage) other.stage = 'Archived';
    moved.stage = stage;
    this.touch(model, moved);
    return moved;
  }

  get saved() {
    return [...this.#models.values()];
  }

  /** Earlier versions of the sandbox did not save all fields. */
  restore(models: Models['saved']): void {
    for (const saved of models as readonly (Partial<RegisteredModel> & RegisteredModel)[]) {
      const { createdAt, owner } = saved;
      const versions = saved.versions.map((version: Partial<ModelVersion> & ModelVersion): ModelVersion => ({
        ...{ source: '', updatedAt: createdAt, description: '', status: 'READY', tags: {}, creator: owner },
        ...version,
      }));
      this.#models.set(saved.name, {
        ...{ updatedAt: createdAt, description: '', tags: {}, lastVersion: versions.length },
        ...{ grants: { [allUsers]: ['EXECUTE'] } },
        ...saved,
        versions,
      });
    }
  }
}

/** The aliases of a version, by name. */
export function aliasesOf({ aliases }: RegisteredModel, version: number): readonly string[] {
  return Object.keys(aliases)
    .filter((alias) => aliases[alias] === version)
    .sort();
}

/** Whether a user may read and run a model: its owner always may. Admins of the workspace have no privileges of their own. */
export function mayExecute({ owner, grants }: RegisteredModel, userName: string): boolean {
  const granted = [grants[userName], grants[allUsers]].flatMap((privileges) => privileges ?? []);
  return owner === userName || granted.some((privilege) => ['EXECUTE', 'ALL_PRIVILEGES'].includes(privilege));
}
