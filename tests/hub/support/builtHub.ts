import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type HostedExtension, readManifest } from '../../../sandbox/devops/host/manifest';
import { projectRoot } from '../../../tools/commandLine';
import { bundleHub } from '../../../tools/hubBundle';

export interface BuiltHub {
  readonly folder: string;
  readonly extension: HostedExtension;
}

let built: Promise<string> | undefined;

/** The pages of the project, built once, or those that a suite builds itself; the manifest is that of the project. */
export async function builtHub(build: () => Promise<string> = () => (built ??= buildPages())): Promise<BuiltHub> {
  const manifest = await readFile(path.join(projectRoot, 'vss-extension.json'), 'utf8');
  return { folder: await build(), extension: readManifest(JSON.parse(manifest)) };
}

async function buildPages(): Promise<string> {
  const folder = path.join(await mkdtemp(path.join(tmpdir(), 'hub-')), 'hub');
  await bundleHub(projectRoot, folder);
  return folder;
}
