import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1';
import { findCause, graceOf, noticeGraceSeconds, type KnownCause } from '../../causes/cause';
import { oneLine, shortMessage } from '../../causes/shortMessage';
import { creationCauses } from '../causes/creation';

/** What is wrong with a pod, a container or the creation of pods. */
export interface Fault {
  /** Kubernetes' own reason, such as `CrashLoopBackOff`; `Unready` for a container that runs but isn't ready. */
  readonly reason: string;
  /** One line: the reason, and Kubernetes' message, shortened. */
  readonly text: string;
  /** Kubernetes' message as it is, in one line. */
  readonly message?: string;
  /** What the message means, where that is known. */
  readonly known?: KnownCause | undefined;
  /** How long it may last before it is final; Infinity when only the deadline decides. */
  readonly graceSeconds: number;
}

/** A known cause decides how long it may last; otherwise `graceSeconds`. */
export function fault(
  reason: string,
  message: string | undefined,
  graceSeconds: number,
  causes: readonly KnownCause[] = [],
): Fault {
  const line = oneLine(message ?? '');
  const known = findCause(causes, line) ?? findCause(causes, reason);
  const detail = shortMessage(line);
  return {
    reason,
    text: detail ? `${reason}: ${detail}` : reason,
    message: line,
    known,
    graceSeconds: known ? graceOf(known, line) : graceSeconds,
  };
}

/** Why the cluster refuses the pods of the ReplicaSet, or the ReplicaSet itself: a quota, Pod Security, a policy. */
export function creationFault(set: ReplicaSet | undefined, deployment: Deployment | undefined): Fault | undefined {
  const refused = set?.status?.conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  const unmade = deployment?.status?.conditions?.find(({ reason }) => reason === 'ReplicaSetCreateError');
  const failure = refused ?? (set ? undefined : unmade);
  if (!failure) return undefined;
  // Each attempt has a different name.
  const message = failure.message
    ?.replace(/^Failed to create new replica set "[^"]*": /, '')
    .replace(/^(?:(?:pods|replicasets\.apps) "[^"]*" is forbidden|(?:Pod|ReplicaSet\.apps) "[^"]*" is invalid): /, '');
  return fault('FailedCreate', message, noticeGraceSeconds, creationCauses);
}
