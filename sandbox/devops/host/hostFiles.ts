import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const page = path.join(import.meta.dirname, 'page');

export interface HostFile {
  readonly contentType: string;
  readonly body: Buffer;
}

let made: Promise<ReadonlyMap<string, HostFile>> | undefined;

/** The files of the page around the extension, by name. They are made once. */
export function hostFiles(): Promise<ReadonlyMap<string, HostFile>> {
  return (made ??= makeFiles());
}

async function makeFiles(): Promise<ReadonlyMap<string, HostFile>> {
  const [html, css, script] = await Promise.all([
    readFile(path.join(page, 'host.html')),
    readFile(path.join(page, 'host.css')),
    pageScript(),
  ]);
  return new Map([
    ['host.html', { contentType: 'text/html; charset=utf-8', body: html }],
    ['host.css', { contentType: 'text/css; charset=utf-8', body: css }],
    ['host.js', { contentType: 'text/javascript; charset=utf-8', body: script }],
  ]);
}

/** A package of the sandbox has the script; in the project it is made of its sources. */
async function pageScript(): Promise<Buffer> {
  const made = path.join(page, 'host.js');
  if (existsSync(made)) return readFile(made);
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [path.join(page, 'main.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return Buffer.concat(outputFiles.map(({ contents }) => contents));
}
