import type { Databricks, DatabricksOptions } from '../../../../sandbox/databricks/databricks';
import { isJsonObject, type Json, type JsonObject, objectsOf, textOf } from '../../../../sandbox/databricks/json';
import { type Reply, startTestWorkspace, type WorkspaceClient } from '../workspaceClient';

export const base = '/api/2.0/serving-endpoints';
/** Longer than any update takes that succeeds. */
export const updateMilliseconds = 10_000;

export const flowers = [
  { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 },
  { sepal_length: 6.3, sepal_width: 3.3, petal_length: 6.0, petal_width: 2.5 },
];

/** A served entity as it is sent. */
export function entity(version: number, more: JsonObject = {}): JsonObject {
  return {
    entity_name: 'main.ml.demo',
    entity_version: String(version),
    workload_size: 'Small',
    scale_to_zero_enabled: false,
    ...more,
  };
}

export const routesOf = (...shares: readonly (readonly [string, number])[]): JsonObject => ({
  routes: shares.map(([served_entity_name, traffic_percentage]) => ({ served_entity_name, traffic_percentage })),
});

export class ServingStage {
  private constructor(
    readonly databricks: Databricks,
    readonly client: WorkspaceClient,
  ) {}

  /** A workspace with three versions of a model, whose time stands still. */
  static async start(options: DatabricksOptions = {}): Promise<ServingStage> {
    const { databricks, client } = await startTestWorkspace(options);
    databricks.catalogModels.create('main.ml.demo', databricks.users[0]?.userName ?? '');
    for (const runId of ['a', 'b', 'c']) databricks.catalogModels.addVersion('main.ml.demo', runId);
    return new ServingStage(databricks, client);
  }

  /** What another sandbox kept in its state file. */
  static async restart(stateFile: string): Promise<ServingStage> {
    const { databricks, client } = await startTestWorkspace({ stateFile });
    return new ServingStage(databricks, client);
  }

  create(config: JsonObject, name = 'iris'): Promise<Reply> {
    return this.client.post(base, { name, config });
  }

  update(config: JsonObject, name = 'iris'): Promise<Reply> {
    return this.client.send('PUT', `${base}/${name}/config`, JSON.stringify(config));
  }

  /** An endpoint that serves the first version. */
  async serving(): Promise<void> {
    await this.create({ served_entities: [entity(1)] });
    await this.databricks.clock.advance(updateMilliseconds);
  }

  async endpoint(name = 'iris'): Promise<JsonObject> {
    return (await this.client.get(`${base}/${name}`)).json;
  }

  /** `ready config_update active pending` of an endpoint: the versions of its configs. */
  async state(name = 'iris'): Promise<string> {
    const { state, config, pending_config: pending } = await this.endpoint(name);
    const [of, active, next] = [state, config, pending].map(objectOf);
    return [of?.ready, of?.config_update, active?.config_version ?? '-', next?.config_version ?? '-']
      .map((value) => textOf(value))
      .join(' ');
  }

  /** Entity by entity: what is said of its deployment. */
  async deployments(config: 'config' | 'pending_config', name = 'iris'): Promise<readonly (readonly Json[])[]> {
    const entities = objectsOf(objectOf((await this.endpoint(name))[config])?.served_entities);
    return entities.map((one) => {
      const state = objectOf(one.state);
      return [one.name, state?.deployment, state?.deployment_state_message];
    });
  }

  ask(path = '/serving-endpoints/iris/invocations', body: JsonObject = { dataframe_records: flowers }): Promise<Reply> {
    return this.client.post(path, body);
  }

  close(): Promise<void> {
    return this.databricks.close();
  }
}

export function objectOf(value: Json): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

export const codeOf = ({ status, json }: Reply) => [status, json.error_code];

/** A value that has to be text. */
export const said = (value: Json): string => textOf(value) ?? '';
