import { randomUUID } from 'node:crypto';
import type { Clock } from './clock';

export interface ContextOptions {
  readonly name: string;
  readonly collectionId: string;
  readonly clock: Clock;
  /** Of Entra, that users come from. */
  readonly tenantId: string;
}

/** What every store of the organisation needs: its names, its clock, its ids and its addresses. */
export class OrganizationContext {
  readonly name: string;
  readonly collectionId: string;
  readonly tenantId: string;
  readonly clock: Clock;
  /** How many reads of a team or membership still show what was before its last change; can be changed at any time. */
  staleReads = 0;
  /** Of the server, without the organisation; known once it listens. */
  origin = '';

  readonly #numbers = new Map<string, number>();

  constructor({ name, collectionId, clock, tenantId }: ContextOptions) {
    this.name = name;
    this.collectionId = collectionId;
    this.clock = clock;
    this.tenantId = tenantId;
  }

  /** A new GUID, in lower case. */
  newId(): string {
    return randomUUID();
  }

  /** The next number of a kind of thing that has numbers instead of GUIDs, such as `build definition`; the first is 1. */
  nextNumber(kind: string): number {
    const number = (this.#numbers.get(kind) ?? 0) + 1;
    this.#numbers.set(kind, number);
    return number;
  }

  /** The address of something at a host; `path` starts without a slash, and its parts are encoded already. */
  url(path: string, host = 'dev'): string {
    return `${this.origin}/${host === 'dev' ? '' : `${host}/`}${encodeURIComponent(this.name)}/${path}`;
  }

  /** A time as the service writes it; now by default. */
  time(milliseconds: number = this.clock.now()): string {
    return new Date(milliseconds).toISOString();
  }
}
