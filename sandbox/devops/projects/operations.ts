import type { OrganizationContext } from '../organizationContext';

/** Work that the service does later, such as making a project. */
export class Operations {
  readonly #readsLeft = new Map<string, number>();
  /** How many reads of an operation show that it is still in progress; can be changed at any time. */
  readsInProgress = 1;

  constructor(private readonly state: OrganizationContext) {}

  /** What answers the request that started it. */
  start(): object {
    const id = this.state.newId();
    this.#readsLeft.set(id, this.readsInProgress);
    return { id, status: 'notSet', url: this.#url(id) };
  }

  /** Undefined when there is no such operation. */
  read(id: string): object | undefined {
    const left = this.#readsLeft.get(id.toLowerCase());
    if (left === undefined) return undefined;
    this.#readsLeft.set(id.toLowerCase(), Math.max(0, left - 1));
    const url = this.#url(id);
    return { id, status: left > 0 ? 'inProgress' : 'succeeded', url, _links: { self: { href: url } } };
  }

  #url(id: string): string {
    return this.state.url(`_apis/operations/${id}`);
  }
}
