import type { Context } from '../../../agent/context';
import { bounded, filled } from '../../../causes/cause';
import { messageOf } from '../../../errors';
import { HttpError } from '../../../http/errors';
import { joined } from '../../../sentences';
import { OperationError } from '../../resourceManager/longRunningOperation';
import type { DeploymentsApi } from '../api/deployments';
import { awaitLog, failedStage, logText, readLog, type DeploymentLog } from './logs';
import { logCauses, refusals, stageCauses, type Refusal } from './refusals';

/** The cause in one line, and the evidence. */
export interface Diagnosis {
  readonly cause: string;
  /** Titles and texts. */
  readonly evidence: readonly (readonly [title: string, text: string])[];
}

/** What else is known of a failure. */
export interface DiagnosisSources {
  readonly deployments: DeploymentsApi;
  /** Whether the deployment exists, so that it may have a log. */
  readonly mayHaveLog: boolean;
  /** The end of the log of an image that could not be built, where the message names it; undefined where it can't be read. */
  readonly buildLog: (message: string) => Promise<string | undefined>;
}

/** Finds out why a deployment does not serve. Evidence that cannot be read is left out. */
export async function diagnose(
  name: string,
  error: unknown,
  { deployments, mayHaveLog, buildLog }: DiagnosisSources,
  context: Context,
): Promise<Diagnosis> {
  const server = mayHaveLog ? await awaitLog(deployments, name, 'InferenceServer', context) : undefined;
  const download =
    mayHaveLog && isAboutModel(server) ? await readLog(deployments, name, 'StorageInitializer') : undefined;
  const isRefused = error instanceof HttpError || error instanceof OperationError;
  const build = isRefused ? await buildLog(error.serviceMessage) : undefined;
  const evidence = [
    [
      'Log of the container',
      server ? logText(server) : mayHaveLog ? 'Azure has no log of this deployment.' : '',
    ] as const,
    ['Log of the download of the model', download ? logText(download) : ''] as const,
    ['End of the log of the image build', build ?? ''] as const,
  ].filter(([, text]) => text !== '');
  return { cause: causeOf(error, server), evidence };
}

/** Reports the cause as an error, and the evidence below it. */
export function showDiagnosis({ cause, evidence }: Diagnosis, { agent }: Context): void {
  agent.error(cause);
  for (const [title, text] of evidence) agent.group(title, text);
}

/** What an error of Azure means, and its own message. */
export function explained(error: unknown): string {
  return causeOf(error, undefined);
}

function causeOf(error: unknown, log: DeploymentLog | undefined): string {
  const message = messageOf(error);
  const refusal =
    error instanceof HttpError || error instanceof OperationError
      ? known(refusals, joined(error.errorCode ?? '', error.serviceMessage))
      : undefined;
  if (!log) return joined(refusal?.text ?? '', message);
  const stage = stageCauses[failedStage(log) ?? ''];
  const said = refusal?.isVague ? (stage ?? refusal.text) : (refusal?.text ?? stage);
  const cause = known(logCauses, `${log.events}\n${log.output}`)?.text ?? said;
  const last = log.output.trim().split('\n').at(-1)?.trim() ?? '';
  return joined(cause ?? '', message, last === '' ? '' : `The last line of its log: ${last}`);
}

/** The first that matches, with its text filled. */
function known(
  table: readonly Refusal[],
  message: string,
): { readonly text: string; readonly isVague: boolean } | undefined {
  const examined = bounded(message);
  const found = table.find(({ message: pattern }) => pattern.test(examined));
  return found && { text: filled(found.cause, found, examined), isVague: found.isVague === true };
}

/** Also where there is no log at all: the program has then not been started yet. */
function isAboutModel(log: DeploymentLog | undefined): boolean {
  return log === undefined || failedStage(log) === 'ModelDownload';
}
