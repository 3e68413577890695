import type { JsonObject } from '../json';
import type { Cluster } from './cluster';
import { nameOfLibrary } from './librarySpec';

/** How the installation of matching libraries goes, instead of what the sandbox finds out by itself. */
export interface LibraryScript {
  /** Every given property must match; no property matches every library. */
  readonly matching?: {
    readonly clusterId?: string;
    /** A part of the package, the coordinates or the path. */
    readonly library?: string;
  };
  /** How many installations it serves; all by default. */
  readonly times?: number;
  /** Sandbox seconds; the usual time by default. */
  readonly seconds?: number;
  /** `INSTALLED` by default. */
  readonly status?: 'INSTALLED' | 'FAILED' | 'SKIPPED';
  readonly messages?: readonly string[];
}

export function matchesLibrary({ matching = {} }: LibraryScript, cluster: Cluster, library: JsonObject): boolean {
  return (matching.clusterId ?? cluster.id) === cluster.id && nameOfLibrary(library).includes(matching.library ?? '');
}
