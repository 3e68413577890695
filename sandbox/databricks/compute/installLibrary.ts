import { posix } from 'node:path';
import { type JsonObject, textOf } from '../json';
import { isZip } from '../workspace/zip';
import type { Cluster } from './cluster';
import { kindOfLibrary, nameOfLibrary } from './librarySpec';

export interface InstallOutcome {
  readonly status: 'INSTALLED' | 'FAILED' | 'SKIPPED';
  readonly messages: readonly string[];
}

/** Reads a file of the workspace or of a volume. */
export type FileReader = (path: string) => Buffer | undefined;

/** Packages with such a name are not in any index that the sandbox knows. */
const unknownPackage = /(^|[-_.])(does[-_]not[-_]exist|no[-_]such)/i;

/**
 * How the installation of a library ends. Nothing is downloaded: every well-formed package is there, except those with
 * `does-not-exist` or `no-such` in their name. Files are looked at. `others` are the libraries that the cluster has.
 */
export function installLibrary(
  library: JsonObject,
  cluster: Cluster,
  others: readonly JsonObject[],
  read: FileReader,
): InstallOutcome {
  const name = nameOfLibrary(library);
  switch (kindOfLibrary(library)) {
    case 'pypi':
      return installPackage(name, cluster, others);
    case 'maven':
      return installMaven(name, cluster);
    case 'cran':
      return unknownPackage.test(name)
        ? failedOnDriver(cluster, 'DRIVER_LIBRARY_INSTALLATION_FAILURE', `Error installing R package: ${name}`)
        : installed;
    case 'requirements':
      return installFile(name, cluster, read, (bytes) => installRequirements(bytes, cluster));
    case 'whl':
      return installFile(name, cluster, read, (bytes) => installWheel(name, bytes, cluster));
    case 'egg':
      if (majorVersionOf(cluster) >= 14)
        return failed('Egg libraries are not supported on Databricks Runtime 14.0 and above.');
      return installFile(name, cluster, read, () => installed);
    default:
      return installFile(name, cluster, read, (bytes) =>
        isZip(bytes) ? installed : failedOnDriver(cluster, driverFailure, `java.util.zip.ZipException: ${name}`),
      );
  }
}

const installed: InstallOutcome = { status: 'INSTALLED', messages: [] };
const failed = (message: string): InstallOutcome => ({ status: 'FAILED', messages: [message] });

const driverFailure = 'DRIVER_LIBRARY_INSTALLATION_FAILURE';
const fixIt = 'Please refer to the following error message to fix the library or contact Databricks support.';
const noVersion = 'Pip could not find a version that satisfies the requirement for the library.';

/** The form is from databrickslabs/ucx issue 2203 and sodadata/soda-spark issue 115. */
function failedOnDriver({ id }: Cluster, code: string, message: string, advice = fixIt): InstallOutcome {
  return failed(
    `Library installation attempted on the driver node of cluster ${id} and failed. ${advice} Error Code: ${code}. Error Message: org.apache.spark.SparkException: ${message}`,
  );
}

function failedPip(cluster: Cluster, argument: string, output: string, code = driverFailure, advice = fixIt) {
  const process = `Process List(/bin/su, libraries, -c, bash /local_disk0/.ephemeral_nfs/cluster_libraries/python/python_start_clusterwide.sh /local_disk0/.ephemeral_nfs/cluster_libraries/python/bin/pip install '${argument}' --disable-pip-version-check) exited with code 1. ${output}`;
  return failedOnDriver(cluster, code, process, advice);
}

function noMatch(requirement: string, cluster: Cluster): InstallOutcome {
  const output = `ERROR: Could not find a version that satisfies the requirement ${requirement} (from versions: none)\nERROR: No matching distribution found for ${requirement}`;
  return failedPip(cluster, requirement, output, 'NO_MATCHING_DISTRIBUTION_ERROR', noVersion);
}

/** The name of a requirement as indexes compare it, for example `scikit-learn` for `scikit_learn[x]>=1`. */
function packageName(requirement: string): string {
  return (/^[\w.-]+/.exec(requirement.trim())?.[0] ?? '').toLowerCase().replace(/[-_.]+/g, '-');
}

const requirementForm =
  /^[A-Za-z0-9][\w.-]*(\s*\[[\w.,\s-]+\])?\s*(@\s*\S+|((===|==|~=|!=|<=|>=|<|>)\s*[\w.*+!-]+\s*,?\s*)*)\s*(;.*)?$/;

function installPackage(requirement: string, cluster: Cluster, others: readonly JsonObject[]): InstallOutcome {
  const name = packageName(requirement);
  const twin = others.find((other) => kindOfLibrary(other) === 'pypi' && packageName(nameOfLibrary(other)) === name);
  // terraform-provider-databricks issue 3370: another version needs an uninstallation and a restart first.
  if (twin) return failedOnDriver(cluster, driverFailure, `PyPI package ${name} has been installed already.`);
  return installRequirement(requirement, cluster);
}

function installRequirement(requirement: string, cluster: Cluster): InstallOutcome {
  if (/^(https?:|git\+)/.test(requirement)) return installed;
  if (!requirementForm.test(requirement))
    return failedPip(cluster, requirement, `ERROR: Invalid requirement: '${requirement}'`);
  return unknownPackage.test(packageName(requirement)) ? noMatch(requirement, cluster) : installed;
}

function installRequirements(bytes: Buffer, cluster: Cluster): InstallOutcome {
  const lines = bytes
    .toString('utf8')
    .replace(/\\\r?\n/g, '')
    .split(/\r?\n/);
  const requirements = lines.map((line) => line.replace(/(^|\s)#.*$/, '').trim()).filter((line) => /^[^-]/.test(line));
  const bad = requirements
    .map((line) => installRequirement(line.replace(/\s+--hash=\S+/g, ''), cluster))
    .find(({ status }) => status === 'FAILED');
  return bad ?? installed;
}

function installMaven(coordinates: string, cluster: Cluster): InstallOutcome {
  const [group, artifact, version] = coordinates.split(':');
  if (!group || !artifact || !version)
    return failed(`Library resolution failed. Cause: java.lang.RuntimeException: Invalid coordinates: ${coordinates}`);
  if (unknownPackage.test(artifact))
    return failed(
      `Library resolution failed. Cause: java.lang.RuntimeException: unresolved dependency: ${coordinates}: not found`,
    );
  const scala = /_(2\.\d+)$/.exec(artifact)?.[1];
  if (scala !== undefined && !(textOf(cluster.spec.spark_version) ?? '').endsWith(`-scala${scala}`))
    return { status: 'SKIPPED', messages: [`${coordinates} is for Scala ${scala}, which this cluster does not have.`] };
  return installed;
}

function installFile(
  path: string,
  cluster: Cluster,
  read: FileReader,
  install: (bytes: Buffer) => InstallOutcome,
): InstallOutcome {
  const bytes = read(path);
  if (bytes) return install(bytes);
  return failedOnDriver(cluster, driverFailure, `java.io.FileNotFoundException: File does not exist: ${path}`);
}

/** PEP 427: name, version, optional build, Python, ABI and platform. */
const wheelForm = /^[\w.]+-[\w.!+]+(-\d\w*)?-[\w.]+-[\w.]+-[\w.]+\.whl$/;

function installWheel(path: string, bytes: Buffer, cluster: Cluster): InstallOutcome {
  const name = posix.basename(path);
  if (!wheelForm.test(name)) return failedPip(cluster, path, `ERROR: ${name} is not a valid wheel filename.`);
  if (!isZip(bytes)) return failedPip(cluster, path, `ERROR: Wheel '${name}' located at ${path} is invalid.`);
  return installed;
}

const majorVersionOf = ({ spec }: Cluster) => Number.parseInt(textOf(spec.spark_version) ?? '', 10);
