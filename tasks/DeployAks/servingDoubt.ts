import type { TaskAgent } from '../../shared/agent/agent';
import { InputError, type InputProblem } from '../../shared/errors';
import type { ServiceFacts } from '../../shared/kubernetes/deploy/request';
import type { Doubt, Serving } from '../../shared/kubernetes/serving/chooseServing';
import type { Given } from './inputs';

type Facts = ReadonlySet<keyof ServiceFacts>;

/** What depends on the Deployment that serves, and what on the Service and its port. */
const ofDeployment: Facts = new Set(['scoringUri', 'deploymentName', 'image', 'digest', 'revision', 'previousImage']);
const ofService: Facts = new Set(['scoringUri']);

/**
 * What the outputs do not tell while it is in doubt what serves, with a warning that names the input which settles it.
 * Throws an InputError where more than outputs depends on it, or where an input names something that isn't there.
 */
export function untoldIn(doubt: Doubt, inputs: Given, agent: Pick<TaskAgent, 'warning'>): Facts {
  const { action, strategy, samplePayload, samplePayloadFile } = inputs;
  // Neither renders nor deletes anything else: all objects take part.
  if (action === 'render' || action === 'delete') return new Set();
  const problem = problemOf(doubt);
  const hasSample = (samplePayload ?? samplePayloadFile) !== undefined;
  if (doubt.isUnknown || hasSample || action !== 'deploy' || strategy !== 'rolling') throw new InputError([problem]);
  const untold = doubt.about === 'deployment' ? ofDeployment : ofService;
  agent.warning(`The outputs ${[...untold].join(', ')} are not set. Input '${problem.input}' ${problem.problem}`);
  return untold;
}

/** The Deployment, where only its Service or its port is in doubt. */
export function whatIsTold({ deployment }: { readonly deployment: string | undefined }): Serving | undefined {
  return deployment === undefined
    ? undefined
    : { deployment, container: undefined, service: undefined, port: undefined };
}

function problemOf({ about, isUnknown, of, candidates }: Doubt): InputProblem {
  const input = about === 'port' ? 'scoringPort' : 'serviceName';
  const list = candidates.join(', ') || 'none';
  if (isUnknown && about === 'port') return { input, problem: `names no port of the ${of}. Its ports: ${list}.` };
  if (isUnknown) return { input, problem: `names nothing in the manifests that can serve. They contain: ${list}.` };
  const reasons = {
    deployment: `is required, because the manifests contain several Deployments that may be the service: ${list}. Name one of them, or a Service that selects only its pods`,
    service: `is required, because several Services select the pods of the Deployment ${of}: ${list}. Name the one that receives the requests`,
    port: `is required, because several ports of the ${of} may receive the requests: ${list}. Give the name or the number of one`,
  };
  return { input, problem: `${reasons[about]}.` };
}
