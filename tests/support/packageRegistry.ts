import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../tools/commandLine';
import { readJson } from '../../tools/manifests';

const run = promisify(execFile);
const mostBytes = 100_000_000;

export interface PackageRegistry {
  readonly url: string;
  close(): Promise<void>;
}

/** A registry of npm on this machine with the packages that the project has installed, and no others. */
export async function startPackageRegistry(): Promise<PackageRegistry> {
  const { packages } = (await readJson(path.join(projectRoot, 'package-lock.json'))) as {
    readonly packages: Readonly<Record<string, { readonly version?: string }>>;
  };
  const foldersOf = (name: string): readonly string[] =>
    Object.keys(packages).filter((folder) => folder.endsWith(`node_modules/${name}`));

  const answer = async (pathname: string): Promise<Buffer | undefined> => {
    const tarball = /^\/-\/(\d+)\.tgz$/.exec(pathname)?.[1];
    if (tarball !== undefined) return packed(Object.keys(packages)[Number(tarball)] ?? '');
    const name = decodeURIComponent(pathname.slice(1));
    const versions: Record<string, unknown> = {};
    for (const folder of foldersOf(name)) {
      const manifest = (await readJson(path.join(projectRoot, folder, 'package.json'))) as { readonly version: string };
      const index = Object.keys(packages).indexOf(folder);
      versions[manifest.version] = { ...manifest, dist: { tarball: `${url}-/${index}.tgz` } };
    }
    const [latest] = Object.keys(versions);
    return latest === undefined ? undefined : Buffer.from(JSON.stringify({ name, 'dist-tags': { latest }, versions }));
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', url);
    answer(pathname).then(
      (body) => (body ? response.end(body) : response.writeHead(404).end()),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function packed(folder: string): Promise<Buffer> {
  const args = ['-cz', '--exclude=./node_modules', '--transform=s,^\\.,package,', '.'];
  const { stdout } = await run('tar', args, {
    cwd: path.join(projectRoot, folder),
    encoding: 'buffer',
    maxBuffer: mostBytes,
  });
  return stdout;
}
