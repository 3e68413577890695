import { choice, connection, flag, text } from './inputs';

const azure = { connectionType: 'azure' } as const;

/** The inputs by which every Databricks task is told its workspace, and who it signs in as; `connect` takes them. */
export const databricksConnection = {
  connectionType: choice(['databricks', 'azure'], { required: true, default: 'databricks' }),
  connection: connection('databricksworkspace', { required: true, when: { connectionType: 'databricks' } }),
  azureConnection: connection('AzureRM', { required: true, when: azure }),
  workspaceUrl: text({ required: true, when: azure, picker: true }),
  useManagementToken: flag({ default: false, when: azure }),
};

/** The same for a task that needs the workspace only for some of its work: it says itself when the connection is missing. */
export const optionalDatabricksConnection = {
  ...databricksConnection,
  connection: connection('databricksworkspace', { when: { connectionType: 'databricks' } }),
  azureConnection: connection('AzureRM', { when: azure }),
  workspaceUrl: text({ when: azure, picker: true }),
};
