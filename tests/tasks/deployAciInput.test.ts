import assert from 'node:assert/strict';
import { DeployAciAzure } from './deployAciAzure';

const label = 'must have 5 to 63 lowercase letters, digits and hyphens';
const name = 'must consist of letters, digits and _ and must not begin with a digit';

/** What is wrong, and what the error says of it. */
const inputs: readonly (readonly [input: string, value: string, problem: string])[] = [
  ['port', '99999', 'must be a whole number from 1 to 65535'],
  ['port', '0', 'must be a whole number from 1 to 65535'],
  ['cpu', '0', 'must be a number from 0.01 to 64 in steps of 0.01'],
  ['cpu', '0.125', 'in steps of 0.01'],
  ['memoryGb', '0', 'must be a number from 0.1 to 512 in steps of 0.1'],
  ['memoryGb', '1.25', 'in steps of 0.1'],
  ['environment', 'my-var=1', `contains the name 'my-var'. A name ${name}`],
  ['environment', '1abc=2\nGOOD=1\nApp.Name=x', "contains the name '1abc', 'App.Name'."],
  ['environment', '{"a b": 1}', "contains the name 'a b'."],
  ['secrets', 'my.key=secret-value', "contains the name 'my.key'."],
  ['dnsNameLabel', 'Node', label],
  ['dnsNameLabel', 'node', label],
  ['dnsNameLabel', '1-node', label],
  ['dnsNameLabel', 'my-node-', label],
  ['containerGroupName', 'Score', 'must have 1 to 61 lowercase letters'],
  ['containerGroupName', '-score', 'must have 1 to 61 lowercase letters'],
];

const settings: readonly (readonly [yaml: string, finding: string])[] = [
  ['properties: {containers: [{name: My_Model}]}', 'line 1: properties.containers[0].name must have 1 to 63'],
  [
    'properties:\n  containers:\n  - name: a\n    properties:\n      environmentVariables:\n      - {name: a.b, value: x}',
    `line 6: properties.containers[0].properties.environmentVariables[0].name ${name}`,
  ],
  ['properties: {ipAddress: {dnsNameLabel: Node}}', `properties.ipAddress.dnsNameLabel ${label}`],
  ['properties: {ipAddress: {ports: [{port: 0}]}}', 'properties.ipAddress.ports[0].port must be a whole number'],
  [
    'properties: {containers: [{name: a, properties: {ports: [{port: 70000}]}}]}',
    'properties.ports[0].port must be a whole number from 1 to 65535',
  ],
  [
    'properties: {containers: [{name: a, properties: {livenessProbe: {httpGet: {port: 0}}}}]}',
    'livenessProbe.httpGet.port must be a whole number',
  ],
  [
    'properties: {containers: [{name: a, properties: {resources: {requests: {cpu: 0, memoryInGB: 1.23}}}}]}',
    'requests.cpu must be a number from 0.01 to 64 in steps of 0.01',
  ],
  ['properties: {restartPolicy: Sometimes}', 'restartPolicy must be one of Always, OnFailure, Never'],
  ['properties: {osType: BeOS}', 'osType must be one of Linux, Windows'],
  ['properties: {containers: [null]}', 'properties.containers must be a list of maps'],
  ['properties: {containers: {name: a}}', 'properties.containers must be a list of maps'],
  [
    'properties: {ipAddress: {ports: [{port: 9090}]}}',
    'has ports in ipAddress that no container has: 9090. Add them to the ports of a container',
  ],
  ['properties: []', 'properties must be a map'],
  [
    'properties: {containers: [{name: a, properties: {image: [b]}}]}',
    'properties.image must be a single value, not a list or a map',
  ],
  ['properties: {restartPolicy: {a: Always}}', 'restartPolicy must be a single value'],
  ['location: [westeurope]', 'location must be a single value'],
];

describe('DeployAci, before any call,', () => {
  let azure: DeployAciAzure;
  before(async () => (azure = await DeployAciAzure.open()));
  after(() => azure.close());

  async function refused(given: Readonly<Record<string, string>>): Promise<string> {
    azure.azure.requests.clear();
    const agent = await azure.run(given);
    assert.equal(agent.end.result, 'Failed');
    assert.deepEqual(azure.calls(), []);
    return agent.end.message;
  }

  for (const [input, value, problem] of inputs)
    it(`refuses ${input}: ${value.replaceAll('\n', ', ')}`, async () => {
      const message = await refused({ [input]: value });
      assert.ok(message.includes(`'${input}' `) && message.includes(problem), message);
      assert.doesNotMatch(message, /secret-value/);
    });

  for (const [spec, finding] of settings)
    it(`refuses ${spec.replaceAll('\n', ' ')}`, async () => {
      const message = await refused({ spec });
      assert.ok(message.includes("'spec' ") && message.includes(finding), message);
    });

  it('reports everything in one error', async () => {
    const one = new Map(inputs.map(([input, value]) => [input, value] as const));
    const message = await refused({ ...Object.fromEntries(one), spec: settings[3]?.[0] ?? '' });
    for (const input of [...one.keys(), 'spec']) assert.ok(message.includes(`'${input}' `), `${input}: ${message}`);
  });

  it('leaves room in the DNS label for the second group', async () => {
    const dnsNameLabel = 'a'.repeat(62);
    assert.match(await refused({ dnsNameLabel, onImmutableChange: 'sideBySide' }), /at most 61 characters/);
  });

  it('accepts the bounds', async () => {
    for (const given of [
      { dnsNameLabel: 'a'.repeat(63), port: '65535', cpu: '0.01', memoryGb: '0.1' },
      {
        containerGroupName: 'b1',
        dnsNameLabel: 'a1-b2',
        port: '1',
        cpu: '2.25',
        memoryGb: '3.3',
        environment: '_A1=x',
      },
    ]) {
      const agent = await azure.run(given);
      assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    }
  });
});
