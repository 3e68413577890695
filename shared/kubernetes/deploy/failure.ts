import type { Pod } from 'kubernetes-types/core/v1';
import { TaskError } from '../../errors';
import type { KubernetesClient } from '../client/client';
import type { DeploySurroundings } from './request';
import { diagnose, type Diagnosis } from '../diagnose/diagnose';
import { collectEvidence } from '../diagnose/evidence';
import { sectionsOf } from '../diagnose/sections';
import type { RolloutSnapshot } from '../rollout/watchRollout';

/** The new version does not serve as it should. */
export class NotServing extends TaskError {
  override readonly name = 'NotServing';

  constructor(
    message: string,
    /** As it was when that was clear. */
    readonly snapshot: RolloutSnapshot,
    /** The pods whose answers were wrong, where the rollout itself went well. */
    readonly suspects: readonly Pod[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Finds out why, while the pods are still there, and shows it: the cause as an error, all that shows it below. */
export async function explainFailure(
  client: KubernetesClient,
  failure: NotServing,
  { report }: DeploySurroundings,
): Promise<string> {
  const { cause, advice, evidence } = await diagnosisOf(client, failure);
  report.error(`${cause}${advice && ` ${advice}`}`);
  for (const { title, text } of evidence) report.group(title, text);
  const file = evidence.map(({ title, text }) => `== ${title}\n${text}\n`).join('\n');
  if (file !== '') await report.attachToLog('diagnosis.txt', `${cause}\n${advice}\n\n${file}`);
  return cause;
}

async function diagnosisOf(client: KubernetesClient, { message, snapshot, suspects }: NotServing): Promise<Diagnosis> {
  if (suspects.length === 0) return diagnose(await collectEvidence(client, snapshot), message);
  // The pods are in no trouble that the cluster knows of, but their logs may tell.
  const [container] = snapshot.deployment?.spec?.template.spec?.containers ?? [];
  const trouble = { reason: 'SmokeTest', container: container?.name, text: message, graceSeconds: 0, pods: suspects };
  const evidence = await collectEvidence(client, { ...snapshot, troubles: [trouble] });
  return {
    cause: `The new version does not answer as expected. ${message}`,
    advice: 'See in its log what it did with the sample.',
    evidence: sectionsOf(evidence),
  };
}
