/** Where the services of one of Azure's clouds are. */
export interface AzureCloud {
  readonly name: string;
  /** Microsoft Entra ID. */
  readonly authority: string;
  readonly resourceManager: string;
  /** The audience of tokens for the classic management API, which Databricks asks for. */
  readonly managementResource: string;
  /** The audience of tokens with which endpoints of Azure Machine Learning are called (azure-ai-ml, `_azure_environments.py`). */
  readonly machineLearning: string;
}

/** By the names that service connections use (https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud). */
export const azureClouds: readonly AzureCloud[] = [
  {
    name: 'AzureCloud',
    authority: 'https://login.microsoftonline.com/',
    resourceManager: 'https://management.azure.com/',
    managementResource: 'https://management.core.windows.net/',
    machineLearning: 'https://ml.azure.com',
  },
  {
    name: 'AzureUSGovernment',
    authority: 'https://login.microsoftonline.us/',
    resourceManager: 'https://management.usgovcloudapi.net/',
    managementResource: 'https://management.core.usgovcloudapi.net/',
    machineLearning: 'https://ml.azure.us',
  },
  {
    name: 'AzureChinaCloud',
    authority: 'https://login.chinacloudapi.cn/',
    resourceManager: 'https://management.chinacloudapi.cn/',
    managementResource: 'https://management.core.chinacloudapi.cn/',
    machineLearning: 'https://ml.azure.cn',
  },
];
