import type { SandboxClock } from '../../clock';
import type { Pod } from '../types';
import type { Environment } from './environment';
import type { ImageBehaviour } from './images';

/** What a container needs of its pod and node. */
export interface ContainerHost {
  readonly clock: SandboxClock;
  readonly behaviour: ImageBehaviour;
  /** The pod as it is now. */
  pod(): Pod;
  environment(): Environment;
  /** Whether the node has the image. */
  readonly pulled: Set<string>;
  record(type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** The status has changed. */
  changed(): void;
}
