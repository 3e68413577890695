import type { Pod } from 'kubernetes-types/core/v1';
import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import type { KubernetesClient } from '../client/client';
import { diagnose, type Diagnosis } from '../diagnose/diagnose';
import { collectEvidence } from '../diagnose/evidence';
import { sectionsOf } from '../diagnose/sections';
import type { RolloutSnapshot } from '../rollout/snapshot';

/** The new version does not serve as expected. */
export class NotServing extends TaskError {
  override readonly name = 'NotServing';

  constructor(
    message: string,
    /** The state of the rollout at that moment. */
    readonly snapshot: RolloutSnapshot,
    /** The pods whose answers were wrong, when the rollout itself succeeded. */
    readonly suspects: readonly Pod[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Finds out why, while the pods still exist, and reports it: the cause as an error, the evidence below it. Returns the cause. */
export async function explainFailure(
  client: KubernetesClient,
  failure: NotServing,
  { agent }: Context,
): Promise<string> {
  const { cause, advice, evidence } = await diagnosisOf(client, failure);
  agent.error(`${cause}${advice && ` ${advice}`}`);
  for (const { title, text } of evidence) agent.group(title, text);
  const file = evidence.map(({ title, text }) => `== ${title}\n${text}\n`).join('\n');
  if (file !== '') await agent.attachToLog('diagnosis.txt', `${cause}\n${advice}\n\n${file}`);
  return cause;
}

async function diagnosisOf(client: KubernetesClient, { message, snapshot, suspects }: NotServing): Promise<Diagnosis> {
  if (suspects.length === 0) return diagnose(await collectEvidence(client, snapshot), message);
  // The cluster reports no trouble with these pods, but their logs may.
  const [container] = snapshot.deployment?.spec?.template.spec?.containers ?? [];
  const trouble = { reason: 'SmokeTest', container: container?.name, text: message, graceSeconds: 0, pods: suspects };
  const evidence = await collectEvidence(client, { ...snapshot, troubles: [trouble] });
  return {
    cause: `The new version does not answer as expected. ${message}`,
    advice: 'Check its log for the sample.',
    evidence: sectionsOf(evidence),
  };
}
