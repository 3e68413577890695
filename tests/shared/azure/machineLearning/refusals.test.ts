import assert from 'node:assert/strict';
import { filled } from '../../../../shared/causes/cause';
import { logCauses, refusals, type Refusal } from '../../../../shared/azure/machineLearning/causes/refusals';

/** Messages as people have reported them, and as Microsoft documents them; the sources are in the table. */
const rows: readonly (readonly [message: string, cause: RegExp])[] = [
  [
    'BadRequest VmSize: Not enough quota available for Standard_F4s_v2 in SubscriptionId 1. Current usage/limit: 0/6. Additional needed: 8',
    /^The quota is exhausted: the deployment needs 8 more cores of Standard_F4s_v2, and 0 of 6 are in use/,
  ],
  [
    'OutOfQuota The amount of CPU quota requested is 72 and your maximum amount of quota is [N/A]',
    /needs 72 CPU cores, and the quota is \[N\/A\]/,
  ],
  [
    'OutOfQuota Kubernetes unschedulable. Details:0/1 nodes are available: 1 Too many pods',
    /^No node of the cluster can take the deployment/,
  ],
  [
    'Endpoint Quota reached for subscription 1. Current usage/limit: 300/300. Please clean up existing endpoints and try again',
    /has 300 of at most 300 endpoints/,
  ],
  [
    'There is already an endpoint with this name, Endpoint name needs to be unique within a region. Try some other name.',
    /^The name of the endpoint is taken in this region/,
  ],
  [
    "SubscriptionNotRegistered Resource provider [N/A] isn't registered with Subscription [N/A]",
    /Microsoft\.PolicyInsights and Microsoft\.Cdn/,
  ],
  [
    'BadArgument Endpoint identity does not have pull permission on the registry.',
    /AcrPull on the registry, wait at least 5 minutes/,
  ],
  ['BadArgument The request is invalid: unable to download user container image', /^The image cannot be pulled/],
  ['BadArgument unable to download user model', /^The model cannot be downloaded/],
  [
    "ImageBuildFailure the build log under the storage account 'a' in the container 'c' at the path 'p'",
    /^The image of the environment could not be built/,
  ],
  ['Deployment failed due to no Environment Image available', /^The image of the environment could not be built/],
  [
    'ResourceNotReady User container has crashed or terminated: Liveness probe failed: HTTP probe failed with statuscode: 502',
    /its Liveness probe failed/,
  ],
  ['OutOfCapacity', /no free machines of this instance type/],
  ['InternalServerError Internal error. Please see troubleshooting guide', /^Azure gives no reason\. Known causes/],
  [
    'UserError: The specified resource was not found. Model container with name: x not found.',
    /^The workspace has no such model/,
  ],
  [
    'Asset x was deleted at 2026-01-01, it cannot be recreated. Please try again with a different version.',
    /Use another version/,
  ],
  ['SecretsInjectionError', /A reference to a secret cannot be resolved/],
];
const logs: readonly (readonly [message: string, cause: RegExp])[] = [
  [
    'A required package azureml-inference-server-http is missing. Please install',
    /lacks the package azureml-inference-server-http/,
  ],
  ["ModuleNotFoundError: No module named 'sklearn'", /^The Python package 'sklearn' is missing/],
  ['Loading the model\nKilled', /needs more memory/],
];

function causeOf(table: readonly Refusal[], message: string): string {
  const found = table.find(({ message: pattern }) => pattern.test(message));
  return found ? filled(found.cause, found, message) : '';
}

describe('what a message of Azure Machine Learning means', () => {
  for (const [message, cause] of rows) it(message, () => assert.match(causeOf(refusals, message), cause));
  for (const [message, cause] of logs)
    it(`in a log: ${message}`, () => assert.match(causeOf(logCauses, message), cause));

  it('is never told of an ordinary message', () => {
    assert.equal(causeOf(refusals, 'BadRequest The instance type Standard_X is not supported.'), '');
    assert.equal(causeOf(logCauses, 'INFO Killing time\nmodel loaded'), '');
  });
});
