import { InputError, UnusableError, type Subject } from '../errors';

/** The input that each of the things comes from which operations are given: the same in all tasks. */
const inputOf: Readonly<Record<Subject, string>> = {
  'The Databricks connection': 'connection',
  'The Azure connection': 'azureConnection',
  'The Kubernetes connection': 'kubernetesConnection',
  'The Azure DevOps connection': 'devopsConnection',
  'The address of the workspace': 'workspaceUrl',
  'The URL of the organization': 'organizationUrl',
};

/** Names the input in an error that is about one; other errors stay as they are. */
export function nameInput(error: unknown): unknown {
  if (!(error instanceof UnusableError)) return error;
  const { subject, problem } = error;
  return new InputError([{ input: inputOf[subject], problem }]);
}
