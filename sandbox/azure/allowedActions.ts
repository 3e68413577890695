/**
 * Who may do what: actions such as `Microsoft.ContainerService/managedClusters/read`, with `*` for any run of
 * characters, by client id in lower case. It can be changed at any time; a caller that isn't in it may do everything.
 */
export type AllowedActions = Map<string, readonly string[]>;

export function allowedActionsOf(table: Readonly<Record<string, readonly string[]>> = {}): AllowedActions {
  return new Map(Object.entries(table).map(([clientId, actions]) => [clientId.toLowerCase(), actions]));
}

export function mayDo(allowed: AllowedActions, clientId: string, action: string): boolean {
  const patterns = allowed.get(clientId.toLowerCase());
  return patterns === undefined || patterns.some((pattern) => matches(pattern, action));
}

function matches(pattern: string, action: string): boolean {
  const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '.*');
  return new RegExp(`^${expression}$`, 'i').test(action);
}
