import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { DatabricksOptions } from './databricks/databricks';
import { startSandbox } from './sandbox';

const usage = `Usage: npm run sandbox -- [options]
  --json                    when ready, print one line of JSON only
  --latency MS              add a latency of MS milliseconds to every request
  --state FILE              load the state from a file, and save it there
  --no-limits               disable the rate limits
  --time-scale N            run clusters and job runs N times as fast as real time
  --tasks FOLDER            the built tasks, for the pipelines that the Azure DevOps organization runs
  --python pyodide|machine  run notebooks in Pyodide (default) or in the machine's python3
  --help                    print this help
`;

interface CommandLine {
  readonly isJson: boolean;
  readonly isHelp: boolean;
  readonly hasMachinePython: boolean;
  readonly tasks: string | undefined;
  readonly databricks: DatabricksOptions;
}

/** @throws Error whose message names the invalid option. */
function readCommandLine(args: string[]): CommandLine {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      latency: { type: 'string' },
      state: { type: 'string' },
      'no-limits': { type: 'boolean', default: false },
      'time-scale': { type: 'string' },
      tasks: { type: 'string' },
      python: { type: 'string', default: 'pyodide' },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'latency' | 'time-scale') => {
    const text = values[name];
    if (text !== undefined && !(text.trim() !== '' && Number(text) >= 0))
      throw new Error(`--${name} must be a number of 0 or more, not '${text}'.`);
    return text === undefined ? undefined : Number(text);
  };
  if (!['pyodide', 'machine'].includes(values.python))
    throw new Error(`--python must be pyodide or machine, not '${values.python}'.`);
  if (values.tasks !== undefined && !existsSync(values.tasks))
    throw new Error(`--tasks must name a folder, and there is no ${values.tasks}.`);
  const [latency, timeScale] = [number('latency'), number('time-scale')];
  return {
    isJson: values.json,
    isHelp: values.help,
    hasMachinePython: values.python === 'machine',
    tasks: values.tasks && path.resolve(values.tasks),
    databricks: {
      hasLimits: !values['no-limits'],
      ...(latency !== undefined && { latencyMilliseconds: latency }),
      ...(timeScale !== undefined && { timeScale }),
      ...(values.state !== undefined && { stateFile: values.state }),
    },
  };
}

async function main(): Promise<void> {
  const { isJson, isHelp, hasMachinePython, tasks, databricks } = readCommandLine(process.argv.slice(2));
  if (isHelp) {
    process.stdout.write(usage);
    return;
  }
  const notebooks =
    hasMachinePython && (await import('./databricks/notebooks/machinePythonRunner')).machinePythonRunner();
  const sandbox = await startSandbox({
    databricks: { ...databricks, ...(notebooks && { notebooks }) },
    connections: [{ name: 'databricks-dev', type: 'databricksworkspace' }],
    ...(tasks !== undefined && { tasks }),
  });

  const stop = () => void sandbox.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);

  const description = sandbox.describe();
  if (isJson) {
    process.stdout.write(`${JSON.stringify(description)}\n`);
  } else {
    const { databricks: workspace, entra, azure, kubernetes, devops } = description;
    const lines = [
      ['Databricks workspace', workspace.url],
      ['Token', workspace.token],
      ['Client ID', workspace.clientId ?? ''],
      ['Client secret', workspace.clientSecret ?? ''],
      ['Azure resource ID', workspace.resourceId],
      ['Entra ID', entra.url],
      ['Tenant ID', entra.tenantId],
      ['Entra client secret', entra.clientSecret],
      ['Managed identity', entra.managedIdentityClientId],
      ['Resource Manager', azure.url],
      ['Resource group', azure.resourceGroup],
      ['AKS cluster', azure.clusterName],
      ['Proxy for containers', azure.proxyUrl],
      ['Kubernetes', kubernetes.server],
      ['Kubernetes token', kubernetes.token],
      ['Azure DevOps', devops.url],
      ['Personal access token', devops.personalAccessToken],
      ['Token of a job', devops.accessToken],
      ['OIDC request URL', devops.oidcRequestUri],
    ];
    const text = lines.map(([name = '', value = '']) => `${name.padEnd(22)}${value}\n`).join('');
    process.stdout.write(`${text}Press Ctrl+C to stop.\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exit(2);
});
