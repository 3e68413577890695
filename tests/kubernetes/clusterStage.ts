import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../shared/clock';
import { ApiServer } from '../../shared/kubernetes/client/apiServer';
import { KubernetesClient } from '../../shared/kubernetes/client/client';
import { clusterHttp, type ClusterAccess } from '../../shared/kubernetes/client/clusterAccess';
import { readKubeconfig } from '../../shared/kubernetes/access/kubeconfig';
import {
  deployments,
  namespaces,
  pathOf,
  serviceAccounts,
  type KubernetesObject,
  type Resource,
} from '../../shared/kubernetes/client/resource';
import { type Asked, askDuring } from '../support/askDuring';
import type { FakeAgent, FakeConnection } from '../support/fakeAgent';
import { eventually } from '../support/eventually';
import { kubeconfigConnection, runDeployAks } from '../support/runDeployAks';
import { testContext } from '../support/testContext';
import type { TestCluster } from '../../tools/kubernetes/testCluster';
import { anything } from '../support/anything';

type Inputs = Readonly<Record<string, string>>;

/** Between two requests of those that a service gets while it is deployed. */
const millisecondsBetweenRequests = 250;
const context = testContext({ clock: systemClock });

/** A namespace of its own in a real cluster, and the task DeployAks there. */
export class ClusterStage {
  readonly #others: ClusterStage[] = [];

  private constructor(
    private readonly cluster: TestCluster,
    readonly client: KubernetesClient,
    readonly access: ClusterAccess,
    readonly kubeconfig: string,
    /** The folder of the sources. */
    readonly folder: string,
  ) {}

  /** Makes the namespace; with labels, where given. */
  static async open(cluster: TestCluster, labels: Readonly<Record<string, string>> = {}): Promise<ClusterStage> {
    const kubeconfig = await readFile(cluster.kubeconfig, 'utf8');
    const access = readKubeconfig(kubeconfig, context);
    const name = `model-pipelines-${randomUUID().slice(0, 8)}`;
    const client = KubernetesClient.open(access, context, name);
    await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { ...labels } } });
    // Without it no pod is made.
    await eventually(() => client.get(serviceAccounts, 'default'), Boolean);
    return new ClusterStage(cluster, client, access, kubeconfig, await mkdtemp(path.join(tmpdir(), 'cluster-stage-')));
  }

  /** A namespace beside this one, which is closed with it. */
  async openAnother(): Promise<ClusterStage> {
    const stage = await ClusterStage.open(this.cluster);
    this.#others.push(stage);
    return stage;
  }

  async close(): Promise<void> {
    await Promise.all(this.#others.map((stage) => stage.close()));
    await this.client.delete(namespaces, this.client.namespace);
    await rm(this.folder, { recursive: true });
  }

  async run(inputs: Inputs, connection?: FakeConnection): Promise<FakeAgent> {
    const cluster = connection ?? kubeconfigConnection(this.access.server, this.kubeconfig);
    const { namespace } = this.client;
    return await runDeployAks(
      { namespace, timeoutMinutes: '2', ...inputs },
      { clock: systemClock, folder: this.folder, connections: { cluster } },
    );
  }

  async succeeds(inputs: Inputs): Promise<FakeAgent> {
    const agent = await this.run(inputs);
    assert.equal(agent.end.result, 'Succeeded', `${agent.end.message}\n${agent.text()}`);
    return agent;
  }

  /** Gives the first line that is an error. */
  async fails(
    inputs: Inputs,
  ): Promise<{ readonly agent: FakeAgent; readonly message: string; readonly error: string }> {
    const agent = await this.run(inputs);
    assert.equal(agent.end.result, 'Failed', agent.text());
    const error = agent.said.find(({ kind }) => kind === 'error')?.text ?? '';
    return { agent, message: agent.end.message, error };
  }

  /** The image of the pod that a request to the Service comes to. */
  async ask(service = 'score'): Promise<string> {
    const { status, text } = await this.client.proxy(
      { kind: 'service', name: service, port: 80 },
      { method: 'POST', path: '/score', body: { contentType: 'application/json', content: '{}' } },
    );
    assert.equal(status, 200, text);
    return (JSON.parse(text) as { readonly images: readonly string[] }).images.join();
  }

  /** Has requests come all the while that something goes on. */
  underLoad(work: () => Promise<unknown>): Promise<Asked> {
    return askDuring(millisecondsBetweenRequests, work, () => this.ask());
  }

  /** As another tool would. */
  async applyAs(manager: string, resource: Resource, object: KubernetesObject): Promise<void> {
    await this.patchAs(manager, resource, object.metadata?.name, 'application/apply-patch+yaml', object);
  }

  /** As another tool would; also of a subresource, such as `/scale`. */
  async patchAs(
    manager: string,
    resource: Resource,
    name: string | undefined,
    contentType: string,
    patch: object,
    subresource = '',
  ): Promise<void> {
    await this.#sendAs(
      manager,
      'PATCH',
      pathOf(resource, this.client.namespace, name) + subresource,
      contentType,
      patch,
    );
  }

  /** As another tool would. */
  async createAs(manager: string, resource: Resource, object: KubernetesObject): Promise<void> {
    await this.#sendAs(manager, 'POST', pathOf(resource, this.client.namespace), 'application/json', object);
  }

  async #sendAs(
    manager: string,
    method: 'PATCH' | 'POST',
    place: string,
    contentType: string,
    body: object,
  ): Promise<void> {
    const api = new ApiServer(clusterHttp(this.access, context), (warning) => assert.fail(warning));
    await api.call(
      {
        method,
        path: place,
        query: { fieldManager: manager },
        text: { contentType, content: JSON.stringify(body) },
        purpose: `${method} ${place}`,
      },
      anything,
    );
  }

  async replicasOf(name: string): Promise<number | undefined> {
    return (await this.client.get(deployments, name))?.spec?.replicas;
  }

  async imageOf(name: string): Promise<string | undefined> {
    return (await this.client.get(deployments, name))?.spec?.template.spec?.containers[0]?.image;
  }

  /** As somebody else would, by hand. */
  async setImage(name: string, image: string): Promise<void> {
    const path = '/spec/template/spec/containers/0/image';
    await this.client.jsonPatch(deployments, name, [{ op: 'replace', path, value: image }]);
  }
}
