import type { EndpointConfig, ServedEntity } from '../endpoint';

/**
 * Chooses the served entity for each request to an endpoint: smooth weighted round robin, so that of any hundred requests
 * in a row each entity gets exactly its percentage. Databricks chooses at random.
 */
export class TrafficSplit {
  readonly #credits = new WeakMap<EndpointConfig, Map<string, number>>();

  next(config: EndpointConfig): ServedEntity {
    const credits = this.#credits.get(config) ?? new Map<string, number>();
    this.#credits.set(config, credits);
    for (const { entity, percentage } of config.routes) credits.set(entity, (credits.get(entity) ?? 0) + percentage);
    const [chosen] = [...config.routes]
      .filter(({ percentage }) => percentage > 0)
      .sort((one, other) => (credits.get(other.entity) ?? 0) - (credits.get(one.entity) ?? 0));
    const found = config.entities.find(({ name }) => name === chosen?.entity);
    // The percentages sum up to 100, and every route names an entity.
    if (!chosen || !found) throw new Error('The config has no route.');
    credits.set(chosen.entity, (credits.get(chosen.entity) ?? 0) - 100);
    return found;
  }
}
