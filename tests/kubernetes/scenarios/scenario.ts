import type { ClusterStage } from '../clusterStage';

/** Something that DeployAks does in a namespace of its own. */
export interface Scenario {
  /** A sentence about the service. */
  readonly title: string;
  /** Whether images must exist, or what becomes of their containers must be played by their names. */
  readonly needsImages: boolean;
  /** Of the namespace. */
  readonly labels?: Readonly<Record<string, string>>;
  play(stage: ClusterStage): Promise<void>;
}

/** The service of all scenarios. */
export const service = { serviceName: 'score', image: 'r.io/score:1', memory: '128Mi', cpu: '100m' };
/** A request that any image answers as expected; its answer names the image. */
export const sample = { samplePayload: '{"data": [1]}', expectedJson: '$.images[0]=*', smokeRequests: '2' };

/** The inputs for a version of the service. */
export function version(image: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return { ...service, ...more, image };
}

export function played(title: string, play: Scenario['play']): Scenario {
  return { title, needsImages: true, play };
}

export function anywhere(
  title: string,
  play: Scenario['play'],
  labels: Readonly<Record<string, string>> = {},
): Scenario {
  return { title, needsImages: false, labels, play };
}
