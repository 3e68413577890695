import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { type HostedExtension, readManifest } from '../../../sandbox/devops/host/manifest';
import { projectRoot } from '../../../tools/commandLine';
import { bundleHub } from '../../../tools/hubBundle';

export interface BuiltHub {
  readonly folder: string;
  readonly extension: HostedExtension;
}

/** The variable that tells the processes of one run where the pages are. */
export const sharedPages = 'MODEL_PIPELINES_TEST_PAGES';

let built: Promise<string> | undefined;

/**
 * The pages of the project, built once for the whole run (`oneBrowser.ts`), otherwise once for this process, or those that a
 * suite builds itself; the manifest is that of the project.
 */
export async function builtHub(build: () => Promise<string> = projectPages): Promise<BuiltHub> {
  const manifest = await readFile(path.join(projectRoot, 'vss-extension.json'), 'utf8');
  return { folder: await build(), extension: readManifest(JSON.parse(manifest)) };
}

const projectPages = (): Promise<string> => (built ??= Promise.resolve(process.env[sharedPages] ?? buildPages()));

/** What the scripts of the pages of the project are made of. */
export async function builtFrom(): Promise<Metafile> {
  return JSON.parse(await readFile(metafileOf(await projectPages()), 'utf8')) as Metafile;
}

/** Builds the pages of the project into a folder of the system's temporary one. */
export async function buildPages(): Promise<string> {
  const folder = path.join(await mkdtemp(path.join(tmpdir(), 'hub-')), 'hub');
  const metafile = await bundleHub(projectRoot, folder);
  await writeFile(metafileOf(folder), JSON.stringify(metafile));
  return folder;
}

/** Beside the pages, which are served. */
const metafileOf = (folder: string): string => path.join(path.dirname(folder), 'metafile.json');

/** @param folder from `buildPages` */
export function removePages(folder: string): Promise<void> {
  return rm(path.dirname(folder), { recursive: true });
}
