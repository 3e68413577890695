import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { renderReport } from '../../sandbox/agent/renderReport';
import { runPipeline } from '../../sandbox/agent/runPipeline';
import type { ConnectionOptions } from '../../sandbox/agent/tasks/connections';
import { startSandbox, type Sandbox, type SandboxDescription } from '../../sandbox/sandbox';
import { projectRoot } from '../../tools/commandLine';
import { builtExtension } from '../support/builtTasks';
import { FakeNotebooks, finished } from '../sandbox/databricks/workspaceClient';
import { sharedAuthority, sharedSigningKeys } from '../support/sharedKeys';

const runSeconds = 90;
const clusterStartSeconds = 30;
const tokenSeconds = 20;
/** LoadModelVariables does not sign in. */
const offlineSteps = 1;
/**
 * Passes after each look at a cluster or run, and no other time does: how often a step looks, and whether a token is still
 * valid when it arrives, does not depend on the machine.
 */
const lookSeconds = 30;
const isLook = /^GET \/api\/[\d.]+\/(clusters|jobs\/runs)\/get\b/;

/** An authentication method: the service connection, and its differences from the other methods. */
interface Way {
  readonly title: string;
  readonly connection: (sandbox: SandboxDescription) => Omit<ConnectionOptions, 'name'>;
  readonly environment?: (sandbox: SandboxDescription) => Record<string, string>;
  /** Whether it has tokens that expire. */
  readonly isRenewed: boolean;
}

const certificate = await generate([{ name: 'commonName', value: 'pipeline' }], { keyType: 'rsa', keySize: 2048 });

const metadataService = ({ entra }: SandboxDescription) => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: entra.url });

const ways: readonly Way[] = [
  {
    title: 'a personal access token',
    connection: ({ databricks: { url, token } }) => ({
      type: 'databricksworkspace',
      url,
      scheme: 'Token',
      parameters: { apitoken: token },
    }),
    isRenewed: false,
  },
  {
    title: 'a service principal with an OAuth secret',
    connection: ({ databricks: { url, clientId = '', clientSecret = '' } }) => ({
      type: 'databricksworkspace',
      url,
      scheme: 'UsernamePassword',
      parameters: { password: clientSecret },
      data: { clientId },
    }),
    isRenewed: true,
  },
  {
    title: 'token federation of Databricks',
    connection: ({ databricks: { url, clientId = '' } }) => ({
      type: 'databricksworkspace',
      url,
      scheme: 'None',
      data: { clientId },
    }),
    isRenewed: true,
  },
  {
    title: 'an Azure service principal with a secret',
    connection: (sandbox) => azure(sandbox, 'ServicePrincipal', { serviceprincipalkey: sandbox.entra.clientSecret }),
    isRenewed: true,
  },
  {
    title: 'an Azure service principal with a certificate',
    connection: (sandbox) =>
      azure(sandbox, 'ServicePrincipal', {
        authenticationType: 'spnCertificate',
        servicePrincipalCertificate: `${certificate.private}\n${certificate.cert}`,
      }),
    isRenewed: true,
  },
  {
    title: 'a managed identity',
    connection: ({ azure: { url } }) => ({ type: 'azurerm', url, scheme: 'ManagedServiceIdentity' }),
    environment: metadataService,
    isRenewed: true,
  },
  {
    title: 'workload identity federation',
    connection: (sandbox) => azure(sandbox, 'WorkloadIdentityFederation', {}),
    isRenewed: true,
  },
];

function azure(
  { azure: { url, subscriptionId }, entra }: SandboxDescription,
  scheme: string,
  parameters: Readonly<Record<string, string>>,
): Omit<ConnectionOptions, 'name'> {
  return {
    type: 'azurerm',
    url,
    scheme,
    parameters: { serviceprincipalid: entra.clientId, tenantid: entra.tenantId, ...parameters },
    data: { environment: 'AzureCloud', subscriptionId, environmentAuthorityUrl: entra.url },
  };
}

/** One run of the train pipeline with its output and its requests. */
interface Outcome {
  readonly isGreen: boolean;
  /** The number of steps that sign in. */
  readonly stepCount: number;
  readonly report: string;
  readonly log: string;
  readonly announced: ReadonlySet<string>;
  /** Output without the lines that register secrets. */
  readonly otherLines: readonly string[];
  /** The values of Authorization and other secret headers, without the scheme. */
  readonly sent: ReadonlySet<string>;
  readonly secrets: readonly string[];
}

interface RunOptions {
  /** Called once the training runs. */
  readonly onTraining?: (sandbox: Sandbox) => void;
  /** The folder that holds `pipelines/train_pipeline.yml`; the template by default. */
  readonly repository?: string;
}

/** What the train pipeline does once the training runs, without what it prepares for that. */
const trainingAlone = `
parameters:
  - name: databricks
    type: object
steps:
  - checkout: none
  - task: RunJob@1
    inputs:
      \${{ insert }}: \${{ parameters.databricks }}
      runSource: notebook
      notebookPath: /Shared/training
`;

async function train({ connection, environment }: Way, { onTraining, repository }: RunOptions = {}): Promise<Outcome> {
  const name = 'model-dev';
  const notebooks = new FakeNotebooks(() => Promise.resolve(finished));
  const sandbox = await startSandbox({
    databricks: { timeScale: 0, notebooks, durations: { clusterStartSeconds } },
    tokenSeconds,
    signingKeys: await sharedSigningKeys(),
    kubernetes: { authority: await sharedAuthority() },
    connections: [{ name }],
  });
  const outputFolder = await mkdtemp(join(tmpdir(), 'connections-'));
  const described = sandbox.describe();
  const ports = [described.databricks, described.entra, described.azure, described.devops].map(
    ({ url }) => new URL(url).host,
  );
  const sent = new Set<string>();
  const onRequest = (message: unknown): void => {
    const { headers } = (message as { readonly request: IncomingMessage }).request;
    if (!ports.includes(headers.host ?? '')) return;
    for (const value of [headers.authorization, headers['x-databricks-azure-sp-management-token']])
      if (typeof value === 'string') sent.add(value.replace(/^\w+ /, ''));
  };
  const onAnswer = (message: unknown): void => {
    const { request, response } = message as { readonly request: IncomingMessage; readonly response: ServerResponse };
    if (request.headers.host !== new URL(described.databricks.url).host || response.statusCode !== 200) return;
    if (isLook.test(`${request.method} ${request.url}`)) void sandbox.databricks.clock.advance(lookSeconds * 1000);
  };
  subscribe('http.server.request.start', onRequest);
  subscribe('http.server.response.finish', onAnswer);
  try {
    sandbox.entra.directory.applications.get(described.entra.clientId)?.certificates.push(certificate.cert);
    sandbox.databricks.scriptRun({ durationSeconds: runSeconds, result: { notebookResult: '{"accuracy":0.9}' } });
    const rawLines: string[] = [];
    const lines: string[] = [];
    const options = { name, ...connection(described) };
    const report = await runPipeline({
      file: 'pipelines/train_pipeline.yml',
      workingFolder: repository ?? join(projectRoot, 'template'),
      connections: [options],
      collection: sandbox.devops,
      parameters: {
        databricks:
          options.type === 'azurerm'
            ? { connectionType: 'azure', azureConnection: name, workspaceUrl: described.databricks.url }
            : { connection: name },
      },
      tasks: join(await builtExtension(), 'tasks'),
      outputFolder,
      environment: environment?.(described) ?? {},
      predefined: { 'System.Debug': 'true' },
      onLine: ({ text }) => {
        lines.push(text);
        if (text.includes('Started the run')) onTraining?.(sandbox);
      },
      onRawLine: (text) => rawLines.push(text),
    });
    const steps = report.stages.flatMap(({ jobs }) => jobs.flatMap((job) => job.steps));
    const announcement = '##vso[task.setsecret]';
    return {
      isGreen: report.result === 'Succeeded',
      stepCount: steps.filter(({ task, result }) => task !== undefined && result !== 'Skipped').length - offlineSteps,
      report: renderReport(report),
      log: lines.join('\n'),
      announced: new Set(
        rawLines
          .filter((line) => line.startsWith(announcement))
          .map((line) => line.slice(announcement.length).replaceAll('%AZP25', '%')),
      ),
      otherLines: rawLines.filter((line) => !line.startsWith(announcement)),
      sent,
      secrets: [...Object.values(options.parameters ?? {}), sandbox.devops.accessToken].filter(
        (value) => ![described.entra.clientId, described.entra.tenantId, 'spnCertificate'].includes(value),
      ),
    };
  } finally {
    unsubscribe('http.server.request.start', onRequest);
    unsubscribe('http.server.response.finish', onAnswer);
    await sandbox.close();
    await rm(outputFolder, { recursive: true });
  }
}

describe(`The train pipeline, ${runSeconds} s long, with tokens that are valid for ${tokenSeconds} s`, function () {
  this.timeout(180_000);
  let outcomes: ReadonlyMap<Way, Outcome>;
  before(async () => {
    await builtExtension();
    outcomes = new Map(await Promise.all(ways.map(async (way) => [way, await train(way)] as const)));
  });

  for (const way of ways) {
    describe(`with ${way.title}`, () => {
      let outcome: Outcome;
      before(() => {
        const found = outcomes.get(way);
        assert.ok(found);
        outcome = found;
      });

      it('succeeds', () => {
        assert.ok(outcome.isGreen, `${outcome.report}\n${outcome.log}`);
        assert.match(outcome.report, /Run \d+ succeeded/);
      });

      it('runs longer than its tokens are valid', () => {
        const tokens = [...outcome.sent].filter((token) => !outcome.secrets.includes(token));
        // Every step signs in once; the two steps that wait sign in again for each further look.
        const renewals = [clusterStartSeconds, runSeconds].map((seconds) => Math.ceil(seconds / lookSeconds));
        const expected = renewals.reduce((sum, each) => sum + each, outcome.stepCount);
        if (way.isRenewed) assert.ok(tokens.length >= expected, `${tokens.length} tokens, not ${expected}`);
        else assert.equal(tokens.length, 0);
      });

      it('registers every secret that it sends for masking', () => {
        const unannounced = [...outcome.sent].filter((token) => !outcome.announced.has(token));
        assert.equal(unannounced.length, 0, `${unannounced.length} of ${outcome.sent.size}`);
      });

      it('shows no secret, token, assertion or certificate', () => {
        const secretLines = [...outcome.secrets, ...outcome.sent, ...outcome.announced].flatMap((secret) =>
          secret.split('\n').filter((line) => line.length > 8 && !line.startsWith('-----')),
        );
        const webToken = /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/;
        const leaks = outcome.otherLines.filter(
          (line) => webToken.test(line) || secretLines.some((secret) => line.includes(secret)),
        );
        assert.deepEqual(leaks, []);
        assert.ok(outcome.otherLines.some((line) => line.includes('task.debug')));
      });
    });
  }
});

describe('A permission that is revoked while the training runs', function () {
  this.timeout(120_000);
  const [, , databricksFederation, , , , azureFederation] = ways;
  const cases: readonly {
    readonly what: string;
    readonly way: Way | undefined;
    readonly take: (sandbox: Sandbox) => void;
    readonly says: readonly RegExp[];
  }[] = [
    {
      what: 'the service principal, from the workspace',
      way: azureFederation,
      take: ({ databricks, describe: describeSandbox }) =>
        databricks.identities.remove(describeSandbox().databricks.clientId ?? ''),
      says: [
        /The call was made as service principal \*\*\* \(object id [\da-f-]{36}\) of tenant [\da-f-]{36}, with workload identity federation\./,
        /Add this identity to the workspace/,
      ],
    },
    {
      what: 'the federation policy of Databricks',
      way: databricksFederation,
      take: ({ databricks, describe: describeSandbox }) =>
        databricks.federation.revoke(describeSandbox().devops.serviceConnectionId ?? ''),
      says: [
        /Could not renew the sign-in to the workspace/,
        /The token was requested as service principal [\da-f-]{36}, with token federation\./,
        /has the issuer 'http:.*', the subject 'sc:\/\/sandbox\/local\/model-dev' and the audience 'api:\/\/AzureADTokenExchange'/,
        /federation policy with exactly this issuer/,
      ],
    },
    {
      what: 'the federated credential of Entra',
      way: azureFederation,
      take: ({ entra, describe: describeSandbox }) =>
        entra.directory.applications.get(describeSandbox().entra.clientId)?.federatedCredentials.splice(0),
      says: [
        /Could not renew the sign-in to Databricks/,
        /AADSTS70025/,
        /the subject 'sc:\/\/sandbox\/local\/model-dev'/,
        /federated credential with exactly this issuer/,
      ],
    },
  ];
  let outcomes: readonly Outcome[];
  before(async () => {
    const repository = await mkdtemp(join(tmpdir(), 'training-'));
    try {
      await mkdir(join(repository, 'pipelines'));
      await writeFile(join(repository, 'pipelines/train_pipeline.yml'), trainingAlone);
      outcomes = await Promise.all(
        cases.map(({ way, take }) => {
          assert.ok(way);
          return train(way, { onTraining: take, repository });
        }),
      );
    } finally {
      await rm(repository, { recursive: true });
    }
  });

  for (const [index, { what, says }] of cases.entries()) {
    it(`fails the step with the cause and does not cancel the run: ${what}`, () => {
      const outcome = outcomes[index];
      assert.ok(outcome);
      assert.equal(outcome.isGreen, false, outcome.report);
      for (const expected of says) assert.match(outcome.report, expected);
      assert.match(outcome.report, /The run itself continues: http:\S+\/runs\/\d+/);
      assert.doesNotMatch(outcome.log, /exited with code/);
    });
  }
});
