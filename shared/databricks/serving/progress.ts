import { TaskError } from '../../errors';
import type { JsonMap } from '../../json';
import type { ServingEndpoint } from '../api/servingEndpoints';
import type { EndpointWork } from './request';
import type { Served } from './traffic/served';
import { trafficText } from './traffic/shares';
import { update } from './updates';

/** What has happened in a run so far. */
export interface Progress {
  /** What served before the run changed anything. */
  good?: readonly Served[];
  /** The entry that is deployed or decided about. */
  entry?: Served;
  /** Whether it has answered the sample at its own address. */
  isProven: boolean;
  /** Whether this run has sent traffic to it. */
  hasShifted: boolean;
  /** Whether it has answered the sample at the address of the endpoint. */
  isConfirmed: boolean;
  /** Whether an update of somebody else was in the way, and is waited for. */
  hasConflict: boolean;
  updates: number;
  /** Whether this run has set tags or other settings beside the config. */
  hasSetExtras: boolean;
}

export function newProgress(): Progress {
  return {
    isProven: false,
    hasShifted: false,
    isConfirmed: false,
    hasConflict: false,
    updates: 0,
    hasSetExtras: false,
  };
}

/** Databricks may accept an update and answer another config: then nothing is repeated for ever. */
const mostUpdates = 6;

/** Updates what an endpoint serves; the next look at it shows whether others were faster. Throws a TaskError. */
export async function send(
  work: EndpointWork,
  endpoint: ServingEndpoint,
  target: readonly Served[],
  progress: Progress,
  autoCapture: JsonMap | undefined = endpoint.config?.autoCapture,
): Promise<void> {
  if (progress.updates >= mostUpdates)
    throw new TaskError(
      `Databricks accepted ${progress.updates} updates of the serving endpoint '${work.name}', but does not serve what they asked for, or somebody else changes it at the same time. Wanted: ${trafficText(target)}`,
    );
  const isAccepted = await update(work, target, autoCapture);
  progress.hasConflict = !isAccepted;
  if (isAccepted) progress.updates++;
}
