/**
 * The Python of each major Databricks Runtime. Source: the release notes' "System environment", and the table at
 * https://docs.databricks.com/aws/en/dev-tools/databricks-connect/requirements.
 */
const pythons: Readonly<Record<string, string>> = {
  11: '3.9',
  12: '3.9',
  13: '3.10',
  14: '3.10',
  15: '3.11',
  16: '3.12',
  17: '3.12',
  18: '3.12',
};

/**
 * The Python of a cluster with this `spark_version`, such as 3.12 for `16.4.x-scala2.12` and `18.x-photon-scala2.13`;
 * undefined if it is not known.
 */
export function pythonOfRuntime(sparkVersion: string): string | undefined {
  const [, major = ''] = /^(\d+)(?:\.\d+)?\.x-/.exec(sparkVersion) ?? [];
  return pythons[major];
}

/** The machines of a cluster with this `spark_version`, as Python names them. */
export function machineOfRuntime(sparkVersion: string): string {
  return sparkVersion.includes('-aarch64-') ? 'aarch64' : 'x86_64';
}
