import { pages } from '../../http/pages';
import { isStatus, type ApiServer } from './apiServer';
import { pathOf, type KubernetesObject, type Resource } from './resource';
import { pageShape } from './shapes';
import type { List, ListOptions, ListPage } from './types';

const pageSize = 500;

/** Lists all objects of a kind, page by page. */
export async function listAll<T extends KubernetesObject>(
  api: ApiServer,
  namespace: string,
  resource: Resource<T>,
  { budgetSeconds, ...selection }: ListOptions,
  /** When no further page is requested, if that is later than the deadline of the client. */
  pagesUntil: number | undefined,
): Promise<List<T>> {
  const purpose = `list ${resource.plural}`;
  const shape = pageShape(resource);
  const fetch = (limit?: number, token?: string): Promise<ListPage<T>> =>
    api.call(
      {
        method: 'GET',
        path: pathOf(resource, namespace),
        query: { ...selection, limit, continue: token },
        purpose,
        isNextPage: token !== undefined,
        ...(pagesUntil !== undefined && { pagesUntil }),
        ...(budgetSeconds !== undefined && { budgetSeconds }),
      },
      shape,
    );
  try {
    const all: ListPage<T>[] = [];
    const list = pages(purpose, async (token) => {
      const page = await fetch(pageSize, token);
      return { items: [page], next: page.metadata.continue };
    });
    for await (const page of list) all.push(page);
    const items = all.flatMap((page) => page.items);
    return { items, resourceVersion: all.at(-1)?.metadata.resourceVersion ?? '' };
  } catch (error) {
    if (!isStatus(error, 410)) throw error;
    // The snapshot behind the pages expires after some minutes: list everything in one call instead.
    const { items, metadata } = await fetch();
    return { items, resourceVersion: metadata.resourceVersion ?? '' };
  }
}
