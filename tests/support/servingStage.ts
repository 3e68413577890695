import type { Databricks, DatabricksOptions } from '../../sandbox/databricks/databricks';
import type { EndpointConfig } from '../../sandbox/databricks/serving/endpoint';
import type { Clock } from '../../shared/clock';
import type { Json } from '../../shared/json';
import { task } from '../../tasks/DeployServingEndpoint/task';
import { clockOf, DatabricksStage, type TryOptions } from './databricksStage';
import type { FakeAgent } from './fakeAgent';

export const model = 'main.demo.iris';
export const endpoint = 'iris';
export const flower =
  '{"dataframe_records": [{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}]}';
/** The sample and the answer of every version, unless a script lets it answer wrongly. */
export const sample = { samplePayload: flower, expectedJson: '$.predictions[0].species=setosa' };

/** While a step waits once. */
const requestsOfUsers = 4;

/** An answer to a request of a user. */
export interface Answer {
  readonly status: number;
  readonly entity: string | null;
  readonly text: string;
}

/** A workspace with four versions of a model, and users who send requests to its endpoint while a step waits. */
export class ServingWorkspace extends DatabricksStage {
  /** The answers to users, since the endpoint served first. */
  readonly answers: Answer[] = [];
  /** Whether users send requests whenever the step waits. */
  hasUsers = false;
  readonly userClock: Clock;

  private constructor(databricks: Databricks) {
    super(databricks);
    const clock = clockOf(databricks);
    this.userClock = {
      ...clock,
      sleep: async (milliseconds, signal) => {
        const slices = this.hasUsers ? requestsOfUsers : 1;
        for (let slice = 0; slice < slices; slice++) {
          if (this.hasUsers) await this.ask();
          await clock.sleep(milliseconds / slices, signal);
        }
      },
    };
  }

  static async open(options: DatabricksOptions = {}): Promise<ServingWorkspace> {
    const workspace = new ServingWorkspace(await DatabricksStage.start(options));
    const { catalogModels } = workspace.databricks;
    catalogModels.create(model, 'someone@example.com');
    for (const runId of ['a', 'b', 'c', 'd']) catalogModels.addVersion(model, runId);
    return workspace;
  }

  /** One request of a user. */
  async ask(): Promise<void> {
    const response = await fetch(`${this.databricks.url}/serving-endpoints/${endpoint}/invocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.databricks.token}`, 'content-type': 'application/json' },
      body: flower,
    });
    this.answers.push({
      status: response.status,
      entity: response.headers.get('served-model-name'),
      text: await response.text(),
    });
  }

  /** One run of the task, after which the log has only its requests. */
  async run(inputs: Readonly<Record<string, string>>, options: TryOptions = {}): Promise<FakeAgent> {
    this.databricks.requests.clear();
    return this.try(task, this.inputs(inputs), { clock: this.userClock, ...options });
  }

  /** A deployment of a version, with the sample. */
  deploy(version: number, inputs: Readonly<Record<string, string>> = {}, options: TryOptions = {}): Promise<FakeAgent> {
    return this.run({ modelVersion: String(version), ...sample, ...inputs }, options);
  }

  inputs(inputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const deployed = (inputs['action'] ?? 'deploy') === 'deploy' ? { catalogModel: model } : {};
    return { endpointName: endpoint, ...deployed, ...inputs };
  }

  /** What the endpoint serves, such as `1:0 2:100`: the versions with their traffic. */
  served(): string {
    return this.found ? sharesIn(this.found.config) : 'absent';
  }

  get found() {
    return this.databricks.servingEndpoints.list().find(({ name }) => name === endpoint);
  }

  /** What changed the endpoint, such as `PUT config`. */
  changes(): readonly string[] {
    return this.databricks.requests
      .list()
      .filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/'))
      .map(({ method, path }) => `${method} ${path.slice(path.lastIndexOf('/') + 1)}`);
  }

  api<T>(method: string, path: string, body?: Json): Promise<T> {
    return this.request(method, `/api/2.0/serving-endpoints${path}`, body);
  }
}

/** `1:0 2:100` */
export function sharesIn(config: EndpointConfig | undefined): string {
  const share = (name: string): number => config?.routes.find(({ entity }) => entity === name)?.percentage ?? 0;
  return (config?.entities ?? [])
    .map(({ name, entityVersion }) => `${entityVersion}:${share(name)}`)
    .sort()
    .join(' ');
}
