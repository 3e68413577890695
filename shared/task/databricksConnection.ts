import type { Context } from '../agent/context';
import { connect, type OpenWorkspace } from '../databricks/connect';
import { InputError } from '../errors';
import { choice, connection, flag, text } from './inputs';
import type { Values } from './task';

const azure = { connectionType: 'azure' } as const;

/** The inputs that name the workspace of a Databricks task, and who it signs in as; `openWorkspace` takes them. */
export const databricksConnection = {
  connectionType: choice(['databricks', 'azure'], { required: true, default: 'databricks' }),
  connection: connection('databricksworkspace', { required: true, when: { connectionType: 'databricks' } }),
  azureConnection: connection('AzureRM', { required: true, when: azure }),
  workspaceUrl: text({ required: true, when: azure, picker: true }),
  useManagementToken: flag({ default: false, when: azure }),
};

/** The same for a task that needs the workspace only for some of its work: its own check reports a missing connection. */
export const optionalDatabricksConnection = {
  ...databricksConnection,
  connection: connection('databricksworkspace', { when: { connectionType: 'databricks' } }),
  azureConnection: connection('AzureRM', { when: azure }),
  workspaceUrl: text({ when: azure, picker: true }),
};

/** Connects to the workspace that the inputs name. */
export async function openWorkspace(
  inputs: Values<typeof optionalDatabricksConnection>,
  context: Context,
): Promise<OpenWorkspace> {
  const { connection: databricks, azureConnection, workspaceUrl, useManagementToken } = inputs;
  if (azureConnection && workspaceUrl !== undefined) {
    const access = { azure: azureConnection, address: workspaceUrl, usesManagementToken: useManagementToken };
    return connect(access, context);
  }
  if (!databricks) throw new InputError([{ input: 'connection', problem: 'is required.' }]);
  return connect({ databricks }, context);
}
