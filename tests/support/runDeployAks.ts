import type { Clock } from '../../shared/clock';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/DeployAks/task';
import { FakeAgent, type FakeConnection } from './fakeAgent';

export interface DeployAksSurroundings {
  readonly clock: Clock;
  /** The folder of the sources. */
  readonly folder: string;
  /** By their ids: `cluster` is what the inputs name unless they name an Azure connection. */
  readonly connections: Readonly<Record<string, FakeConnection>>;
  /** The values of the secret variables of its job. */
  readonly secrets?: readonly string[];
}

/** Runs the task DeployAks in this process. */
export async function runDeployAks(
  inputs: Readonly<Record<string, string>>,
  { clock, folder, connections, secrets }: DeployAksSurroundings,
): Promise<FakeAgent> {
  const direct = { connectionType: 'kubernetes', kubernetesConnection: 'cluster' };
  const variables = {
    'System.DefaultWorkingDirectory': folder,
    'System.CollectionUri': 'https://dev.azure.com/contoso/',
    'System.TeamProject': 'Fraud models',
    'Build.BuildId': '7',
    'Build.BuildNumber': '20250101.1',
  };
  const given = 'azureConnection' in inputs ? inputs : { ...direct, ...inputs };
  const agent = new FakeAgent(given, connections, variables, undefined, secrets);
  await runTask(task, { agent, clock, signal: new AbortController().signal });
  return agent;
}

/** A Kubernetes service connection by a kubeconfig. */
export function kubeconfigConnection(url: string, kubeconfig: string): FakeConnection {
  return { url, scheme: 'Kubernetes', parameters: { kubeconfig }, data: { authorizationType: 'Kubeconfig' } };
}

/** A team's own manifests of a service, whose image has no tag. */
export function ownManifests(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 2
  minReadySeconds: 5
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: a, image: 'r.io:443/score', ports: [{ containerPort: 5001 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}-front }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: 5001 }] }
`;
}
