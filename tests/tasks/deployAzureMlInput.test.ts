import assert from 'node:assert/strict';
import { AzureMlStage, type Given } from './deployAzureMlStage';

const rows: readonly (readonly [what: string, inputs: Given, problem: RegExp])[] = [
  ['no model', {}, /'modelName' is required, unless 'modelPath', 'modelId', 'databricksModel' or 'image' is given/],
  [
    'two models',
    { modelName: 'a', modelVersion: '1', modelId: '/subscriptions/x' },
    /'modelVersion' cannot be combined with 'modelId'/,
  ],
  ['a path without a name', { modelPath: '.' }, /'modelName' is required when 'modelPath' is given/],
  [
    'a path that is not there',
    { modelName: 'a', modelPath: 'none' },
    /'modelPath' names a file or folder that does not exist/,
  ],
  ['an id that is none', { modelId: 'churn' }, /'modelId' must be a resource id/],
  [
    'Databricks without a connection',
    { databricksModel: 'a.b.c', databricksVersion: '1' },
    /'databricksConnection' is required/,
  ],
  [
    'Databricks without a version',
    { databricksModel: 'a.b.c', databricksUrl: 'https://x' },
    /'databricksVersion' is required/,
  ],
  ['a Databricks model of two parts', { databricksModel: 'b.c' }, /'databricksModel' must be a full name/],
  [
    'code without an environment',
    { modelName: 'a', codeFolder: '.', scoringScript: 's.py' },
    /'codeFolder' needs 'image' or 'environmentReference'/,
  ],
  [
    'code without a script',
    { modelName: 'a', codeFolder: '.', image: 'i' },
    /'scoringScript' is required when 'codeFolder' is given/,
  ],
  [
    'two environments',
    { modelName: 'a', image: 'i', environmentReference: 'e:1' },
    /'environmentReference' cannot be combined with 'image'/,
  ],
  [
    'a secret in plain text',
    { modelName: 'a', secrets: 'KEY=hunter22222' },
    /'secrets' contains KEY, which must be references/,
  ],
  [
    'a name in both',
    { modelName: 'a', environment: 'K=1', secrets: 'K=${{keyvault:https://v/secrets/k}}' },
    /'secrets' contains K, which 'environment' contains too/,
  ],
  ['a cluster size without a cluster', { modelName: 'a', cpu: '1' }, /'cpu' applies only with 'computeName'/],
  [
    'fewer than the least',
    { modelName: 'a', computeName: 'k', minReplicas: '3', maxReplicas: '2' },
    /'maxReplicas' must not be less/,
  ],
  ['Entra in a cluster', { modelName: 'a', computeName: 'k', authMode: 'aadToken' }, /'authMode' must not be aadToken/],
  ['a long request', { modelName: 'a', requestTimeoutSeconds: '200' }, /'requestTimeoutSeconds' must be at most 180/],
  ['a bad endpoint name', { modelName: 'a', endpointName: '1a' }, /'endpointName' must have 3 to 32 letters/],
  ['a bad deployment name', { modelName: 'a', deploymentName: 'a_b' }, /'deploymentName' must have 3 to 32 letters/],
  [
    'a setting beside properties',
    { modelName: 'a', spec: 'instanceType: x' },
    /line 1: instanceType is not a field of a deployment/,
  ],
  [
    'a duration that is none',
    { modelName: 'a', spec: 'properties: {requestSettings: {requestTimeout: 5}}' },
    /requestTimeout must be a duration/,
  ],
  [
    'a map where a text belongs',
    { modelName: 'a', spec: 'properties: {model: {a: 1}}' },
    /properties\.model must be a single value/,
  ],
];

describe('DeployAzureMl, before any call,', () => {
  let stage: AzureMlStage;
  before(async () => (stage = await AzureMlStage.open()));
  after(() => stage.close());

  for (const [what, inputs, problem] of rows)
    it(`refuses ${what}`, async () => {
      const agent = await stage.run(inputs);
      assert.equal(agent.end.result, 'Failed', agent.end.message);
      assert.match(agent.end.message, problem);
      assert.doesNotMatch(agent.text(), /hunter2/);
      assert.deepEqual(stage.azure.requests.list(), []);
    });
});
