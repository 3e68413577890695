import type { SandboxClock } from '../../clock';
import { timeText } from '../objects';
import type { Store } from '../store';
import type { KubeObject } from '../types';

export interface EventDetails {
  readonly type?: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Who tells: `kubelet`, `deployment-controller` … */
  readonly component: string;
  readonly fieldPath?: string;
}

/** Keeps what happens to objects as events; the same thing again is counted up. */
export class EventRecorder {
  #made = 0;

  constructor(
    readonly store: Store,
    readonly clock: SandboxClock,
    readonly nodeName: string,
  ) {}

  record({ apiVersion, kind, metadata }: KubeObject, details: EventDetails): void {
    const { type = 'Normal', reason, message, component, fieldPath } = details;
    const namespace = metadata.namespace ?? 'default';
    const now = timeText(this.clock.now());
    const same = this.store
      .list('events', namespace)
      .find(
        (event) =>
          event.involvedObject.uid === metadata.uid &&
          event.reason === reason &&
          event.message === message &&
          event.involvedObject.fieldPath === fieldPath,
      );
    if (same) {
      this.store.replace('events', { ...same, count: (same.count ?? 1) + 1, lastTimestamp: now });
      return;
    }
    this.#made += 1;
    const name = `${metadata.name}.${(Date.parse(now) * 1000 + this.#made).toString(16)}`;
    this.store.insert('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace, uid: '', resourceVersion: '', creationTimestamp: now },
      involvedObject: {
        kind,
        namespace,
        name: metadata.name,
        uid: metadata.uid,
        apiVersion,
        resourceVersion: metadata.resourceVersion,
        ...(fieldPath !== undefined && { fieldPath }),
      },
      reason,
      message,
      source: { component, ...(component === 'kubelet' && { host: this.nodeName }) },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
      eventTime: null,
      reportingComponent: component,
      reportingInstance: component === 'kubelet' ? this.nodeName : '',
    });
  }
}
