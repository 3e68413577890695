import type { ContainerState, ContainerStatus, Event } from 'kubernetes-types/core/v1';
import type { Trouble } from '../rollout/trouble';
import type { Evidence } from './evidence';
import { containerOf, probeText, statusesOf } from './podContainer';

/** A part of the evidence, shown folded under its title. */
export interface Section {
  readonly title: string;
  readonly text: string;
}

/** The evidence, from the Deployment to the logs. Empty sections are left out. */
export function sectionsOf(evidence: Evidence): readonly Section[] {
  const { deployment, troubles, warnings, logs, gaps } = evidence;
  return [
    { title: `Deployment ${deployment?.metadata?.name ?? ''}`, text: deploymentText(evidence) },
    ...troubles.map((trouble) => ({ title: titleOf(trouble, evidence), text: troubleText(trouble) })),
    { title: 'Warnings from the cluster', text: warningText(warnings) },
    ...logs.map(({ pod, container, isPrevious, text }) => ({
      title: `Log of container ${container} of pod ${pod}${isPrevious ? ', before its last restart' : ''}`,
      text: text || '(empty)',
    })),
    { title: 'What could not be read', text: gaps.join('\n') },
  ].filter(({ text }) => text !== '');
}

function deploymentText({ deployment }: Evidence): string {
  if (!deployment) return '';
  const { spec, status = {} } = deployment;
  const counts = [
    `${spec?.replicas ?? 1} wanted`,
    `${status.updatedReplicas ?? 0} updated`,
    `${status.readyReplicas ?? 0} ready`,
    `${status.availableReplicas ?? 0} available`,
  ];
  return [
    `Replicas: ${counts.join(', ')}`,
    ...(spec?.template.spec?.containers ?? []).map(({ name, image = '' }) => `Container ${name}: ${image}`),
    ...(status.conditions ?? []).map(
      ({ type, status: value, reason = '', message = '' }) => `${type}: ${value} (${reason}) ${message}`,
    ),
  ].join('\n');
}

function titleOf({ reason, pods }: Trouble, evidence: Evidence): string {
  return pods.length === 0 ? reason : `${reason}: ${pods.length} of ${evidence.pods.length} new pods`;
}

function troubleText(trouble: Trouble): string {
  const { text, pods } = trouble;
  const { spec } = containerOf(trouble);
  const probes = [
    ['Startup', spec?.startupProbe],
    ['Readiness', spec?.readinessProbe],
    ['Liveness', spec?.livenessProbe],
  ] as const;
  return [
    text,
    ...pods.map(
      (pod) => `Pod ${pod.metadata?.name ?? ''}: ${statusesOf(pod).map(statusText).join('; ') || 'no container yet'}`,
    ),
    ...probes.flatMap(([kind, probe]) => (probe ? [`${kind} probe: ${probeText(probe)}`] : [])),
  ].join('\n');
}

function statusText({ name, state = {}, lastState = {}, ready, restartCount }: ContainerStatus): string {
  const last = lastState.terminated ? `, before that ${stateText(lastState)}` : '';
  const restarts = restartCount > 0 ? `, restarted ${restartCount} times` : '';
  return `${name} ${stateText(state)}${ready ? ', ready' : ''}${restarts}${last}`;
}

function stateText({ waiting, running, terminated }: ContainerState): string {
  if (terminated) return `exited (${terminated.reason ?? 'no reason'}, exit ${terminated.exitCode})`;
  if (running) return 'running';
  return `waiting (${waiting?.reason ?? 'no reason'})`;
}

/** One line per message, with the number of its occurrences. */
function warningText(warnings: readonly Event[]): string {
  const counts = new Map<string, number>();
  for (const { reason = '', message = '', involvedObject, count, series } of warnings) {
    const line = `${involvedObject.kind ?? ''}: ${reason}: ${withoutAttempts(message.replace(/\s+/g, ' ').trim())}`;
    counts.set(line, (counts.get(line) ?? 0) + (series?.count ?? count ?? 1));
  }
  return [...counts].map(([line, count]) => (count > 1 ? `${line} (${count} times)` : line)).join('\n');
}

/** Each attempt to create a pod has a different name, and after some attempts the cluster combines them. */
function withoutAttempts(message: string): string {
  return message
    .replace(/^\(combined from similar events\): /, '')
    .replace(/^(Error creating: pods ")([^"]*)-[^"-]*"/, '$1$2-…"');
}
