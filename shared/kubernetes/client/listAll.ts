import { isStatus, type ApiServer } from './apiServer';
import { pathOf, type KubernetesObject, type Resource } from './resource';
import type { List, ListOptions, ListPage } from './types';

const pageSize = 500;

/** Lists all objects of a kind, page by page. */
export async function listAll<T extends KubernetesObject>(
  api: ApiServer,
  namespace: string,
  resource: Resource<T>,
  { budgetSeconds, ...selection }: ListOptions,
): Promise<List<T>> {
  const items: T[] = [];
  let continueToken: string | undefined;
  let limit: number | undefined = pageSize;
  for (;;) {
    try {
      const page: ListPage<T> = await api.call<ListPage<T>>({
        method: 'GET',
        path: pathOf(resource, namespace),
        query: { ...selection, limit, continue: continueToken },
        purpose: `list ${resource.plural}`,
        ...(budgetSeconds !== undefined && { budgetSeconds }),
      });
      items.push(...page.items);
      continueToken = page.metadata.continue || undefined;
      if (continueToken === undefined) return { items, resourceVersion: page.metadata.resourceVersion ?? '' };
    } catch (error) {
      // The snapshot behind the pages expires after some minutes: list everything in one call instead.
      if (!isStatus(error, 410) || limit === undefined) throw error;
      items.length = 0;
      continueToken = limit = undefined;
    }
  }
}
