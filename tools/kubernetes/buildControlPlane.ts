import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { runFromCommandLine, ToolError } from '../commandLine';

const run = promisify(execFile);

export const kubernetesVersion = '1.36.3';
const etcdVersion = '3.6.16';
const kwokVersion = '0.8.0';

/** Go, which is needed for the first build, isn't on this machine. */
export class GoMissingError extends ToolError {}

/** The programs of a Kubernetes control plane, by absolute path. */
export interface ControlPlaneBinaries {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  /** Stands in for the nodes: plays what a kubelet would report of its pods. */
  readonly kwok: string;
}

/**
 * Builds a control plane from the Go module proxy, once for each set of versions: later calls find it in the cache,
 * the folder MODEL_PIPELINES_KUBERNETES_CACHE or one in the user's cache folder. The first call takes minutes.
 * Go's own settings hold: `GOFLAGS=-p=1` builds with one job. Needs no network but the module proxy's.
 */
export async function buildControlPlane(onLine: (text: string) => void): Promise<ControlPlaneBinaries> {
  const cache = cacheFolder();
  const versions = `kubernetes-${kubernetesVersion}-etcd-${etcdVersion}-kwok-${kwokVersion}`;
  const folder = path.join(cache, `${versions}-${process.platform}-${process.arch}`);
  if (!existsSync(folder)) {
    const go = await findGo();
    await mkdir(cache, { recursive: true });
    const building = await mkdtemp(path.join(cache, 'building-'));
    try {
      await buildAll(go, building, onLine);
      await putInPlace(path.join(building, 'bin'), folder);
    } finally {
      await rm(building, { recursive: true });
    }
  }
  return {
    etcd: path.join(folder, 'etcd'),
    apiServer: path.join(folder, 'kube-apiserver'),
    controllerManager: path.join(folder, 'kube-controller-manager'),
    scheduler: path.join(folder, 'kube-scheduler'),
    kwok: path.join(folder, 'kwok'),
  };
}

function cacheFolder(): string {
  const { MODEL_PIPELINES_KUBERNETES_CACHE: chosen, XDG_CACHE_HOME: userCache } = process.env;
  if (chosen) return path.resolve(chosen);
  return path.join(userCache || path.join(homedir(), '.cache'), 'model-pipeline-tasks', 'kubernetes');
}

/** Go of the PATH, or where its installer puts it. */
async function findGo(): Promise<string> {
  for (const go of ['go', '/usr/local/go/bin/go']) {
    try {
      await run(go, ['version']);
      return go;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  throw new GoMissingError(`Go is missing: install Go 1.26 or later to build Kubernetes ${kubernetesVersion}.`);
}

async function buildAll(go: string, folder: string, onLine: (text: string) => void): Promise<void> {
  const version = 'k8s.io/component-base/version';
  const [major, minor] = kubernetesVersion.split('.');
  const stamp = `-X ${version}.gitVersion=v${kubernetesVersion} -X ${version}.gitMajor=${major} -X ${version}.gitMinor=${minor}`;

  // One Go module each: their dependencies don't agree.
  const etcd = new GoModule(go, path.join(folder, 'etcd'), onLine);
  await etcd.require('go.etcd.io/etcd/server/v3', etcdVersion);
  await etcd.build(path.join(folder, 'bin', 'etcd'), ['go.etcd.io/etcd/server/v3']);

  const kwok = new GoModule(go, path.join(folder, 'kwok'), onLine);
  await kwok.require('sigs.k8s.io/kwok', kwokVersion);
  await kwok.build(path.join(folder, 'bin', 'kwok'), ['sigs.k8s.io/kwok/cmd/kwok']);

  const kubernetes = new GoModule(go, path.join(folder, 'kubernetes'), onLine);
  await kubernetes.require('k8s.io/kubernetes', kubernetesVersion, `v0.${kubernetesVersion.replace('1.', '')}`);
  const commands = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
  await kubernetes.build(
    `${path.join(folder, 'bin')}/`,
    commands.map((command) => `k8s.io/kubernetes/cmd/${command}`),
    stamp,
  );
}

/** A module whose only purpose is to build commands of another one. */
class GoModule {
  readonly #environment = {
    ...process.env,
    CGO_ENABLED: '0',
    GOWORK: 'off',
    GOFLAGS: `${process.env.GOFLAGS ?? ''} -mod=mod`,
  };

  constructor(
    private readonly go: string,
    private readonly folder: string,
    private readonly onLine: (text: string) => void,
  ) {}

  /**
   * Takes the commands from this module. Where its go.mod takes modules from its own `./staging`, which are required
   * at v0.0.0 and published under `stagingVersion`, so does ours from there: replacements don't pass on.
   */
  async require(module: string, version: string, stagingVersion?: string): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const environment = { cwd: this.folder, env: this.#environment };
    const { stdout } = await run(this.go, ['mod', 'download', '-json', `${module}@v${version}`], environment);
    const { GoMod: file } = JSON.parse(stdout) as { readonly GoMod: string };
    const goMod = await readFile(file, 'utf8');
    const staged = [...goMod.matchAll(/^\s*(\S+) => \.\/staging\//gm)].map(([, name]) => name);
    const lines = [
      'module control-plane',
      ...(/^go .*$/m.exec(goMod) ?? []),
      `require ${module} v${version}`,
      ...(stagingVersion ? staged.map((name) => `replace ${name} => ${name} ${stagingVersion}`) : []),
    ];
    await writeFile(path.join(this.folder, 'go.mod'), `${lines.join('\n')}\n`);
  }

  /** Builds commands without symbols and debug information, which halves them. */
  async build(output: string, packages: readonly string[], stamp = ''): Promise<void> {
    this.onLine(`Building ${packages.join(', ')}`);
    const flags = ['-trimpath', '-buildvcs=false', '-ldflags', `-s -w ${stamp}`, '-o', output];
    const build = spawn(this.go, ['build', ...flags, ...packages], {
      cwd: this.folder,
      env: this.#environment,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = (await once(build, 'exit')) as [number | null];
    if (code !== 0) throw new ToolError(`Go couldn't build ${packages.join(', ')}.`);
  }
}

/** Two builds at a time may end up here: the first one wins. */
async function putInPlace(built: string, folder: string): Promise<void> {
  try {
    await rename(built, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

await runFromCommandLine(import.meta.url, async () => {
  const started = Date.now();
  const { apiServer } = await buildControlPlane((text) => console.log(text));
  console.log(
    `Kubernetes ${kubernetesVersion} in ${path.dirname(apiServer)} (${Math.round((Date.now() - started) / 1000)} s)`,
  );
});
