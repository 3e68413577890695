import assert from 'node:assert/strict';
import type { ContainerView } from '../../../sandbox/azure/containerGroups/containerTimeline';
import type { AddressBody } from '../../../sandbox/azure/containerGroups/groupBody';
import { ArmClient, group } from './armClient';

const type = 'Microsoft.ContainerInstance/containerGroups';
const version = '?api-version=2023-05-01';
const idOf = (name: string) => `${group}/providers/${type}/${name}`;
const identityId = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/puller`;

interface Container {
  readonly name: string;
  readonly properties: { readonly image: string; readonly instanceView?: ContainerView };
}
interface Properties {
  readonly provisioningState: string;
  readonly containers: readonly Container[];
  readonly instanceView?: { readonly state: string };
  readonly ipAddress?: AddressBody & { readonly ip?: string; readonly fqdn?: string };
}

/** The body of a scoring service. */
const bodyOf = (image: string, properties: object = {}, container: object = {}) => ({
  location: 'West Europe',
  properties: {
    osType: 'Linux',
    containers: [
      {
        name: 'score',
        properties: {
          image,
          ports: [{ port: 5001 }],
          resources: { requests: { cpu: 1, memoryInGB: 1.5 } },
          ...container,
        },
      },
    ],
    ipAddress: { type: 'Public', ports: [{ port: 5001 }], dnsNameLabel: 'score' },
    ...properties,
  },
});

describe('Azure sandbox: container groups', () => {
  const arm = new ArmClient();
  beforeEach(() => arm.start());
  after(() => arm.close());

  const put = (body: object, name = 'score') => arm.send('PUT', idOf(name) + version, body);
  const refused = (body: object, name = 'score') => arm.refusal('PUT', idOf(name) + version, body);
  const post = (action: string) => arm.send('POST', `${idOf('score')}/${action}${version}`);
  const propertiesOf = (json: Readonly<Record<string, unknown>>) => json['properties'] as Properties;
  const get = async () => propertiesOf((await arm.send('GET', idOf('score') + version)).json);
  const view = async () => (await get()).containers[0]?.properties.instanceView;
  async function deploy(image: string, properties: object = {}, container: object = {}): Promise<void> {
    assert.ok((await put(bodyOf(image, properties, container))).status < 300);
    arm.pass(60);
  }

  it('are created by an operation whose URL is only in a header', async () => {
    const begun = await put(bodyOf('models.azurecr.io/score:1'));
    const operation = begun.headers.get('azure-asyncoperation') ?? '';
    assert.deepEqual(
      [begun.status, begun.headers.get('location'), begun.headers.get('retry-after')],
      [201, null, null],
    );
    const first = propertiesOf(begun.json);
    assert.deepEqual(
      [first.provisioningState, first.instanceView, first.containers[0]?.properties.instanceView, first.ipAddress?.ip],
      ['Pending', { events: [], state: 'Pending' }, undefined, undefined],
    );
    const poll = async () => {
      const { status, json } = await arm.send('GET', operation);
      const { events } = json['properties'] as { readonly events: readonly { readonly name: string }[] };
      return [status, json['id'], json['status'], events.map(({ name }) => name)];
    };
    assert.deepEqual(await poll(), [200, idOf('score'), 'Pending', []]);
    arm.pass(5);
    assert.deepEqual(await poll(), [200, idOf('score'), 'Succeeded', ['Pulling', 'Pulled', 'Started']]);

    const properties = await get();
    assert.deepEqual(
      [properties.provisioningState, properties.instanceView?.state, properties.ipAddress?.fqdn],
      ['Succeeded', 'Running', 'score.westeurope.azurecontainer.io'],
    );
    assert.equal(properties.containers[0]?.properties.instanceView?.currentState.state, 'Running');
    const { json } = await arm.send('GET', `${group}/providers/${type}${version}`);
    const [listed] = json['value'] as readonly { readonly properties: Properties }[];
    assert.equal(listed?.properties.instanceView, undefined);
  });

  it('report success of the operation although their container failed', async () => {
    await deploy('score-crash', { restartPolicy: 'Never' });
    const { provisioningState, instanceView, containers } = await get();
    const { currentState, restartCount } = containers[0]?.properties.instanceView ?? {};
    assert.deepEqual(
      [provisioningState, instanceView?.state, currentState?.state, currentState?.exitCode, restartCount],
      ['Succeeded', 'Failed', 'Terminated', 1, 0],
    );
    assert.equal(currentState?.detailStatus, 'Error');
    assert.deepEqual((await refused(bodyOf('score:2', { restartPolicy: 'Never' }))).slice(0, 2), [
      400,
      'InvalidContainerGroupUpdate',
    ]);
  });

  it('restart a container with increasing delays', async () => {
    await deploy('score-oom');
    const now = await view();
    assert.equal(now?.currentState.state, 'Waiting');
    assert.match(now.currentState.detailStatus, /^CrashLoopBackOff: Back-off 40s/);
    assert.deepEqual([now.restartCount, now.previousState?.exitCode], [2, 137]);
    assert.equal(now.previousState?.detailStatus, 'OOMKilled');
    assert.equal(now.events.find(({ name }) => name === 'Started')?.count, 3);
    arm.pass(3600);
    assert.ok(((await view())?.restartCount ?? 0) > 10);
  });

  it('restart only failed containers with the policy OnFailure', async () => {
    arm.azure.containerInstances.images.set('batch', { endsAfterSeconds: 5 });
    await deploy('batch', { restartPolicy: 'OnFailure' });
    assert.equal((await get()).instanceView?.state, 'Succeeded');
    assert.equal((await view())?.currentState.detailStatus, 'Completed');
  });

  it('kill containers that fail their liveness probe, and count failures of readiness probes', async () => {
    const probe = { httpGet: { path: '/healthz', port: 5001 }, periodSeconds: 5 };
    await deploy('score-unready', {}, { livenessProbe: probe, readinessProbe: probe });
    const { restartCount = 0, events = [] } = (await view()) ?? {};
    assert.ok(restartCount > 0);
    const unhealthy = events.filter(({ name }) => name === 'Unhealthy');
    assert.deepEqual(
      unhealthy.map(({ type: kind, message }) => [kind, message.split(' ')[0]]),
      [
        ['Warning', 'Liveness'],
        ['Warning', 'Readiness'],
      ],
    );
    assert.ok((unhealthy[0]?.count ?? 0) >= 3);
  });

  it('respond to requests when they are ready, at a port of the loopback address', async () => {
    arm.azure.containerInstances.images.set('score', {
      readyAfterSeconds: 30,
      answer: ({ method, path, body }, { environment, log }) => {
        log(`${method} ${path}`);
        const answered = JSON.stringify({ key: environment['KEY'], asked: body.toString() });
        return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(answered) };
      },
    });
    const environmentVariables = [{ name: 'KEY', secureValue: 'a secret' }];
    await put(bodyOf('score@sha256:00', {}, { environmentVariables }));
    arm.pass(6);
    const { fqdn = '', ip = '' } = (await get()).ipAddress ?? {};
    const ask = () =>
      fetch(`${arm.azure.containerInstances.urlOf(fqdn, 5001)}/score?x=1`, { method: 'POST', body: '[1]' });
    await assert.rejects(ask);
    arm.pass(30);
    assert.deepEqual(await (await ask()).json(), { key: 'a secret', asked: '[1]' });
    assert.ok(arm.azure.containerInstances.urlOf(ip, 5001));
    assert.throws(() => arm.azure.containerInstances.urlOf(fqdn, 80));
    const logs = `${idOf('score')}/containers/score/logs${version}`;
    assert.equal((await arm.send('GET', logs)).json['content'], 'POST /score?x=1\n');
    await post('stop');
    await assert.rejects(ask);
  });

  it('never return secrets', async () => {
    const { json } = await put(
      bodyOf(
        'models.azurecr.io/score',
        {
          imageRegistryCredentials: [{ server: 'models.azurecr.io', username: 'me', password: 'hush' }],
          volumes: [
            { name: 'a', secret: { key: 'hush' } },
            { name: 'b', azureFile: { shareName: 's', storageAccountKey: 'hush' } },
          ],
        },
        { environmentVariables: [{ name: 'KEY', secureValue: 'hush' }] },
      ),
    );
    assert.doesNotMatch(JSON.stringify(json), /hush/);
  });

  it('keep the log since the last start', async () => {
    const logs = `${idOf('score')}/containers/score/logs${version}`;
    await put(bodyOf('score-crash'));
    assert.deepEqual((await arm.refusal('GET', logs)).slice(0, 2), [409, 'ContainerGroupDeploymentNotReady']);
    arm.pass(60);
    const content = async (query: string) => (await arm.send('GET', logs + query)).json['content'];
    assert.match(String(await content('')), /^Traceback.*\n/);
    assert.equal(await content('&tail=1'), "ModuleNotFoundError: No module named 'sklearn'\n");
    assert.match(String(await content('&tail=1&timestamps=true')), /^2026-\d\d-\d\dT[\d:.]{12}Z ModuleNotFoundError/);
    const other = `${idOf('score')}/containers/other/logs${version}`;
    assert.equal((await arm.send('GET', other)).status, 404);
  });

  it('are updated in place, and not restarted when nothing changes', async () => {
    await deploy('score:1');
    const { ip } = (await get()).ipAddress ?? {};
    const same = await put(bodyOf('score:1'));
    assert.deepEqual(
      [same.status, same.headers.get('azure-asyncoperation'), propertiesOf(same.json).provisioningState],
      [200, null, 'Succeeded'],
    );
    const changed = await put(bodyOf('score:2'));
    assert.deepEqual([changed.status, propertiesOf(changed.json).provisioningState], [200, 'Pending']);
    assert.deepEqual(await refused(bodyOf('score:3')), [
      409,
      'ContainerGroupTransitioning',
      "The container group 'score' is still transitioning, please retry later.",
    ]);
    assert.equal((await post('restart')).status, 409);
    arm.pass(60);
    const after = await get();
    assert.deepEqual([after.containers[0]?.properties.image, after.ipAddress?.ip], ['score:2', ip]);
  });

  it('reject changes of immutable properties', async () => {
    await deploy('score:1');
    const resources = { requests: { cpu: 2, memoryInGB: 1.5 } };
    for (const body of [
      bodyOf('score:1', { restartPolicy: 'Never' }),
      bodyOf('score:1', { osType: 'Windows' }),
      bodyOf('score:1', { subnetIds: [{ id: 'subnet' }] }),
      bodyOf('score:1', {}, { resources }),
    ]) {
      const [status, code, message] = await refused(body);
      assert.deepEqual([status, code], [400, 'InvalidContainerGroupUpdate']);
      assert.match(String(message), /^The updates on container group 'score' are invalid\./);
    }
    const elsewhere = { ...bodyOf('score:1'), location: 'northeurope' };
    assert.deepEqual((await refused(elsewhere)).slice(0, 2), [409, 'InvalidResourceLocation']);
  });

  it('reject images that are not accessible, without the reason', async () => {
    for (const image of ['models.azurecr.io/score-not-found:1', 'unauthorized']) {
      assert.deepEqual(await refused(bodyOf(image)), [
        400,
        'InaccessibleImage',
        `The image '${image}' in container group 'score' is not accessible. Please check the image and registry credential.`,
      ]);
    }
    assert.deepEqual((await refused(bodyOf('registry-error'))).slice(0, 2), [409, 'RegistryErrorResponse']);
    assert.equal((await arm.send('GET', idOf('score') + version)).status, 404);
  });

  it('pull with an identity only if it is assigned to the group', async () => {
    arm.azure.containerInstances.images.set('models.azurecr.io/score', { credentials: { identity: identityId } });
    const credential = { server: 'models.azurecr.io', identity: identityId };
    const body = bodyOf('models.azurecr.io/score:1', { imageRegistryCredentials: [credential] });
    assert.deepEqual(await refused(body), [
      400,
      'InvalidImageRegistryIdentity',
      "The identity in the 'imageRegistryCredentials' of container group 'score' not found in container group identity list.",
    ]);
    const identity = { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } };
    const ambiguous = bodyOf('score', { imageRegistryCredentials: [{ ...credential, username: 'me' }] });
    assert.equal((await refused({ ...ambiguous, identity }))[1], 'AmbiguousImageResitryCredentialType');
    assert.equal((await refused(bodyOf('models.azurecr.io/score:1')))[1], 'InaccessibleImage');
    assert.equal((await put({ ...body, identity })).status, 201);
  });

  it('enforce unique DNS labels, the core quota and the capacity', async () => {
    const { containerInstances } = arm.azure;
    await put(bodyOf('score'));
    assert.deepEqual(await refused(bodyOf('score'), 'other'), [
      400,
      'DnsNameLabelAlreadyTaken',
      "The DNS name label 'score' in container group 'other' is not available. Try using a different label.",
    ]);
    const reuse = { autoGeneratedDomainNameLabelScope: 'ResourceGroupReuse' };
    const ipAddress = { ...bodyOf('').properties.ipAddress, ...reuse };
    assert.equal((await put(bodyOf('score', { ipAddress }), 'other')).status, 201);

    containerInstances.quotas.set('westeurope', 2);
    assert.deepEqual(await refused(bodyOf('score', { ipAddress: undefined }), 'third'), [
      400,
      'ContainerGroupQuotaReached',
      "Resource type 'Microsoft.ContainerInstance/containerGroups' container group quota 'StandardCores' exceeded in region 'westeurope'. Limit: '2', Usage: '2' Requested: '1'.",
    ]);
    containerInstances.quotas.clear();
    containerInstances.capacity.set('westeurope', 'refused');
    assert.deepEqual(await refused(bodyOf('score', { ipAddress: undefined }), 'third'), [
      409,
      'ServiceUnavailable',
      "The requested resource is not available in the location 'westeurope' at this moment. Please retry with a different resource request or in another location. Resource requested: '1' CPU '1.5' GB memory 'Linux' OS",
    ]);
  });

  it('fail after a delay when there is no capacity, with only an event', async () => {
    arm.azure.containerInstances.capacity.set('westeurope', 'failing');
    const operation = (await put(bodyOf('score'))).headers.get('azure-asyncoperation') ?? '';
    assert.equal((await arm.send('GET', operation)).json['status'], 'Pending');
    arm.pass(25);
    const { json } = await arm.send('GET', operation);
    const { events } = json['properties'] as { readonly events: readonly { readonly name: string }[] };
    assert.deepEqual(
      [json['status'], json['error'], events[0]?.name, (await get()).provisioningState],
      ['Failed', undefined, 'InsufficientCapacity.', 'Failed'],
    );
  });

  it('reject groups without required properties', async () => {
    const { properties, location } = bodyOf('score');
    for (const [body, code] of [
      [{ properties }, 'LocationRequired'],
      [{ location }, 'InvalidRequestContent'],
      [{ location, properties: { ...properties, osType: 'BeOS' } }, 'InvalidOsType'],
      [{ location, properties: { ...properties, containers: [] } }, 'InvalidRequestContent'],
      [bodyOf('score', {}, { resources: { requests: { cpu: 1 } } }), 'InvalidRequestContent'],
    ] as const)
      assert.equal((await refused(body))[1], code);
    assert.equal((await refused(bodyOf('score'), 'Score'))[1], 'InvalidContainerGroupName');
    const nowhere = idOf('score').replace('models', 'nowhere') + version;
    assert.equal((await arm.refusal('PUT', nowhere, bodyOf('score')))[1], 'ResourceGroupNotFound');
  });

  it('reject names, ports and resources that Azure does not have, in its words', async () => {
    const withAddress = (ipAddress: object, container: object = { ports: [{ port: 5001 }] }) =>
      bodyOf('score', { ipAddress: { type: 'Public', ports: [{ port: 5001 }], ...ipAddress } }, container);
    for (const [body, code, words] of [
      [
        bodyOf('score', {}, { environmentVariables: [{ name: 'discovery.type', value: 'single-node' }] }),
        'InvalidContainerEnvironmentVariable',
        "must start with alphabetic character or '_'",
      ],
      [
        withAddress({ dnsNameLabel: 'node' }),
        'InvalidDnsNameLabel',
        'The value must be between 5 and 63 characters long.',
      ],
      [withAddress({ ports: [] }), 'MissingIpAddressPorts', "The ports in the 'ipAddress'"],
      [
        withAddress({}, { ports: [] }),
        'IpAddressPortsNotUsed',
        "Following ports '5001' in the 'ipAddress' are not used",
      ],
      [withAddress({ ports: [{ port: 99_999 }] }), 'InvalidPort', 'between 1 and 65535'],
      [
        bodyOf('score', {}, { resources: { requests: { cpu: 0, memoryInGB: 1 } } }),
        'InvalidResourceRequests',
        'multiple of 0.01',
      ],
      [
        bodyOf('score', {}, { resources: { requests: { cpu: 2, memoryInGB: 4 }, limits: { cpu: 1 } } }),
        'ResourceLimitsLessThanRequests',
        "The 'Cpu' limit value must be greater than or equal to the request value.",
      ],
    ] as const) {
      const refusal = await refused(body);
      assert.equal(refusal[1], code);
      assert.ok(String(refusal[2]).includes(words), String(refusal[2]));
    }
  });

  it('reject another workspace for their logs, and do not return its key', async () => {
    const logs = (workspaceId: string) => ({ diagnostics: { logAnalytics: { workspaceId, workspaceKey: 'hush' } } });
    await deploy('score', logs('one'));
    assert.doesNotMatch(JSON.stringify(await get()), /hush/);
    assert.equal((await refused(bodyOf('score', logs('two'))))[1], 'InvalidContainerGroupUpdate');
  });

  it('stop, start by an operation, and restart', async () => {
    await deploy('score');
    assert.equal((await post('start')).status, 204);
    assert.equal((await post('stop')).status, 204);
    const stopped = await get();
    assert.deepEqual(
      [stopped.instanceView?.state, stopped.containers[0]?.properties.instanceView?.currentState.state],
      ['Stopped', 'Terminated'],
    );
    const begun = await post('start');
    const location = begun.headers.get('location') ?? '';
    assert.equal(begun.status, 202);
    const running = await arm.send('GET', location);
    assert.deepEqual([running.status, running.headers.get('location')], [202, location]);
    arm.pass(5);
    assert.deepEqual([(await arm.send('GET', location)).status, (await get()).instanceView?.state], [204, 'Running']);
    assert.equal((await post('restart')).status, 204);
    assert.equal((await get()).provisioningState, 'Pending');
  });

  it('change their tags, and are deleted', async () => {
    await deploy('score');
    const tags = { run: '17' };
    assert.deepEqual((await arm.send('PATCH', idOf('score') + version, { tags })).json['tags'], tags);
    const remove = () => arm.send('DELETE', idOf('score') + version);
    const gone = await remove();
    assert.deepEqual([gone.status, gone.json['name']], [200, 'score']);
    assert.equal((await remove()).status, 204);
    assert.equal((await arm.send('GET', idOf('score') + version)).status, 404);
  });

  it('run faster by a given factor', async () => {
    await arm.start({ timeScale: 10 });
    await put(bodyOf('score'));
    arm.pass(1);
    assert.equal((await get()).provisioningState, 'Succeeded');
  });
});
