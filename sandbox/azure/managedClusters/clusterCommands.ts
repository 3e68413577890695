import { randomUUID } from 'node:crypto';
import { contentInvalid } from '../armError';
import type { Callers } from '../callers';
import { aksServerApplication } from './clusterKubeconfig';
import { badRequest, ClusterError, clusterBusy, clusterStopped, clusterTokenMissing } from './clusterError';
import type { CommandOutcome, ManagedCluster } from './managedCluster';

/** What the log of a command keeps at most. */
const logBytes = 512 * 1024;
/** Of the cluster's client, when the token is not for it. */
const unauthorized = { exitCode: 1, logs: 'error: You must be logged in to the server (Unauthorized)\n' };

interface Running {
  readonly clusterId: string;
  readonly startedAt: number;
  readonly milliseconds: number;
  outcome?: CommandOutcome;
  /** Why it could not be run. */
  failure?: string;
}

/** The commands that were sent to clusters. */
export class ClusterCommands {
  readonly #running = new Map<string, Running>();

  constructor(
    private readonly callers: Callers,
    private readonly clock: { now(): number },
  ) {}

  /**
   * Starts a command; gives its id.
   * @throws ArmError
   */
  async start(cluster: ManagedCluster, body: unknown): Promise<string> {
    const { command, context = '', clusterToken = '' } = (body ?? {}) as Readonly<Record<string, string>>;
    if (!command) throw contentInvalid("Required property 'command' not found in JSON. Path ''");
    const { provisioningState = 'Succeeded', powerState } = cluster;
    if (powerState === 'Stopped') throw clusterStopped();
    if (!['Succeeded', 'Failed', 'Canceled'].includes(provisioningState)) throw clusterBusy(provisioningState);
    if (cluster.aadProfile && clusterToken === '') throw clusterTokenMissing();
    const zip = Buffer.from(context, 'base64');
    if (zip.length > 0 && zip.subarray(0, 2).toString() !== 'PK') throw badRequest('The context is not a zip file.');

    const id = randomUUID().replaceAll('-', '');
    const running: Running = {
      clusterId: cluster.id,
      startedAt: this.clock.now(),
      milliseconds: (cluster.commandSeconds ?? 5) * 1000,
    };
    this.#running.set(id, running);
    if (cluster.aadProfile && !(await this.callers.isFor(clusterToken, aksServerApplication))) {
      running.outcome = unauthorized;
      return id;
    }
    cluster.runCommand?.({ command, context: zip, ...(clusterToken !== '' && { clusterToken }) }).then(
      (outcome) => (running.outcome = outcome),
      (error: unknown) => (running.failure = String(error)),
    );
    return id;
  }

  /** What is known of a command; undefined when there is none of this id. */
  result(cluster: ManagedCluster, id: string): { readonly isFinished: boolean; readonly body: object } | undefined {
    const running = this.#running.get(id);
    if (running?.clusterId !== cluster.id) return undefined;
    const { startedAt, milliseconds, outcome, failure } = running;
    const finishedAt = startedAt + milliseconds;
    const isFinished = this.clock.now() >= finishedAt && (outcome ?? failure) !== undefined;
    if (!isFinished) return { isFinished, body: { id, properties: { provisioningState: 'Running' } } };
    const properties = outcome
      ? {
          // Whatever the exit code: the command could be run.
          provisioningState: 'Succeeded',
          exitCode: outcome.exitCode,
          startedAt: atSecond(startedAt),
          finishedAt: atSecond(finishedAt),
          logs: Buffer.from(outcome.logs).subarray(0, logBytes).toString(),
        }
      : { provisioningState: 'Failed', reason: failure };
    return { isFinished, body: { id, properties } };
  }
}

const atSecond = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;

export const commandNotFound = (id: string) => new ClusterError(404, 'NotFound', `Command ${id} could not be found.`);
