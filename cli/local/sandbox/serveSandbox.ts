import { UsageError, type OptionProblem } from '../../usageError';
import { embeddedTasks, servedUntil, withEmbedded } from '../embedded';
import type { LocalCall, LocalRun } from '../localCommand';
import { pathOption, textOption } from '../options';

/** Starts the embedded services and prints how to reach them; it goes on until it is interrupted. */
export const run: LocalRun = async (call, { workingFolder, signal }) => {
  const numbers = readNumbers(call);
  const stateFile = pathOption(call, 'state', workingFolder);
  const sandbox = await withEmbedded(
    () => import('../../../local/commands/runSandbox'),
    ({ runSandbox }) =>
      runSandbox({
        databricks: {
          hasLimits: call.options['limits'] !== false,
          ...numbers,
          ...(stateFile !== undefined && { stateFile }),
        },
        hasMachinePython: textOption(call, 'python') === 'machine',
        tasks: embeddedTasks(),
      }),
  );
  const { databricks, entra, azure, kubernetes, devops } = sandbox.description;
  const variables = {
    DATABRICKS_HOST: databricks.url,
    DATABRICKS_TOKEN: databricks.token,
    AZURE_DEVOPS_EXT_PAT: devops.personalAccessToken,
    AZURE_DEVOPS_ORGANIZATION: devops.url,
    AZURE_DEVOPS_PROJECT: devops.project,
  };
  const addresses = {
    clientId: databricks.clientId ?? '',
    clientSecret: databricks.clientSecret ?? '',
    workspaceResourceId: databricks.resourceId,
    entraUrl: entra.url,
    tenantId: entra.tenantId,
    entraClientSecret: entra.clientSecret,
    managedIdentityClientId: entra.managedIdentityClientId,
    azureUrl: azure.url,
    subscriptionId: azure.subscriptionId,
    resourceGroup: azure.resourceGroup,
    clusterName: azure.clusterName,
    containerProxyUrl: azure.proxyUrl,
    containerProxyCertificateAuthority: azure.proxyCa,
    kubernetesServer: kubernetes.server,
    kubernetesToken: kubernetes.token,
    kubernetesCertificateAuthority: kubernetes.ca,
    namespace: kubernetes.namespace,
    jobToken: devops.accessToken,
    oidcRequestUri: devops.oidcRequestUri,
  };
  return {
    result: 'Succeeded',
    message: 'The sandbox runs. Press Ctrl+C to stop it.',
    outputs: { ...variables, ...addresses },
    serve: () => servedUntil(signal, () => sandbox.close()),
  };
};

function readNumbers(call: LocalCall): { readonly latencyMilliseconds?: number; readonly timeScale?: number } {
  const problems: OptionProblem[] = [];
  const read = (name: string, option: string): number | undefined => {
    const text = textOption(call, name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === '' || !(value >= 0)) problems.push({ option, problem: 'must be a number of 0 or more.' });
    return value;
  };
  const [latencyMilliseconds, timeScale] = [read('latency', '--latency'), read('timeScale', '--time-scale')];
  if (problems.length > 0) throw new UsageError(problems);
  return {
    ...(latencyMilliseconds !== undefined && { latencyMilliseconds }),
    ...(timeScale !== undefined && { timeScale }),
  };
}
