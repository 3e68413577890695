import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { ToolError } from './commandLine';
import { readJson } from './manifests';

const permissive = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Python-2.0',
]);

/** Files of ours that were made from a package. */
const derivedFiles: Readonly<Record<string, string>> = {
  'shared/databricks/specs/specTypes.ts': 'node_modules/@databricks/sdk-experimental',
};

/**
 * The notices for every package that the bundles hold: name, version and licence text.
 * Fails on a licence that is not permissive, or that comes without its text.
 */
export async function thirdPartyNotices(root: string, metafiles: readonly Metafile[]): Promise<string> {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const folders = new Set(
    inputs.map((file) => packageFolderOf(file) ?? derivedFiles[file]).filter((folder) => folder !== undefined),
  );
  const packages = await Promise.all([...folders].map((folder) => readPackage(root, path.resolve(root, folder))));
  const byTitle = new Map(packages.map((entry) => [entry.title, entry]));
  const sorted = [...byTitle.values()].sort((a, b) => (a.title < b.title ? -1 : 1));
  return [
    'This extension contains the following third-party software.\n',
    ...sorted.map(({ title, license, text }) => `${'-'.repeat(80)}\n${title} (${license})\n\n${text}\n`),
  ].join('\n');
}

/** The folder of the package that a bundled file comes from; undefined for the project's own files. */
export function packageFolderOf(file: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

async function readPackage(root: string, folder: string) {
  const { name, version, license, author } = (await readJson(path.join(folder, 'package.json'))) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
    readonly author?: string | { readonly name: string };
  };
  const title = `${name} ${version}`;
  if (license === undefined || !permissive.has(license))
    throw new ToolError(
      `${title}: the licence ${license ?? '(none)'} is not one of the permissive licences in tools/thirdPartyNotices.ts.`,
    );
  const files = (await readdir(folder)).sort();
  const licence = files.find((file) => /^(licen[cs]e|copying)/i.test(file));
  if (licence !== undefined) {
    const notice = files.filter((file) => /^notice/i.test(file));
    const parts = await Promise.all([licence, ...notice].map((file) => readText(path.join(folder, file))));
    return { title, license, text: parts.join('\n\n') };
  }

  const holder = typeof author === 'object' ? author.name : author;
  if (license !== 'MIT' || holder === undefined) throw new ToolError(`${title}: the package has no licence text.`);
  return { title, license, text: `Copyright (c) ${holder}\n\n${await mitTerms(root)}` };
}

/** The MIT licence without its copyright line: the project's own licence has it. */
async function mitTerms(root: string): Promise<string> {
  const licence = await readText(path.join(root, 'LICENSE'));
  return licence.slice(licence.indexOf('Permission is hereby granted'));
}

async function readText(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).replaceAll('\r\n', '\n').trim();
}
