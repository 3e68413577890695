import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import { HttpError } from '../../../http/errors';
import type { JsonMap } from '../../../json';
import { isUnusableEndpoint } from '../api/client';
import type { Deployment } from '../api/deployments';
import type { Endpoint, Traffic } from '../api/endpoints';
import { nextStep } from '../plan/nextStep';
import { hasSucceeded, isInTransition, type Seen, type Step, type Wanted } from '../plan/step';
import { digestOf, generationOf, hasDigest, isOurs, replacedBy, tagsOf } from '../plan/tags';
import { isSameName, mainOf, trafficOf } from '../plan/traffic';
import { overlaid } from './body';
import { EndpointRun, type RunParts } from './endpointRun';
import { changeOf, type Asked, type Outcome } from './outcome';
import { Recovery, ReplacedError, type RecoveryOptions } from './recovery';
import { runSteps } from './runSteps';
import { NotServingError, type Scoring } from './scoring';
import { updateInPlace } from './updateInPlace';

export interface DeployModelOptions extends Asked, Omit<RecoveryOptions, 'digest'> {
  readonly endpointBody: JsonMap;
  /** The whole deployment, without the tags of the step: by the one that serves, if any. */
  readonly bodyFor: (live: Deployment | undefined) => JsonMap;
  readonly scoring: Scoring;
  /** A copy of so many percent of the requests goes to a canary before it answers any. */
  readonly mirrorPercent: number;
  /** Called before a deployment is created. */
  readonly beforeCreation: () => Promise<void>;
}

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
  #digest = '';
  /** Whether the wanted deployment was there during this run. */
  #isCreated = false;
  readonly #recovery: Recovery;
  readonly #deleted = new Set<string>();

  constructor(
    private readonly parts: RunParts,
    private readonly options: DeployModelOptions,
    private readonly context: Context,
  ) {
    this.run = new EndpointRun(parts, context);
    const { onFailure, buildLog } = options;
    this.#recovery = new Recovery(this.run, { onFailure, buildLog, digest: () => this.#digest }, context);
  }

  next(seen: Seen): Step {
    if (!this.#isKnown && seen.endpoint) {
      this.previous = mainOf(trafficOf(seen.endpoint));
      if (this.previous !== undefined) this.parts.onProgress({ previousDeployment: this.previous });
    }
    this.#isKnown = true;
    const wanted = this.#wanted(seen);
    // Two runs that want different versions would delete each other's for ever.
    if (this.#isCreated && !seen.deployments.some((each) => hasDigest(each, wanted.digest)))
      throw new ReplacedError(seen.endpoint);
    return nextStep(seen, wanted);
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
        throw new Error(`'${step.kind}' is nothing to carry out.`);
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
      await this.#recovery.fail(name, error, endpoint, traffic);
    }
  }

  #wanted({ endpoint, deployments }: Seen): Wanted {
    const body = this.#bodyBy(endpoint, deployments);
    this.#digest = digestOf(body, this.parts.endpoint.path);
    return { ...this.options, digest: this.#digest };
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
      this.#isCreated = true;
    } catch (error) {
      if (await this.#isCleared(name, error, seen)) return;
      await this.#recovery.fail(name, error, seen.endpoint, undefined);
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
    this.#isCreated = found !== undefined && hasDigest(found, this.#digest);
    if (!found || hasSucceeded(found) || isInTransition(found)) return;
    const error = new NotServingError(
      `The deployment '${name}', which was started before, is ${found.properties.provisioningState}.`,
    );
    await this.#recovery.fail(name, error, await this.parts.endpoint.get(), undefined);
  }

  async #scale(name: string, capacity: number): Promise<void> {
    this.context.agent.log(`Changing the deployment '${name}' to ${capacity} instances.`);
    try {
      await this.parts.deployments.scale(name, { name: 'Default', capacity });
    } catch (error) {
      throw new TaskError(await this.#recovery.diagnosed(name, error), { cause: error });
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
    await this.#makeNewest(name, mainOf(before), seen);
    if (strategy === 'canary' && !isWhole && mirrorPercent > 0 && traffic[name] !== undefined)
      await this.run.mirror(name, endpoint, mirrorPercent);
    const switched = await this.run.setTraffic(endpoint, { traffic });
    try {
      await scoring.testTraffic(switched, isWhole ? name : undefined);
      this.isTested = true;
    } catch (error) {
      if (!(error instanceof NotServingError)) throw error;
      await this.#recovery.fail(name, error, switched, before);
    }
  }

  /** A deployment that was kept and serves again replaces the newer one: its tags say so. */
  async #makeNewest(name: string, replaces: string | undefined, { deployments }: Seen): Promise<void> {
    const found = deployments.find((each) => isSameName(each.name, name));
    const newest = Math.max(0, ...deployments.map(generationOf));
    if (!found || replaces === undefined || isSameName(replaces, name) || generationOf(found) === newest) return;
    const tags = tagsOf(this.#digest, { generation: newest + 1, replaces });
    await this.parts.deployments.tag(found.name, { ...found.tags, ...tags });
  }

  async #update(name: string, seen: Seen): Promise<void> {
    const before = seen.deployments.find((each) => isSameName(each.name, name));
    if (!before || !seen.endpoint) return;
    const { endpoint } = seen;
    this.parts.onProgress({ deploymentName: name });
    const body = this.#taggedBody(seen, replacedBy(before));
    const test = () => this.options.scoring.testDeployment(endpoint, name);
    const { onFailure } = this.options;
    const change = { before, body, test, onFailure, onRunning: this.#progress(name) };
    await updateInPlace(this.run, this.#recovery, change, this.context);
    this.isTested = true;
  }

  async #failOfTest(name: string, error: unknown, endpoint: Endpoint): Promise<void> {
    if (!(error instanceof NotServingError)) throw error;
    await this.#recovery.fail(name, error, endpoint, undefined);
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
