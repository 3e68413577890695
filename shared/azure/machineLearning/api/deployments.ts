import type { Context } from '../../../agent/context';
import * as shape from '../../../http/shape';
import type { Json, JsonMap } from '../../../json';
import { pathSegment } from '../../../pathSegment';
import type { WorkspaceClient } from './client';
import { untilGone } from './endpoints';

const deployment = shape.withWhole(
  shape.object({
    name: shape.nonEmptyText,
    tags: shape.maybe(shape.mapOf(shape.text)),
    sku: shape.maybe(shape.object({ name: shape.optionalText, capacity: shape.maybe(shape.number) })),
    properties: shape.object({
      provisioningState: shape.nonEmptyText,
      model: shape.optionalText,
      instanceType: shape.optionalText,
    }),
    whole: shape.jsonMap,
  }),
);

/** A deployment of an online endpoint as Azure returns it: the fields that are read here, and the whole answer. */
export type Deployment = shape.Read<typeof deployment>;

/** The program that serves, or what downloads the model before it starts. */
export type LoggedContainer = 'InferenceServer' | 'StorageInitializer';

const log = shape.object({ content: shape.optionalText });

/** The deployments of one online endpoint. */
export class DeploymentsApi {
  constructor(
    private readonly client: WorkspaceClient,
    private readonly endpointPath: string,
    private readonly context: Context,
  ) {}

  async list(): Promise<readonly Deployment[]> {
    const found: Deployment[] = [];
    const path = `${this.endpointPath}/deployments`;
    for await (const each of this.client.list(path, 'list the deployments of the endpoint', deployment))
      found.push(each);
    return found;
  }

  /** Undefined when there is none of this name. */
  async get(name: string, budgetSeconds?: number): Promise<Deployment | undefined> {
    const isIt = (found: Deployment): boolean => found.name.toLowerCase() === name.toLowerCase();
    const answer = shape.checked(deployment, isIt, 'it is about another deployment');
    return this.client.find(this.#pathOf(name), `read the deployment '${name}'`, answer, budgetSeconds);
  }

  async put(name: string, body: JsonMap, options: { readonly onRunning?: () => Promise<void> } = {}): Promise<void> {
    const purpose = `create the deployment '${name}'`;
    await this.client.carryOut({ method: 'PUT', path: this.#pathOf(name), purpose, json: body, ...options });
  }

  /** Changes only the number of instances. */
  async scale(name: string, sku: Json): Promise<void> {
    const purpose = `change the number of instances of the deployment '${name}'`;
    await this.client.carryOut({ method: 'PATCH', path: this.#pathOf(name), purpose, json: { sku } });
  }

  /** Replaces the tags, and nothing else. */
  async tag(name: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const purpose = `change the tags of the deployment '${name}'`;
    await this.client.carryOut({ method: 'PATCH', path: this.#pathOf(name), purpose, json: { tags } });
  }

  /** Deletes a deployment, and waits until it no longer exists. */
  async delete(name: string): Promise<void> {
    const purpose = `delete the deployment '${name}'`;
    await this.client.delete(this.#pathOf(name), purpose);
    await untilGone(`the deployment '${name}'`, (budgetSeconds) => this.get(name, budgetSeconds), this.context);
  }

  /** The last lines of a log, as Azure returns them: also where it has none, which it says in words. */
  async logs(name: string, containerType: LoggedContainer, tail: number): Promise<string> {
    const purpose = `read the log of the deployment '${name}'`;
    const answer = await this.client.ask(`${this.#pathOf(name)}/getLogs`, purpose, { containerType, tail }, log);
    return answer.content ?? '';
  }

  #pathOf(name: string): string {
    return `${this.endpointPath}/deployments/${pathSegment(name)}`;
  }
}
