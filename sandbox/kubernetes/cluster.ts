import type { SandboxClock } from '../clock';
import type { Objects } from './objects';
import type { Store } from './store';

/** What every part of the cluster works on. */
export interface Cluster {
  readonly clock: SandboxClock;
  readonly store: Store;
  readonly objects: Objects;
}
