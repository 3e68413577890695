import type { Context } from '../../../agent/context';
import { TaskError } from '../../../errors';
import { promotionStep, rejectionStep } from '../plan/canaryStep';
import type { Seen, Step } from '../plan/step';
import { isOurs } from '../plan/tags';
import { isSameName, mainOf, shareOf, trafficOf, trafficText } from '../plan/traffic';
import { EndpointRun, type RunParts } from './endpointRun';
import { changeOf, type Outcome } from './outcome';
import { runSteps } from './runSteps';
import { NotServingError, type Scoring } from './scoring';

export interface CanaryOptions {
  readonly action: 'promote' | 'reject';
  readonly deploymentName?: string | undefined;
  readonly keepsOld: boolean;
  readonly scoring: Scoring;
}

/**
 * Gives all requests to the canary, and deletes the deployment that it replaces; or takes them from it, and deletes it. A
 * deployment that has replaced one that was kept can be rejected, too. Does nothing when that has been done. A canary that fails the test after it was promoted has its share again.
 */
export async function decideCanary(parts: RunParts, options: CanaryOptions, context: Context): Promise<Outcome> {
  const run = new EndpointRun(parts, context);
  const plan = options.action === 'promote' ? promotionStep : rejectionStep;
  let previous: string | undefined;
  const { step, seen, did } = await runSteps(
    run,
    (found) => {
      previous ??= found.endpoint && mainOf(trafficOf(found.endpoint));
      return plan(found, options);
    },
    (next, found) => carryOut(run, next, found, options),
    context,
  );
  const { endpoint } = seen;
  if (!endpoint) throw new TaskError('The endpoint was deleted by somebody else meanwhile. Run the step again.');
  parts.onProgress({ deploymentName: step.name, previousDeployment: previous });
  const deployment = seen.deployments.find(({ name }) => isSameName(name, step.name));
  return { endpoint, deployment, change: changeOf(did, previous), isCanary: false };
}

async function carryOut(run: EndpointRun, step: Step, seen: Seen, { scoring, action }: CanaryOptions): Promise<void> {
  switch (step.kind) {
    case 'waitForEndpoint':
      return run.waitForEndpoint();
    case 'waitForDeployment':
      return run.waitForDeployment(step.name);
    case 'deleteDeployment':
      return run.deleteDeployment(step.name, step.reason, seen);
    case 'switch': {
      const { endpoint } = seen;
      if (!endpoint) return;
      // A canary that is rejected may be down: what served before it gets the requests at once.
      if (action === 'promote') await scoring.testDeployment(endpoint, step.name);
      const switched = await run.setTraffic(endpoint, { traffic: step.traffic });
      try {
        await scoring.testTraffic(switched, step.name);
      } catch (error) {
        if (action === 'reject' || !(error instanceof NotServingError)) throw error;
        const before = trafficOf(endpoint);
        await run.persist(() => run.setTraffic(switched, { traffic: before }));
        run.parts.onProgress({ isRolledBack: true });
        throw new TaskError(`${error.message} The traffic is as it was before: ${trafficText(before)}.`, {
          cause: error,
        });
      }
      return;
    }
    default:
      throw new Error(`'${step.kind}' is nothing to do with a canary.`);
  }
}

/** Deletes an endpoint with its deployments, or one deployment of it. Returns whether there was one. */
export async function deleteEndpoint(
  parts: RunParts,
  { deploymentName }: { readonly deploymentName: string | undefined },
  context: Context,
): Promise<boolean> {
  const run = new EndpointRun(parts, context);
  const seen = await run.look();
  const { endpoint, deployments } = seen;
  if (!endpoint) return false;
  if (deploymentName === undefined) {
    const foreign = [endpoint, ...deployments].find((each) => !isOurs(each));
    if (foreign) throw foreignError(foreign === endpoint ? 'endpoint' : 'deployment', foreign.name);
    await run.persist(() => run.deleteEndpoint('is no longer wanted'));
    return true;
  }
  const found = deployments.find(({ name }) => isSameName(name, deploymentName));
  if (!found) return false;
  if (!isOurs(found)) throw foreignError('deployment', found.name);
  const share = shareOf(trafficOf(endpoint), found.name);
  if (share > 0)
    throw new TaskError(
      `The deployment '${found.name}' has ${share} % of the requests. Nothing was deleted. Promote another deployment first, or delete the endpoint.`,
    );
  await run.persist(() => run.deleteDeployment(found.name, 'is no longer wanted', seen));
  return true;
}

function foreignError(what: string, name: string): TaskError {
  return new TaskError(
    `The ${what} '${name}' was not created by this task: it lacks the tag 'model-pipeline-settings'. Nothing was deleted. Delete it in the studio of Azure Machine Learning.`,
  );
}
