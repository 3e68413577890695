import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

const built = new Map<string, Promise<string>>();

/** A page that does nothing but load the real SDK, for tests of the host. */
export const protocolPage = (): Promise<string> => pageOf('protocolPage');

/** The registry on the hub's own connection to the host, without the screens. */
export const registryPage = (): Promise<string> => pageOf('registryPage');

/** The requests of the hub without its screens, to compare the time of the hub with. */
export const emptyPage = (): Promise<string> => pageOf('emptyPage');

/** When a page is open; its elements are named by selectors. */
export interface Opened {
  /** An element that it has then. */
  readonly shown: string;
  /** Rows that fill the screen; undefined where it has none. */
  readonly rows?: {
    readonly all: string;
    /** What a row has as long as its content is not final. */
    readonly unfinished: string;
    /** In each row, what the key ArrowDown moves the focus from and to. */
    readonly stops: string;
  };
}

/**
 * A script for a page to be opened with. It marks `opened` on the clock of the frame when everything that is in view has its
 * final content, was painted, and the page has reacted to a key.
 */
export async function openingScript(opened: Opened): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'opening', 'watch.ts')],
    bundle: true,
    format: 'iife',
    globalName: 'opening',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return `${outputFiles[0]?.text ?? ''}\nopening.watch(${JSON.stringify(opened)});`;
}

/** Each page is built once. */
function pageOf(name: string): Promise<string> {
  const found = built.get(name) ?? buildPage(name);
  built.set(name, found);
  return found;
}

async function buildPage(name: string): Promise<string> {
  const folder = path.join(await mkdtemp(path.join(tmpdir(), 'test-page-')), 'hub');
  await mkdir(folder);
  await build({
    entryPoints: [path.join(import.meta.dirname, name, 'page.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    outfile: path.join(folder, 'page.js'),
    logLevel: 'silent',
  });
  for (const file of ['models.html', 'run.html']) await writeFile(path.join(folder, file), html);
  return folder;
}

const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Test</title>
    <script type="module" src="page.js"></script>
  </head>
  <body>
    <main><h1>Test</h1></main>
  </body>
</html>
`;
