import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import { CallError, HttpError } from '../../../http/errors';
import { OperationError } from '../../resourceManager/longRunningOperation';
import { joined } from '../../../sentences';
import type { Endpoint, Traffic } from '../api/endpoints';
import { diagnose, showDiagnosis } from '../causes/diagnose';
import { isInTransition } from '../plan/step';
import { hasDigest } from '../plan/tags';
import { isSameName, mainOf, trafficOf, trafficText } from '../plan/traffic';
import { continuing, type EndpointRun } from './endpointRun';
import type { OnFailure } from './outcome';
import { NotServingError } from './scoring';

export interface RecoveryOptions {
  /** The fingerprint of what was deployed: a deployment with another one is that of another run. */
  readonly digest: () => string;
  readonly onFailure: OnFailure;
  /** See `DiagnosisSources`. */
  readonly buildLog: (message: string) => Promise<string | undefined>;
}

/** Another run has deployed another version in the meantime. */
export class ReplacedError extends TaskError {
  override readonly name = 'ReplacedError';

  constructor(endpoint: Endpoint | undefined) {
    const now = endpoint ? ` The endpoint has ${trafficText(trafficOf(endpoint))}.` : '';
    super(
      `Another run has replaced the deployment of this run with another version, so that this one was given up.${now} Make sure that only one pipeline at a time deploys to the endpoint, such as by an exclusive lock on its environment.`,
    );
  }
}

/** What is done when a deployment does not serve. */
export class Recovery {
  constructor(
    private readonly run: EndpointRun,
    private readonly options: RecoveryOptions,
    private readonly context: Context,
  ) {}

  /** Reports why a deployment fails; returns the sentences for the error. Errors that are not about it are thrown. */
  async diagnosed(name: string, error: unknown, endpoint?: Endpoint): Promise<string> {
    if (!isOfService(error)) throw continuing(error);
    const { deployments } = this.run.parts;
    // A request that was refused at once has created nothing.
    const mayHaveLog =
      !(error instanceof HttpError) || (await deployments.get(name).catch(undefinedIfCall)) !== undefined;
    const sources = { deployments, mayHaveLog, buildLog: this.options.buildLog };
    const { cause, evidence } = await diagnose(name, error, sources, this.context);
    const principal = endpoint?.identity?.principalId;
    // The identity that lacks the role is known to nobody else.
    const who =
      principal !== undefined && cause.includes('AcrPull')
        ? `The identity of the endpoint has the object ID ${principal}.`
        : '';
    const told = joined(ended(cause), who);
    showDiagnosis({ cause: told, evidence }, this.context);
    return `The deployment '${name}' failed. ${told}`;
  }

  /**
   * Reports why a deployment does not serve, gives the requests back if they were taken, and removes the deployment as
   * `onFailure` says: the logs are read before. Throws always.
   */
  async fail(
    name: string,
    error: unknown,
    endpoint: Endpoint | undefined,
    before: Traffic | undefined,
  ): Promise<never> {
    if (!isOfService(error)) throw continuing(error);
    const { onFailure } = this.options;
    if (error instanceof NotServingError && before === undefined && !(await this.#isThere(name)))
      throw new ReplacedError(endpoint);
    let restored = '';
    // Callers come first: the log is read when they are served again.
    if (before !== undefined && endpoint) {
      await this.run.persist(() => this.run.setTraffic(endpoint, { traffic: before }));
      const isServed = mainOf(before) !== undefined;
      if (isServed) this.run.parts.onProgress({ isRolledBack: true });
      restored = isServed ? ' The traffic is as it was before.' : ' The endpoint has no traffic, as before.';
    }
    const diagnosis = await this.diagnosed(name, error, endpoint);
    const end =
      onFailure === 'leave'
        ? `'${name}' is left for inspection, and costs as much as one that serves.`
        : await this.#removed(name);
    const live = endpoint && mainOf(before ?? trafficOf(endpoint));
    const serves = live !== undefined && !isSameName(live, name) ? ` '${live}' serves as before.` : '';
    if (serves !== '') this.run.parts.onProgress({ isRolledBack: onFailure !== 'leave' || before !== undefined });
    throw new TaskError(`${diagnosis}${restored}${serves} ${end}`, { cause: error });
  }

  /** Whether a deployment is still the one that was tested. */
  async #isThere(name: string): Promise<boolean> {
    const found = await this.run.parts.deployments.get(name);
    return found !== undefined && hasDigest(found, this.options.digest()) && !isInTransition(found);
  }

  /** Deletes the deployment that does not serve; returns what became of it. */
  async #removed(name: string): Promise<string> {
    try {
      const found = await this.run.parts.deployments.get(name);
      if (!found) return 'Nothing was created.';
      if (!hasDigest(found, this.options.digest())) return `'${name}' is left: another run has replaced it meanwhile.`;
      if (await this.run.hasTraffic(name)) return `'${name}' is left, because it has requests.`;
      await this.run.persist(() => this.run.parts.deployments.delete(name));
      return `'${name}' was deleted.`;
    } catch (error) {
      if (this.context.signal.aborted || !(error instanceof TaskError)) throw error;
      return `It is not confirmed that '${name}' was deleted: ${error.message} The next run deletes it, or delete it in the studio of Azure Machine Learning.`;
    }
  }
}

/** With a full stop, so that another sentence can follow. */
function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Whether Azure or the model is at fault, rather than the time or a person who cancelled. */
function isOfService(error: unknown): boolean {
  return error instanceof HttpError || error instanceof OperationError || error instanceof NotServingError;
}

function undefinedIfCall(error: unknown): undefined {
  if (error instanceof CallError) return undefined;
  throw error;
}
