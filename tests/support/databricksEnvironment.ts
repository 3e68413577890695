/** The environment by which the agent gives a task process a connection, `connection`, to a workspace. */
export function databricksEnvironment({
  url,
  token,
}: {
  readonly url: string;
  readonly token: string;
}): Record<string, string> {
  return {
    INPUT_CONNECTION: 'workspace',
    ENDPOINT_URL_workspace: url,
    ENDPOINT_AUTH_workspace: JSON.stringify({ scheme: 'Token', parameters: { apitoken: token } }),
    ENDPOINT_AUTH_SCHEME_workspace: 'Token',
    ENDPOINT_AUTH_PARAMETER_workspace_APITOKEN: token,
    ENDPOINT_DATA_workspace: '{}',
  };
}
