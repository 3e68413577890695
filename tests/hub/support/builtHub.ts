import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { HostOptions } from '../../../sandbox/devops/host/host';
import { projectRoot } from '../../../tools/commandLine';

export interface BuiltHub {
  readonly folder: string;
  readonly extension: HostOptions['extension'];
}

interface Manifest {
  readonly publisher: string;
  readonly id: string;
  readonly version: string;
  readonly scopes?: readonly string[];
}

/** The pages of the project, or those that a suite builds itself, as the manifest of the extension describes them. */
export async function builtHub(build: () => Promise<string>): Promise<BuiltHub> {
  const folder = await build();
  const manifest = JSON.parse(await readFile(path.join(projectRoot, 'vss-extension.json'), 'utf8')) as Manifest;
  const { publisher, id, version, scopes = [] } = manifest;
  return { folder, extension: { publisherName: publisher, extensionName: id, version, scopes } };
}
