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
