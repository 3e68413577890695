import { once } from 'node:events';
import { type IncomingMessage, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type {
  MachineLearning,
  MachineLearningOptions,
} from '../../../../sandbox/azure/machineLearning/machineLearning';
import { partsOf } from '../../../../sandbox/azure/machineLearning/workspace';
import { ArmClient, type ArmReply, group } from '../armClient';

export const workspaceId = `${group}/providers/Microsoft.MachineLearningServices/workspaces/ml`;
export const registryId = `${group}/providers/Microsoft.MachineLearningServices/registries/shared`;
export const kubernetesId = `${workspaceId}/computes/cluster`;
export const location = 'westeurope';
const version = '2024-10-01';

export interface HostReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export type Json = Readonly<Record<string, unknown>>;

/** A caller of a workspace, on a time that only the test moves. */
export class MlClient {
  readonly arm = new ArmClient();

  get ml(): MachineLearning {
    return this.arm.azure.machineLearning;
  }

  async start(options: MachineLearningOptions = {}, azure: Parameters<ArmClient['start']>[0] = {}): Promise<void> {
    await this.arm.start({
      machineLearning: {
        workspaces: [
          {
            id: workspaceId,
            location,
            computes: [
              { name: 'cluster', computeType: 'Kubernetes' },
              { name: 'legacy', computeType: 'AKS' },
            ],
          },
        ],
        registries: [registryId],
        ...options,
      },
      ...azure,
    });
  }

  /** A request below the workspace; `path` may have a query. */
  call(method: string, path: string, body?: unknown): Promise<ArmReply> {
    return this.arm.send(method, this.urlOf(path), body);
  }

  urlOf(path: string): string {
    return `${workspaceId}${path}${path.includes('?') ? '&' : '?'}api-version=${version}`;
  }

  /** All texts of a refusal in one line, with its status. */
  async refusal(method: string, path: string, body?: unknown): Promise<string> {
    const { status, json } = await this.call(method, path, body);
    return `${status} ${JSON.stringify(json['error'])}`;
  }

  putEndpoint(name = 'score', properties: Json = {}, rest: Json = {}): Promise<ArmReply> {
    return this.call('PUT', `/onlineEndpoints/${name}`, {
      location,
      identity: { type: 'SystemAssigned' },
      properties: { authMode: 'Key', ...properties },
      ...rest,
    });
  }

  /** A deployment of an MLflow model. */
  putDeployment(name = 'blue', properties: Json = {}, rest: Json = {}): Promise<ArmReply> {
    return this.call('PUT', `/onlineEndpoints/score/deployments/${name}`, deploymentBody(properties, rest));
  }

  /** Puts files into the default datastore and registers them as a model. */
  addModel(
    name: string,
    files: Readonly<Record<string, string>> = { MLmodel: '' },
    modelType = 'mlflow_model',
  ): string {
    const { account, container } = this.datastore();
    const store = this.ml.blobs.store.addContainer(account, container);
    for (const [path, content] of Object.entries(files)) store.put(`up/${name}/${path}`, Buffer.from(content));
    const modelUri = `azureml://${workspaceId.slice(1).replace('providers/Microsoft.MachineLearningServices/', '')}/datastores/workspaceblobstore/paths/up/${name}`;
    this.ml.addAsset('models', workspaceId, [name, '1'], { modelType, modelUri });
    return `${workspaceId}/models/${name}/versions/1`;
  }

  datastore(): { readonly account: string; readonly container: string } {
    const { account, container } = partsOf(this.ml.workspaces[0] ?? { id: workspaceId, location });
    return { account, container };
  }

  /** An endpoint with a deployment that gets all traffic. */
  async serve(name = 'blue', properties: Json = {}): Promise<void> {
    await this.putEndpoint();
    this.arm.pass(90);
    await this.putDeployment(name, { model: this.addModel('iris'), ...properties });
    this.arm.pass(600);
    await this.putEndpoint('score', { traffic: { [name]: 100 } });
    this.arm.pass(20);
  }

  async key(): Promise<string> {
    return String((await this.call('POST', '/onlineEndpoints/score/listKeys', {})).json['primaryKey']);
  }

  async score(headers: Readonly<Record<string, string>> = {}, body = '{"input_data": []}'): Promise<HostReply> {
    const authorization = `Bearer ${await this.key()}`;
    return this.host(
      'POST',
      `http://score.${location}.inference.ml.azure.com/score`,
      { authorization, ...headers },
      body,
    );
  }

  /** A request to a host that exists in Azure alone. */
  async host(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>> = {},
    body = '',
  ): Promise<HostReply> {
    const { hostname, pathname, search } = new URL(url);
    const target = new URL(pathname + search, this.arm.azure.urlOf(hostname, 80));
    const request = send(target, { method, headers: { ...headers, host: hostname }, agent: false });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text: (await buffer(response)).toString(),
    };
  }
}

export function deploymentBody(properties: Json = {}, rest: Json = {}): Json {
  return {
    location,
    sku: { name: 'Default', capacity: 1 },
    properties: {
      endpointComputeType: 'Managed',
      model: `${workspaceId}/models/iris/versions/1`,
      instanceType: 'Standard_DS3_v2',
      ...properties,
    },
    ...rest,
  };
}

/** What a reply says of a resource. */
export const propertiesOf = ({ json }: ArmReply): Json => json['properties'] as Json;
