import { invalidParameter } from '../apiError';
import type { Json, JsonObject } from '../json';
import { pageOf } from '../pages';
import type { ApiRequest } from '../router';
import type { Cluster } from './cluster';

/** `clusters/events`: newest first unless `order` says otherwise; by tokens, or by the older offset and limit. */
export function listEvents(cluster: Cluster, request: ApiRequest): JsonObject {
  const [from, to] = [request.integer('start_time') ?? 0, request.integer('end_time') ?? Infinity];
  const { event_types: types } = request.json;
  const found = cluster.events.filter(
    ({ timestamp, type }) =>
      timestamp >= from && timestamp <= to && (!Array.isArray(types) || (types as readonly Json[]).includes(type)),
  );
  if (request.text('order') !== 'ASC') found.reverse();

  const size = (request.integer('page_size') || request.integer('limit')) ?? 50;
  if (size < 1 || size > 500) throw invalidParameter(`limit must be between 1 and 500, got ${size}`);
  const offset = request.integer('offset') ?? 0;
  const token = request.text('page_token');
  const page = pageOf(found, size, token || undefined, offset);
  return {
    ...(page.items.length > 0 && {
      events: page.items.map((event) => ({ cluster_id: cluster.id, ...event })),
    }),
    ...(page.nextToken && !token && { next_page: { ...request.json, offset: offset + size, limit: size } }),
    next_page_token: page.nextToken ?? '',
    prev_page_token: page.previousToken ?? '',
    total_count: token ? 0 : found.length,
  };
}
