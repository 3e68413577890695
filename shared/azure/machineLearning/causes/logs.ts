import { stripVTControlCharacters } from 'node:util';
import type { Context } from '../../../agent/context';
import { CallError } from '../../../http/errors';
import { poll, TimedOutError } from '../../../http/poll';
import type { DeploymentsApi, LoggedContainer } from '../api/deployments';

/** The log of a deployment, which Azure returns as one text with three parts. */
export interface DeploymentLog {
  /** The stages of the start and their states, in their order: `UserContainerStart`, `InProgress`. */
  readonly stages: readonly { readonly stage: string; readonly state: string }[];
  /** What happened, one a line. */
  readonly events: string;
  /** What the program printed, without the progress of the download of its image. */
  readonly output: string;
}

const lines = 300;
/** Azure may have the log only minutes after a deployment failed. */
const longestWaitSeconds = 600;
const shortestWaitSeconds = 60;

/** What Azure answers, with success, in place of a log: in the first case for as long as the deployment is being created. */
const isNoLog =
  /^\s*(?:Deployment is in deleting or creating state so logs can.?t be retrieved|There are no logs for this deployment at the moment)/i;

/** Reads the log of a deployment once; undefined where there is none, or it cannot be read. */
export async function readLog(
  deployments: DeploymentsApi,
  name: string,
  container: LoggedContainer,
): Promise<DeploymentLog | undefined> {
  try {
    const text = await deployments.logs(name, container, lines);
    return isNoLog.test(text) || text.trim() === '' ? undefined : parseLog(text);
  } catch (error) {
    // The error that is being explained is reported all the same.
    if (error instanceof CallError) return undefined;
    throw error;
  }
}

/** Waits for the log of a deployment that has failed; undefined where none comes. */
export async function awaitLog(
  deployments: DeploymentsApi,
  name: string,
  container: LoggedContainer,
  { clock, signal, deadline, agent }: Context,
): Promise<DeploymentLog | undefined> {
  const left = Math.min(Math.max((deadline - clock.now()) / 1000, shortestWaitSeconds), longestWaitSeconds);
  let isTold = false;
  try {
    return await poll({
      clock,
      signal,
      deadline: clock.now() + left * 1000,
      awaited: `the log of the deployment '${name}'`,
      probe: async () => {
        const log = await readLog(deployments, name, container);
        if (!log && !isTold) agent.log(`Waiting for the log of '${name}'. Azure may need some minutes.`);
        isTold = true;
        return log;
      },
      isDone: (log) => log !== undefined,
    });
  } catch (error) {
    if (error instanceof TimedOutError) return undefined;
    throw error;
  }
}

/** Takes a log apart. What has no parts is the output of the program. */
export function parseLog(text: string): DeploymentLog {
  const plain = stripVTControlCharacters(text).replaceAll('\r\n', '\n');
  const [before = '', ...printed] = plain.split(/^Container logs:[ \t]*$/m);
  if (printed.length === 0 && !/^(?:Instance status|Container events):/m.test(plain))
    return { stages: [], events: '', output: withoutProgress(plain) };
  const [status = '', events = ''] = before.split(/^Container events:[ \t]*$/m);
  const stages = [...status.matchAll(/^(\w+):[ \t]*(\w+)[ \t]*$/gm)].map(([, stage = '', state = '']) => ({
    stage,
    state,
  }));
  return { stages, events: events.trim(), output: withoutProgress(printed.join('Container logs:')) };
}

/** The first stage of the start that is not complete: it names the culprit. */
export function failedStage({ stages }: DeploymentLog): string | undefined {
  return stages.find(({ state }) => !/^succeeded$/i.test(state))?.stage;
}

/** As text for the log of the step. */
export function logText({ stages, events, output }: DeploymentLog): string {
  const states = stages.map(({ stage, state }) => `${stage}: ${state}`).join('\n');
  return [states, events, output].filter(Boolean).join('\n\n');
}

function withoutProgress(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/\blayer-sha256\b/.test(line))
    .join('\n')
    .trim();
}
