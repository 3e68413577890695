import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runPipeline } from '../../../sandbox/agent/runPipeline';
import { renderReport } from '../../../sandbox/agent/renderReport';
import { pyodideRunner } from '../../../sandbox/databricks/notebooks/pyodideRunner';
import { serveByHandler } from '../../../sandbox/kubernetes/pods/serving';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox';
import { federatedConnection, secretConnection } from '../../../sandbox/sandboxConnections';
import { projectRoot } from '../../../tools/commandLine';
import { startAzureNetwork } from '../../support/azureNetwork';
import { builtCli } from '../../support/builtCli';
import { builtTasks } from '../../support/builtTasks';

const template = join(projectRoot, 'template');
const timeScale = 20;
const buildId = '7';
const image = `contoso.azurecr.io/demo_model:${buildId}`;
const connections = [
  ...['databricks-dev', 'databricks-test', 'databricks-prod'].map((name) => ({
    name,
    type: 'databricksworkspace' as const,
  })),
  ...['azure-test', 'azure-prod'].map((name) => ({ name })),
];

export interface ScriptEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The stand-ins with what the template names, Python for the notebooks of a model, an image that needs none, and a person's home folder. */
export class StoryStage {
  private constructor(
    readonly sandbox: Sandbox,
    private readonly folder: string,
  ) {}

  static async open(folder: string): Promise<StoryStage> {
    const sandbox = await startSandbox({
      databricks: { hasLimits: false, timeScale, notebooks: pyodideRunner() },
      azure: {
        timeScale,
        resourceGroups: ['models-test', 'models-prod'],
        clusters: [{ resourceGroup: 'models-prod', name: 'models' }],
      },
      kubernetes: { timeScale, images: { [image]: { serve: serveByHandler(({ path }) => answerTo(path)) } } },
      connections,
    });
    sandbox.azure.containerInstances.images.set(image, { answer: ({ path }) => answerTo(path) });
    await mkdir(folder);
    return new StoryStage(sandbox, folder);
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }

  /** Runs a pipeline of the template, which must succeed. */
  async pipeline(name: string, parameters: Readonly<Record<string, string | boolean>> = {}): Promise<void> {
    const described = this.sandbox.describe();
    const report = await runPipeline({
      file: `pipelines/${name}_pipeline.yml`,
      workingFolder: template,
      outputFolder: join(this.folder, name),
      tasks: await builtTasks(),
      collection: this.sandbox.devops,
      connections: [
        ...connections.map((connection) => federatedConnection(connection, described)),
        secretConnection('models-registry', 'dockerregistry', described),
      ],
      parameters,
      predefined: {
        'Build.BuildId': buildId,
        'Agent.ProxyUrl': described.azure.proxyUrl,
        'Agent.ProxyBypassList': JSON.stringify(['//localhost:', '//127\\.0\\.0\\.1:']),
      },
    });
    assert.match(report.result, /^Succeeded/, renderReport(report));
  }

  /** Runs a shell script as a person who is signed in as the identity of the pipelines. */
  async script(file: string): Promise<ScriptEnd> {
    const { databricks, azure } = this.sandbox.describe();
    const network = await startAzureNetwork(azure.url);
    try {
      await this.#signIn(network.ca);
      return await this.#run(file, {
        PATH: `${this.folder}:${process.env['PATH'] ?? ''}`,
        HOME: this.folder,
        MLOCCLI: join(await builtCli(), 'main.cjs'),
        IMAGE: image,
        DATABRICKS_HOST: databricks.url,
        DATABRICKS_CLIENT_ID: databricks.clientId ?? '',
        DATABRICKS_CLIENT_SECRET: databricks.clientSecret ?? '',
        HTTPS_PROXY: network.proxyUrl,
        HTTP_PROXY: azure.proxyUrl,
        NODE_EXTRA_CA_CERTS: join(this.folder, 'ca.pem'),
      });
    } finally {
      await network.close();
    }
  }

  /** A program az that has tokens for Azure and its clusters, and the file in which az login notes the subscription. */
  async #signIn(ca: string): Promise<void> {
    const { azure } = this.sandbox.describe();
    const cases = await Promise.all(
      ['https://management.azure.com', '6dae42f8-4368-4678-94ff-3960e28e3630'].map(
        async (resource) => `*${resource}*) echo '${await this.#token(resource)}' ;;`,
      ),
    );
    const az = `#!/bin/sh\ncase "$*" in\n${cases.join('\n')}\n*) exit 1 ;;\nesac\n`;
    await writeFile(join(this.folder, 'az'), az, { mode: 0o755 });
    await writeFile(join(this.folder, 'ca.pem'), ca);
    const subscription = { id: azure.subscriptionId, name: 'Models', isDefault: true, environmentName: 'AzureCloud' };
    await mkdir(join(this.folder, '.azure'), { recursive: true });
    await writeFile(
      join(this.folder, '.azure', 'azureProfile.json'),
      JSON.stringify({ subscriptions: [subscription] }),
    );
  }

  async #token(resource: string): Promise<string> {
    const { url, tenantId, clientId, clientSecret } = this.sandbox.describe().entra;
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${resource}/.default`,
    });
    const response = await fetch(`${url}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body });
    const answer = (await response.json()) as { readonly access_token?: string };
    return JSON.stringify({ accessToken: answer.access_token ?? assert.fail(JSON.stringify(answer)) });
  }

  async #run(file: string, environment: NodeJS.ProcessEnv): Promise<ScriptEnd> {
    const child = spawn('sh', [join(import.meta.dirname, file)], {
      cwd: template,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { exitCode, stdout, stderr };
  }
}

/** As the scoring service of the template answers its sample payload. */
function answerTo(path: string) {
  const scores = { predictions: [{ species: 'setosa' }, { species: 'virginica' }] };
  const body = Buffer.from(JSON.stringify(path === '/score' ? scores : { status: 'ok' }));
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}
