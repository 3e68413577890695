import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import { CallError, HttpError } from '../../../http/errors';
import type { JsonMap } from '../../../json';
import { OperationError } from '../../resourceManager/longRunningOperation';
import { isUnusableEndpoint } from '../api/client';
import type { Deployment } from '../api/deployments';
import { without, type Endpoint, type Traffic } from '../api/endpoints';
import { diagnose, showDiagnosis } from '../causes/diagnose';
import { logText, readLog } from '../causes/logs';
import { nextStep } from '../plan/nextStep';
import { hasSucceeded, isInTransition, type Seen, type Step, type Wanted } from '../plan/step';
import { digestOf, generationOf, isOurs, replacedBy, tagsOf } from '../plan/tags';
import { isSameName, mainOf, mirrorOf, trafficOf } from '../plan/traffic';
import { overlaid } from './body';
import { continuing, EndpointRun, runSteps, type RunParts } from './endpointRun';
import { changeOf, type Asked, type OnFailure, type Outcome } from './outcome';
import { NotServingError, type Scoring } from './scoring';

export interface DeployModelOptions extends Asked {
  readonly endpointBody: JsonMap;
  /** The whole deployment, without the tags of the step: by the one that serves, if any. */
  readonly bodyFor: (live: Deployment | undefined) => JsonMap;
  readonly scoring: Scoring;
  /** A copy of so many percent of the requests goes to a canary before it answers any. */
  readonly mirrorPercent: number;
  readonly onFailure: OnFailure;
  /** Called before a deployment is created. */
  readonly beforeCreation: () => Promise<void>;
  /** See `DiagnosisSources`. */
  readonly buildLog: (message: string) => Promise<string | undefined>;
}

const secondsToMirror = 60;

/**
 * Deploys a model beside the one that serves, tests it without traffic, gives it the requests, and tests again; then deletes
 * the one that served before. When a test fails, the requests go back to where they were. Changes nothing when the endpoint
 * serves what is asked for. An attempt that was killed is continued by the next one. When the deployment does not serve, the
 * cause is reported as an error and repeated in a TaskError.
 */
export async function deployModel(parts: RunParts, options: DeployModelOptions, context: Context): Promise<Outcome> {
  const deployment = new ModelDeployment(parts, options, context);
  const { step, seen, did } = await runSteps(
    deployment.run,
    (found) => deployment.next(found),
    (next, found) => deployment.carryOut(next, found),
    context,
  );
  const { endpoint } = seen;
  if (!endpoint) throw new TaskError('The endpoint was deleted by somebody else meanwhile. Run the step again.');
  const found = seen.deployments.find(({ name }) => isSameName(name, step.name));
  if (did.length === 0 || !deployment.isTested)
    await deployment.testUnchanged(endpoint, step.name, seen, step.isCanary);
  return { endpoint, deployment: found, change: changeOf(did, deployment.previous), isCanary: step.isCanary };
}

/** The steps of one deployment. */
class ModelDeployment {
  readonly run: EndpointRun;
  /** The deployment that answered most requests when this began. */
  previous: string | undefined;
  isTested = false;
  #isKnown = false;
  readonly #deleted = new Set<string>();

  constructor(
    private readonly parts: RunParts,
    private readonly options: DeployModelOptions,
    private readonly context: Context,
  ) {
    this.run = new EndpointRun(parts, context);
  }

  next(seen: Seen): Step {
    if (!this.#isKnown && seen.endpoint) {
      this.previous = mainOf(trafficOf(seen.endpoint));
      if (this.previous !== undefined) this.parts.onProgress({ previousDeployment: this.previous });
    }
    this.#isKnown = true;
    return nextStep(seen, this.#wanted(seen));
  }

  async carryOut(step: Step, seen: Seen): Promise<void> {
    const { run, options } = this;
    switch (step.kind) {
      case 'createEndpoint':
        return run.createEndpoint(options.endpointBody);
      case 'deleteEndpoint':
        return run.deleteEndpoint(step.reason);
      case 'waitForEndpoint':
        return run.waitForEndpoint();
      case 'changeEndpoint':
        if (seen.endpoint && options.publicNetworkAccess !== undefined)
          await run.changeEndpoint(seen.endpoint, options.publicNetworkAccess);
        return;
      case 'waitForDeployment':
        return run.waitForDeployment(step.name);
      case 'deleteDeployment':
        return run.deleteDeployment(step.name, step.reason, seen);
      case 'createDeployment':
        return this.#create(step.name, step.replaces, seen);
      case 'follow':
        return this.#follow(step.name);
      case 'updateDeployment':
        return this.#update(step.name, seen);
      case 'scale':
        return this.#scale(step.name, step.capacity);
      case 'switch':
        return this.#switch(step.name, step.traffic, seen);
      default:
        throw new Error(`'${step.kind}' is not a step that is carried out.`);
    }
  }

  /** Tests what was there already. If it does not serve, the one that it replaced does so again, where that still exists. */
  async testUnchanged(endpoint: Endpoint, name: string, seen: Seen, isCanary: boolean): Promise<void> {
    try {
      await this.options.scoring.testDeployment(endpoint, name);
    } catch (error) {
      if (!(error instanceof NotServingError)) throw error;
      const current = seen.deployments.find((each) => isSameName(each.name, name));
      const before = seen.deployments.find((each) => isSameName(each.name, (current && replacedBy(current)) ?? ''));
      const isLater = current && before && generationOf(before) < generationOf(current);
      const traffic = isLater && !isCanary && hasSucceeded(before) ? { [before.name]: 100 } : undefined;
      await this.#fail(name, error, endpoint, traffic);
    }
  }

  #wanted({ endpoint, deployments }: Seen): Wanted {
    const body = this.#bodyBy(endpoint, deployments);
    return { ...this.options, digest: digestOf(body, this.parts.endpoint.path) };
  }

  #bodyBy(endpoint: Endpoint | undefined, deployments: readonly Deployment[]): JsonMap {
    const main = endpoint && mainOf(trafficOf(endpoint));
    return this.options.bodyFor(deployments.find(({ name }) => isSameName(name, main ?? '')));
  }

  /** The body to send, with the tags by which the next step recognizes the deployment. */
  #taggedBody(seen: Seen, replaces: string | undefined): JsonMap {
    const body = this.#bodyBy(seen.endpoint, seen.deployments);
    const generation = Math.max(0, ...seen.deployments.map(generationOf)) + 1;
    return overlaid(body, { tags: tagsOf(this.#wanted(seen).digest, { generation, replaces }) });
  }

  async #create(name: string, replaces: string | undefined, seen: Seen): Promise<void> {
    const { agent } = this.context;
    await this.options.beforeCreation();
    agent.log(
      `Creating the deployment '${name}'. This takes about 10 minutes, and longer if its image has to be built.`,
    );
    this.parts.onProgress({ deploymentName: name });
    try {
      await this.parts.deployments.put(name, this.#taggedBody(seen, replaces), { onRunning: this.#progress(name) });
    } catch (error) {
      if (await this.#isCleared(name, error, seen)) return;
      await this.#fail(name, error, seen.endpoint, undefined);
    }
  }

  /** Removes what is left of an earlier failure where Azure says only now that it is in the way. */
  async #isCleared(name: string, error: unknown, { endpoint, deployments }: Seen): Promise<boolean> {
    if (!(error instanceof HttpError) || this.#deleted.has(name)) return false;
    if (
      isUnusableEndpoint(error) &&
      endpoint &&
      isOurs(endpoint) &&
      deployments.every(isOurs) &&
      !deployments.some(hasSucceeded)
    ) {
      this.#deleted.add(name);
      await this.run.deleteEndpoint('was never created completely');
      return true;
    }
    if (!/in an unrecoverable state/i.test(error.serviceMessage)) return false;
    const found = await this.parts.deployments.get(name);
    if ((found && !isOurs(found)) || (await this.run.hasTraffic(name))) return false;
    this.#deleted.add(name);
    await this.run.deleteDeployment(name, 'failed in an earlier run', { endpoint, deployments: found ? [found] : [] });
    return true;
  }

  /** Waits for what an earlier run, or another one at the same time, has started. */
  async #follow(name: string): Promise<void> {
    this.parts.onProgress({ deploymentName: name });
    await this.run.waitForDeployment(name);
    const found = await this.parts.deployments.get(name);
    if (!found || hasSucceeded(found) || isInTransition(found)) return;
    const error = new NotServingError(
      `The deployment '${name}', which was started before, is ${found.properties.provisioningState}.`,
    );
    await this.#fail(name, error, await this.parts.endpoint.get(), undefined);
  }

  async #scale(name: string, capacity: number): Promise<void> {
    this.context.agent.log(`Changing the deployment '${name}' to ${capacity} instances.`);
    try {
      await this.parts.deployments.scale(name, { name: 'Default', capacity });
    } catch (error) {
      await this.#explain(name, error);
    }
  }

  async #switch(name: string, traffic: Traffic, seen: Seen): Promise<void> {
    const { scoring, mirrorPercent, strategy } = this.options;
    const { endpoint } = seen;
    if (!endpoint) return;
    this.parts.onProgress({ deploymentName: name });
    const isWhole = traffic[name] === 100;
    await scoring.testDeployment(endpoint, name).catch((error: unknown) => this.#failOfTest(name, error, endpoint));
    const before = trafficOf(endpoint);
    if (strategy === 'canary' && !isWhole && mirrorPercent > 0 && traffic[name] !== undefined)
      await this.#mirror(name, endpoint, mirrorPercent);
    const switched = await this.run.setTraffic(endpoint, { traffic });
    try {
      await scoring.testTraffic(switched, isWhole ? name : undefined);
      this.isTested = true;
    } catch (error) {
      if (!(error instanceof NotServingError)) throw error;
      await this.#fail(name, error, switched, before);
    }
  }

  /** Sends copies of requests to a canary, whose answers nobody gets, and shows what it logs. */
  async #mirror(name: string, endpoint: Endpoint, percent: number): Promise<void> {
    const { agent, clock, signal } = this.context;
    const others = Object.keys(mirrorOf(endpoint)).filter((each) => !isSameName(each, name));
    if (others.length > 0) {
      agent.warning(
        `'${others.join(', ')}' gets copies of the requests, and only one deployment can: '${name}' gets none.`,
      );
      return;
    }
    agent.log(`Sending copies of ${percent} % of the requests to '${name}' for ${secondsToMirror} s.`);
    await this.run.setTraffic(endpoint, { traffic: trafficOf(endpoint), mirrorTraffic: { [name]: percent } });
    await clock.sleep(secondsToMirror * 1000, signal);
    const log = await readLog(this.parts.deployments, name, 'InferenceServer');
    if (log) agent.group(`Log of ${name} with copies of requests`, logText(log));
  }

  /** Changes the deployment that serves. If it does not serve then, it becomes what it was. */
  async #update(name: string, seen: Seen): Promise<void> {
    const before = seen.deployments.find((each) => isSameName(each.name, name));
    if (!before || !seen.endpoint) return;
    this.context.agent.log(`Updating the deployment '${name}' in place.`);
    this.parts.onProgress({ deploymentName: name });
    try {
      await this.parts.deployments.put(name, this.#taggedBody(seen, replacedBy(before)), {
        onRunning: this.#progress(name),
      });
      await this.options.scoring.testDeployment(seen.endpoint, name);
      this.isTested = true;
    } catch (error) {
      if (!isOfService(error)) throw continuing(error);
      const diagnosis = await this.#diagnosed(name, error);
      if (this.options.onFailure === 'leave')
        throw new TaskError(`${diagnosis} '${name}' is left as it is.`, { cause: error });
      this.context.agent.log(`Restoring the deployment '${name}'.`);
      await this.run.persist(() => this.parts.deployments.put(name, earlierBody(before)));
      this.parts.onProgress({ isRolledBack: true });
      throw new TaskError(`${diagnosis} '${name}' was restored to what it was.`, { cause: error });
    }
  }

  async #failOfTest(name: string, error: unknown, endpoint: Endpoint): Promise<void> {
    if (!(error instanceof NotServingError)) throw error;
    await this.#fail(name, error, endpoint, undefined);
  }

  async #explain(name: string, error: unknown): Promise<never> {
    if (!isOfService(error)) throw continuing(error);
    throw new TaskError(await this.#diagnosed(name, error), { cause: error });
  }

  async #diagnosed(name: string, error: unknown): Promise<string> {
    const { deployments } = this.parts;
    // A request that was refused at once has created nothing.
    const mayHaveLog =
      !(error instanceof HttpError) || (await deployments.get(name).catch(undefinedIfCall)) !== undefined;
    const sources = { deployments, mayHaveLog, buildLog: this.options.buildLog };
    const diagnosis = await diagnose(name, error, sources, this.context);
    showDiagnosis(diagnosis, this.context);
    return `The deployment '${name}' failed. ${diagnosis.cause}`;
  }

  /**
   * Reports why a deployment does not serve, gives the requests back if they were taken, and removes the deployment as
   * `onFailure` says: the logs are read before. Throws always.
   */
  async #fail(
    name: string,
    error: unknown,
    endpoint: Endpoint | undefined,
    before: Traffic | undefined,
  ): Promise<never> {
    if (!isOfService(error)) throw continuing(error);
    const { onFailure } = this.options;
    let restored = '';
    // Callers come first: the log is read when they are served again.
    if (before !== undefined && endpoint && mainOf(before) !== undefined) {
      await this.run.persist(() => this.run.setTraffic(endpoint, { traffic: before }));
      this.parts.onProgress({ isRolledBack: true });
      restored = ` The traffic is as it was before.`;
    }
    const diagnosis = await this.#diagnosed(name, error);
    const end =
      onFailure === 'leave'
        ? `'${name}' is left for inspection, and costs as much as one that serves.`
        : await this.#removed(name);
    const live = endpoint && mainOf(before ?? trafficOf(endpoint));
    const serves = live !== undefined && !isSameName(live, name) ? ` '${live}' serves as before.` : '';
    if (serves !== '') this.parts.onProgress({ isRolledBack: onFailure !== 'leave' || before !== undefined });
    throw new TaskError(`${diagnosis}${restored}${serves} ${end}`, { cause: error });
  }

  /** Deletes the deployment that does not serve; returns what became of it. */
  async #removed(name: string): Promise<string> {
    try {
      const found = await this.parts.deployments.get(name);
      if (!found) return `'${name}' does not exist.`;
      if (!isOurs(found) || (await this.run.hasTraffic(name))) return `'${name}' is left, because it has requests.`;
      await this.run.persist(() => this.parts.deployments.delete(name));
      return `'${name}' was deleted.`;
    } catch (error) {
      if (this.context.signal.aborted || !(error instanceof TaskError)) throw error;
      return `It is not confirmed that '${name}' was deleted: ${error.message} The next run deletes it, or delete it in the studio of Azure Machine Learning.`;
    }
  }

  #progress(name: string): () => Promise<void> {
    const { agent, clock } = this.context;
    const begin = clock.now();
    let told = 0;
    return () => {
      const minutes = Math.floor((clock.now() - begin) / 60_000);
      if (minutes > told) agent.log(`The deployment '${name}' is being created (${minutes} min).`);
      told = Math.max(told, minutes);
      return Promise.resolve();
    };
  }
}

/** The body by which a deployment becomes what it was. */
function earlierBody({ whole }: Deployment): JsonMap {
  const { location, tags, sku, identity, kind, properties } = whole;
  const body = { location, tags, sku, identity, kind, properties: without(properties, ['provisioningState']) };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== null));
}

/** Whether Azure or the model is at fault, rather than the time or a person who cancelled. */
function isOfService(error: unknown): boolean {
  return error instanceof HttpError || error instanceof OperationError || error instanceof NotServingError;
}

function undefinedIfCall(error: unknown): undefined {
  if (error instanceof CallError) return undefined;
  throw error;
}
