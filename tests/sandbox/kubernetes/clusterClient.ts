import { request } from 'node:https';
import type { JsonObject } from '../../../sandbox/kubernetes/json';
import type { Kubernetes } from '../../../sandbox/kubernetes/kubernetes';

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: JsonObject;
}

export interface Ask {
  readonly method?: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cert?: string;
  readonly key?: string;
}

/** Sends one request to the API server. */
export function ask(cluster: Kubernetes, path: string, options: Ask = {}): Promise<Answered> {
  const { method = 'GET', body, type = 'application/json', token = cluster.token, headers = {}, cert, key } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      `${cluster.url}${path}`,
      {
        method,
        ca: cluster.ca,
        agent: false,
        ...(cert !== undefined && { cert, key }),
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': type }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = String(response.headers['content-type']).startsWith('application/json');
          const json = isJson && !path.includes('watch=true') ? (JSON.parse(text) as JsonObject) : {};
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      },
    );
    sent.once('error', reject);
    sent.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

/** Server-side apply of YAML to a path. */
export const apply = (cluster: Kubernetes, path: string, config: string | JsonObject, query = 'fieldManager=test') =>
  ask(cluster, `${path}?${query}`, {
    method: 'PATCH',
    type: 'application/apply-patch+yaml',
    body: config,
  });

export interface DeploymentFields {
  readonly name?: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly spec?: JsonObject;
  readonly pod?: JsonObject;
  readonly container?: JsonObject;
}

/** A deployment of one container that is probed each second. */
export function deployment({
  name = 'web',
  image = 'good:1',
  replicas,
  spec,
  pod,
  container,
}: DeploymentFields = {}): JsonObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      ...(replicas !== undefined && { replicas }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'score',
              image,
              ports: [{ containerPort: 5001 }],
              readinessProbe: { httpGet: { path: '/', port: 5001 }, periodSeconds: 1 },
              ...container,
            },
          ],
          ...pod,
        },
      },
      ...spec,
    },
  };
}

export const service = (name = 'web', spec: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 5001 }], ...spec },
});

export const deploymentsPath = '/apis/apps/v1/namespaces/default/deployments';
export const podsPath = '/api/v1/namespaces/default/pods';
export const servicesPath = '/api/v1/namespaces/default/services';
