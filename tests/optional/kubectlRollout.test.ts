import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { kubectlVerdict, type RolloutVerdict } from '../../shared/kubernetes/rollout/rollout';

const kubectl = process.env.KUBECTL ?? '/usr/bin/kubectl';
const deploymentCount = 600;
/** kubectl waits a fifth of a second for each, whatever the machine. */
const processes = 12;

describe('the verdict on a rollout, compared with the real kubectl', function () {
  this.timeout(120_000);
  const deployments = new Map(sampleDeployments().map((deployment) => [deployment.metadata?.name ?? '', deployment]));
  let folder: string;
  let server: http.Server;

  before(async function () {
    if (!isExecutable(kubectl)) {
      process.stderr.write('SKIPPED: name the binary of kubectl in KUBECTL.\n');
      this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
    server = http.createServer((request, response) => answer(deployments, request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    if (!isExecutable(kubectl)) return;
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  it(`has the same result and message for ${deploymentCount} generated statuses`, async () => {
    const names = [...deployments.keys()];
    const shares = Array.from({ length: processes }, (_, share) => names.filter((_, n) => n % processes === share));
    const theirs = new Map((await Promise.all(shares.map(linesOfKubectl))).flat());
    const ours = new Map(names.map((name) => [name, asKubectl(name, kubectlVerdict(deployments.get(name) ?? {}))]));
    assert.equal(theirs.size, deploymentCount);
    for (const [name, line] of theirs) assert.equal(ours.get(name), line, JSON.stringify(deployments.get(name)));
    const states = new Set([...deployments.values()].map((deployment) => kubectlVerdict(deployment).state));
    assert.equal(states.size, 6, 'all states of a rollout should be among the samples');
  });

  /** What kubectl says of each. */
  async function linesOfKubectl(names: readonly string[]): Promise<readonly (readonly [string, string | undefined])[]> {
    const { stdout, stderr } = await rolloutStatus(names);
    // It speaks of them in their order; those that it gives up come together, on the other stream.
    const lines = stdout.split('\n');
    return names.map((name) => {
      const refusal = `deployment "${name}" exceeded its progress deadline`;
      return [name, stderr.includes(refusal) ? refusal : lines.shift()];
    });
  }

  function rolloutStatus(names: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
    const { port } = server.address() as AddressInfo;
    const args = ['rollout', 'status', '--watch=false', `--server=http://127.0.0.1:${port}`];
    // Nothing of the machine's own configuration.
    const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: join(folder, 'none') };
    return new Promise((resolve) => {
      execFile(
        kubectl,
        [...args, `--cache-dir=${folder}`, ...names.map((name) => `deployment/${name}`)],
        { env, maxBuffer: 16 * 1024 * 1024 },
        // It fails whenever one is given up.
        (_error, stdout, stderr) => resolve({ stdout, stderr }),
      );
    });
  }
});

/** Small numbers, so that all relations between them occur; fields may be missing, as zero is on the wire. */
function sampleDeployments(): readonly Deployment[] {
  const count = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
  const condition = fc.record({
    type: fc.constantFrom('Progressing', 'Available', 'ReplicaFailure'),
    status: fc.constantFrom('True', 'False', 'Unknown'),
    reason: fc.constantFrom('ProgressDeadlineExceeded', 'NewReplicaSetAvailable', 'ReplicaSetUpdated'),
  });
  const deployment = fc.record({
    generation: fc.integer({ min: 1, max: 3 }),
    observedGeneration: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 8 }),
    wanted: count,
    replicas: count,
    updatedReplicas: count,
    availableReplicas: count,
    conditions: fc.uniqueArray(condition, { maxLength: 3, selector: ({ type }) => type }),
  });
  return fc.sample(deployment, { seed: 20_261_122, numRuns: deploymentCount }).map(
    ({ generation, wanted, ...status }, index) =>
      // As it travels: what is undefined is not there.
      JSON.parse(
        JSON.stringify({
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: `d${index}`, namespace: 'default', generation, resourceVersion: '1', uid: String(index) },
          spec: {
            replicas: wanted,
            selector: { matchLabels: { app: 'x' } },
            template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'x', image: 'x' }] } },
          },
          status,
        }),
      ) as Deployment,
  );
}

/** The line that kubectl would print. */
function asKubectl(name: string, { state, message }: RolloutVerdict): string {
  switch (state) {
    case 'unobserved':
      return 'Waiting for deployment spec update to be observed...';
    case 'deadlineExceeded':
      return `deployment "${name}" exceeded its progress deadline`;
    case 'done':
      return `deployment "${name}" successfully rolled out`;
    default:
      return `Waiting for deployment "${name}" rollout to finish: ${message}...`;
  }
}

/** As much of an API server as `kubectl rollout status` needs. */
function answer(
  deployments: ReadonlyMap<string, Deployment>,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://server');
  response.setHeader('Content-Type', 'application/json');
  const [, name] = /^\/apis\/apps\/v1\/namespaces\/default\/deployments(?:\/(\w+))?$/.exec(pathname) ?? [];
  if (searchParams.get('watch')) {
    response.flushHeaders(); // Nothing ever happens; the client ends it.
  } else if (name !== undefined) {
    response.end(JSON.stringify(deployments.get(name)));
  } else if (pathname.endsWith('/deployments')) {
    const selected = deployments.get(searchParams.get('fieldSelector')?.replace('metadata.name=', '') ?? '');
    const list = { apiVersion: 'apps/v1', kind: 'DeploymentList', metadata: { resourceVersion: '1' } };
    response.end(JSON.stringify({ ...list, items: selected ? [selected] : [] }));
  } else {
    const found = discovery[pathname];
    response.statusCode = found ? 200 : 404;
    response.end(JSON.stringify(found ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 }));
  }
}

const groupVersion = { groupVersion: 'apps/v1', version: 'v1' };
const discovery: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [] },
  '/apis': {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [{ name: 'apps', versions: [groupVersion], preferredVersion: groupVersion }],
  },
  '/apis/apps/v1': {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'apps/v1',
    resources: [
      {
        name: 'deployments',
        singularName: 'deployment',
        namespaced: true,
        kind: 'Deployment',
        verbs: ['get', 'list', 'watch'],
      },
    ],
  },
};

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
