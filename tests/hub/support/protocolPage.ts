import { copyFile, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

const source = path.join(import.meta.dirname, 'protocolPage');
let built: Promise<string> | undefined;

/** A page that does nothing but load the real SDK, for tests of the host. It is built once. */
export function protocolPage(): Promise<string> {
  return (built ??= buildPage());
}

async function buildPage(): Promise<string> {
  const folder = path.join(await mkdtemp(path.join(tmpdir(), 'protocol-page-')), 'hub');
  await mkdir(folder);
  await build({
    entryPoints: [path.join(source, 'page.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    outfile: path.join(folder, 'page.js'),
    logLevel: 'silent',
  });
  for (const name of ['models.html', 'run.html'])
    await copyFile(path.join(source, 'models.html'), path.join(folder, name));
  return folder;
}
