import { type Answer, jsonType, type Received } from '../../../http/httpServer';
import type { OnlineDeployment, RollOut } from '../deployments/onlineDeployment';
import type { MlSettings } from '../settings';
import type { ModelAnswer, ModelRequest } from './runningModel';

const failed = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers: { ...jsonType, ...headers },
  body: Buffer.from(JSON.stringify({ error: { code, message } })),
  errorCode: code,
});

/** What a deployment answers, as the front of the endpoint passes it on. */
export async function answerOf(
  deployment: OnlineDeployment,
  received: Received,
  { settings, clock }: { readonly settings: MlSettings; readonly clock: { now(): number } },
): Promise<Answer> {
  const { serving } = deployment;
  if (!serving) return failed(404, 'NotFound', 'The deployment is not ready.');
  const { rollOut, since } = serving;
  const { maxConcurrentRequests, requestTimeoutSeconds } = rollOut.body;
  if (clock.now() < since + settings.durations.warmUp * 1000) {
    return modelFailed({ status: 502, headers: {}, body: Buffer.from('') }, 'Bad Gateway');
  }
  if (deployment.requestsInFlight >= 2 * maxConcurrentRequests * deployment.body.capacity) {
    return failed(429, 'TooManyRequests', 'The deployment has more requests than it can take.', { 'retry-after': '1' });
  }
  if ((rollOut.behaviour.answerSeconds ?? 0) > requestTimeoutSeconds) {
    return failed(408, 'RequestTimeout', 'The model took longer than the request timeout of the deployment.');
  }
  deployment.requestsInFlight += 1;
  const started = performance.now();
  try {
    const answer = await askModel(deployment, rollOut, requestOf(received));
    const isPassedOn = answer.status >= 200 && answer.status < 300;
    const headers = {
      'x-ms-run-function-failed': String(answer.status === 500),
      'x-ms-run-fn-exec-ms': (performance.now() - started).toFixed(3),
    };
    if (!isPassedOn) return modelFailed(answer, 'model_error', headers);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  } finally {
    deployment.requestsInFlight -= 1;
  }
}

/** Any other answer of the model than a success reaches the caller as 424. */
function modelFailed(answer: ModelAnswer, reason: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status: 424,
    headers: {
      ...headers,
      ...answer.headers,
      'ms-azureml-model-error-statuscode': String(answer.status),
      'ms-azureml-model-error-reason': reason,
    },
    body: answer.body,
  };
}

async function askModel(
  { name: deploymentName }: OnlineDeployment,
  { behaviour, model, body, lines }: RollOut,
  request: ModelRequest,
): Promise<ModelAnswer> {
  const call = { deploymentName, environment: body.environmentVariables, log: (line: string) => lines.push(line) };
  if (behaviour.answer) return behaviour.answer(request, call);
  try {
    if (model) return await model.answer(request);
  } catch (error) {
    lines.push(String(error));
    return { status: 502, headers: {}, body: Buffer.from(String(error)) };
  }
  return { status: 200, headers: { ...jsonType }, body: Buffer.from(JSON.stringify(`Answer of ${deploymentName}`)) };
}

function requestOf({ method, url, headers, body }: Received): ModelRequest {
  const passed = Object.entries(headers).flatMap(([name, value]) =>
    // The key of the endpoint is not for the model.
    value === undefined || name === 'authorization' ? [] : [[name, value] as const],
  );
  return { method, path: url.pathname + url.search, headers: Object.fromEntries(passed), body };
}
