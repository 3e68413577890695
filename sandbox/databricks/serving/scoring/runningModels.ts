import { isJsonObject, type Json, type JsonObject, textsOf } from '../../json';
import type { ServedEntity } from '../endpoint';
import type { InputRow, LoadedModel, ModelHost } from './modelHost';

/** The files of a model version, by path relative to its folder. */
export type FilesOf = (entityName: string, entityVersion: string) => ReadonlyMap<string, Buffer>;

/** The models in the containers of served entities. */
export class RunningModels {
  readonly #loaded = new Map<ServedEntity, Promise<LoadedModel>>();

  constructor(
    private readonly host: ModelHost,
    private readonly filesOf: FilesOf,
  ) {}

  /** Loads the model of an entity unless it has been. @throws Error of the host */
  load(entity: ServedEntity): Promise<LoadedModel> {
    const { entityName, entityVersion, settings, serviceLog } = entity;
    const running = this.#loaded.get(entity);
    if (running) return running;
    const loaded = this.host.load(
      {
        modelName: entityName,
        version: entityVersion,
        files: this.filesOf(entityName, entityVersion),
        environment: textsOf(settings.environment_vars),
      },
      (line) => serviceLog.push(line),
    );
    this.#loaded.set(entity, loaded);
    loaded.catch(() => this.#loaded.delete(entity));
    return loaded;
  }

  async predict(entity: ServedEntity, rows: readonly InputRow[]): Promise<readonly Json[]> {
    const predictions = await (await this.load(entity)).predict(rows);
    return entity.scoresWrongly ? predictions.map(wrong) : predictions;
  }

  stop(entity: ServedEntity): void {
    const loaded = this.#loaded.get(entity);
    this.#loaded.delete(entity);
    // A model that could not be loaded has nothing to stop.
    loaded?.then((model) => model.close()).catch(() => undefined);
  }

  async close(): Promise<void> {
    const all = await Promise.allSettled(this.#loaded.values());
    this.#loaded.clear();
    await Promise.all(all.flatMap((one) => (one.status === 'fulfilled' ? [one.value.close()] : [])));
  }
}

/** A prediction of the same form with other values. */
function wrong(value: Json): Json {
  if (typeof value === 'string') return `not ${value}`;
  if (typeof value === 'number') return -1 - value;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(wrong);
  return isJsonObject(value) ? wrongObject(value) : null;
}

const wrongObject = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, wrong(entry)]));
