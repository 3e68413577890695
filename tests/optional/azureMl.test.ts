import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startAzure } from '../../sandbox/azure/azure';
import { demoModel } from '../../sandbox/databricks/serving/scoring/demoModel';
import { startEntra } from '../../sandbox/entra/entra';
import { startJobProxy } from '../../sandbox/scoring/jobProxy';
import { onlineModels } from '../../sandbox/scoring/onlineModels';
import { ScoringServices } from '../../sandbox/scoring/scoringServices';
import { makeTestCertificates } from '../support/testCertificates';

const run = promisify(execFile);
/** A Python that has azure-ai-ml; the machine's own by default. */
const python = process.env.MODEL_PIPELINES_PYTHON ?? 'python3';
const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const subscriptionId = '5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e77';
const workspaceId = `/subscriptions/${subscriptionId}/resourceGroups/models/providers/Microsoft.MachineLearningServices/workspaces/ml`;

const mlmodel = 'flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    data: .\n';
const script =
  'import json\ndef init():\n    print("ready")\ndef run(raw):\n    return {"rows": len(json.loads(raw)["data"])}\n';
const conda = 'dependencies:\n  - python=3.11\n  - pip:\n      - azureml-inference-server-http\n';

async function writeWork(folder: string): Promise<void> {
  for (const name of ['model', 'code']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'model', 'MLmodel'), mlmodel);
  await writeFile(join(folder, 'model', 'model.json'), JSON.stringify(demoModel));
  await writeFile(join(folder, 'code', 'score.py'), script);
  await writeFile(join(folder, 'conda.yml'), conda);
}

describe("Azure Machine Learning in the sandbox, used by Microsoft's own client for Python", function () {
  this.timeout(300_000);
  const closing: (() => Promise<void>)[] = [];

  before(async function () {
    try {
      await run(python, ['-c', 'import azure.ai.ml, azure.identity']);
    } catch {
      process.stderr.write(
        `SKIPPED: ${python} does not have azure-ai-ml and azure-identity. Name a Python that has them in MODEL_PIPELINES_PYTHON.\n`,
      );
      this.skip();
    }
  });
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  it('behaves as the client expects of a workspace', async () => {
    const work = await mkdtemp(join(tmpdir(), 'azure-ml-'));
    closing.push(() => rm(work, { recursive: true }));
    await writeWork(work);
    const { ca, server: tls } = await makeTestCertificates();
    await writeFile(join(work, 'ca.pem'), ca);
    const services = new ScoringServices();
    closing.push(() => services.close());
    const secret = 'right~secret';
    const entra = await startEntra({ tls, issuerCa: ca });
    closing.push(() => entra.close());
    const { clientId } = entra.directory.addApplication({ secrets: [{ value: secret }] });
    const azure = await startAzure({
      tls,
      issuerCa: ca,
      timeScale: 1000,
      entra: { issuer: entra.accessTokenIssuer(entra.tenantId), jwksUri: entra.jwksUri },
      machineLearning: {
        startModel: onlineModels(() => services),
        workspaces: [{ id: workspaceId, location: 'westeurope' }],
      },
    });
    closing.push(() => azure.close());
    const proxy = await startJobProxy({
      urlOf: (host, port) => azure.urlOf(host, port),
      secureNames: ['*.blob.core.windows.net'],
    });
    closing.push(() => proxy.close());
    const { stdout } = await run(python, [pathOf('azure_ml_check.py')], {
      env: {
        PATH: process.env['PATH'],
        HOME: work,
        WORK: work,
        ARM: azure.url,
        ENTRA: entra.url,
        TENANT: entra.tenantId,
        CLIENT_ID: clientId,
        CLIENT_SECRET: secret,
        SUBSCRIPTION_ID: subscriptionId,
        REQUESTS_CA_BUNDLE: join(work, 'ca.pem'),
        HTTP_PROXY: proxy.url,
        http_proxy: proxy.url,
        NO_PROXY: 'localhost,127.0.0.1',
        no_proxy: 'localhost,127.0.0.1',
      },
    });
    // The client writes its dots into the same lines.
    assert.deepEqual(
      [...stdout.matchAll(/\{"passed": "(\w+)"\}/g)].map(([, name]) => name),
      ['check_assets', 'check_deployments', 'check_scoring', 'check_failures', 'check_deletions'],
    );
  });
});
