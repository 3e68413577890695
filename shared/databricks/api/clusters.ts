import { HttpError } from '../../http/errors';
import type { HttpClient } from '../../http/httpClient';
import type { Json } from '../../json';
import { answerPages, nextPageToken } from './answerPages';
import { isAbsent } from './isAbsent';
import * as shape from '../../http/shape';

/** The settings of a cluster, in the format of the API. */
export type ClusterSettings = Readonly<Record<string, Json | undefined>>;

/** A cluster as lists show it. Source: https://docs.databricks.com/api/azure/workspace/clusters/list. */
export interface ListedCluster {
  readonly id: string;
  readonly name: string;
  readonly creator: string;
}

/** A cluster with all that the service shows of it. */
export interface Cluster extends ListedCluster {
  /** PENDING, RUNNING, RESTARTING, RESIZING, TERMINATING, TERMINATED, ERROR or UNKNOWN. */
  readonly state: string;
  /** Empty when there is nothing to say. */
  readonly stateMessage: string;
  /** Milliseconds since 1970; undefined when it was not terminated. */
  readonly terminatedTime: number | undefined;
  /** Why it was terminated. */
  readonly termination: Termination | undefined;
  /** Its settings as they are, among other fields; what nobody asked for has its default here. */
  readonly settings: ClusterSettings;
  /** Its settings as they were last asked for (`spec`); empty when the service doesn't say. */
  readonly asked: ClusterSettings;
}

export interface Termination {
  readonly code: string;
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The Clusters API 2.1. Every method throws what `HttpClient.json` throws. */
export class ClustersApi {
  constructor(private readonly http: HttpClient) {}

  /** All clusters that the caller may see: those that are pinned, active, or were terminated in the last 30 days. */
  async listClusters(): Promise<readonly ListedCluster[]> {
    const clusters: ListedCluster[] = [];
    for await (const page of this.#pages({}, 'list the clusters'))
      for (const cluster of page.clusters) clusters.push(listedCluster(cluster));
    return clusters;
  }

  async isPinned(id: string): Promise<boolean> {
    for await (const page of this.#pages({ 'filter_by.is_pinned': true }, 'list the pinned clusters'))
      if (page.clusters.some(({ cluster_id }) => cluster_id === id)) return true;
    return false;
  }

  /** Undefined when there is no such cluster (any more). */
  async getCluster(id: string, budgetSeconds?: number): Promise<Cluster | undefined> {
    try {
      return cluster(
        await this.http.json(
          {
            method: 'GET',
            path: '/api/2.1/clusters/get',
            query: { cluster_id: id },
            purpose: `read the cluster ${id}`,
            ...(budgetSeconds !== undefined && { budgetSeconds }),
          },
          shape.checked(wholeCluster, ({ cluster_id }) => cluster_id === id, 'it is about another cluster'),
        ),
      );
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  /**
   * Creates a cluster, which starts at once, and returns its id. While a cluster that was created with this token (at most 64
   * characters) is not TERMINATED, the service returns the id of that one instead; then the token is free again. So
   * the call is not always safe to repeat, and repeating it is left to the caller.
   * Source: `idempotency_token` in https://docs.databricks.com/archive/dev-tools/api/latest/clusters.html.
   */
  async createCluster(settings: ClusterSettings, idempotencyToken: string): Promise<string> {
    const { cluster_id } = await this.http.json(
      {
        method: 'POST',
        path: '/api/2.1/clusters/create',
        json: { ...settings, idempotency_token: idempotencyToken },
        purpose: 'create the cluster',
      },
      createdCluster,
    );
    return cluster_id;
  }

  /** Replaces all settings. Refused with INVALID_STATE unless it is RUNNING, which restarts it, or TERMINATED. */
  async editCluster(id: string, settings: ClusterSettings): Promise<void> {
    await this.#change('edit', id, settings);
  }

  /** Sets the size, `num_workers` or `autoscale`, without a restart. Refused with INVALID_STATE unless it is RUNNING. */
  async resizeCluster(id: string, size: ClusterSettings): Promise<void> {
    await this.#change('resize', id, size);
  }

  /** Refused with INVALID_STATE unless it is TERMINATED. */
  async startCluster(id: string): Promise<void> {
    await this.#change('start', id);
  }

  /** Restarts the driver of a RUNNING cluster. */
  async restartCluster(id: string): Promise<void> {
    await this.#change('restart', id);
  }

  /** Asks for it to be terminated; nothing happens when it is already, or is about to be. */
  async terminateCluster(id: string): Promise<void> {
    await this.#change('delete', id);
  }

  /** Terminates it and deletes it permanently. */
  async deleteCluster(id: string): Promise<void> {
    await this.#change('permanent-delete', id);
  }

  /** Only admins of the workspace may. */
  async pinCluster(id: string): Promise<void> {
    await this.#change('pin', id);
  }

  /** Only admins of the workspace may. */
  async unpinCluster(id: string): Promise<void> {
    await this.#change('unpin', id);
  }

  /** All can be repeated without harm, except those that restart the cluster each time. */
  async #change(action: keyof typeof purposes, id: string, settings: ClusterSettings = {}): Promise<void> {
    await this.http.json(
      {
        method: 'POST',
        path: `/api/2.1/clusters/${action}`,
        json: { ...settings, cluster_id: id },
        purpose: `${purposes[action]} the cluster ${id}`,
        repeatable: action !== 'edit' && action !== 'restart',
      },
      shape.done,
    );
  }

  #pages(filter: Readonly<Record<string, boolean>>, purpose: string): AsyncGenerator<shape.Read<typeof clusterList>> {
    const query = { ...filter, page_size: 100 };
    return answerPages(this.http, { method: 'GET', path: '/api/2.1/clusters/list', query, purpose }, clusterList);
  }
}

const purposes = {
  edit: 'edit',
  resize: 'resize',
  start: 'start',
  restart: 'restart',
  delete: 'terminate',
  'permanent-delete': 'delete',
  pin: 'pin',
  unpin: 'unpin',
};

/** Whether a call was refused because the cluster is not there (any more): mostly with 400, of which only the text tells. */
export function isGone(error: unknown): boolean {
  if (isAbsent(error)) return true;
  if (!(error instanceof HttpError) || error.status !== 400) return false;
  return /does not exist|terminated or unpinned more than/i.test(error.serviceMessage);
}

const inList = { cluster_id: shape.id, cluster_name: shape.optional(shape.text, ''), creator_user_name: shape.shown };

const clusterList = shape.object({ clusters: shape.listOf(shape.object(inList)), next_page_token: nextPageToken });

const createdCluster = shape.object({ cluster_id: shape.id });

const wholeCluster = shape.withWhole(
  shape.object({
    ...inList,
    state: shape.text,
    state_message: shape.shown,
    terminated_time: shape.shownNumber,
    termination_reason: shape.optional(
      shape.object({
        code: shape.optional(shape.text, 'UNKNOWN'),
        type: shape.optional(shape.text, 'UNKNOWN'),
        parameters: shape.optional(shape.lenient(shape.mapOf(shape.text), {}), {}),
      }),
    ),
    spec: shape.optional(shape.jsonMap, {}),
    whole: shape.jsonMap,
  }),
);

function listedCluster(raw: Pick<shape.Read<typeof wholeCluster>, keyof typeof inList>): ListedCluster {
  return { id: raw.cluster_id, name: raw.cluster_name, creator: raw.creator_user_name };
}

function cluster(raw: shape.Read<typeof wholeCluster>): Cluster {
  return {
    ...listedCluster(raw),
    state: raw.state,
    stateMessage: raw.state_message,
    terminatedTime: raw.terminated_time || undefined,
    termination: raw.termination_reason,
    settings: raw.whole,
    asked: raw.spec,
  };
}
