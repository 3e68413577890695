import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { projectRoot, runFromCommandLine, ToolError } from './commandLine';
import { chromiumFile, hasChromium, launchChromium } from './hub/chromium';
import { keptRuns, type KeptRun } from '../local/hub/keptRuns';
import { startHub, type LocalHub } from '../local/hub/startHub';
import { bundleHub } from './hubBundle';
import { runFolder } from '../local/pipelines/runRepository';

/** A picture of a page. */
interface Screen {
  /** Of the file: `hub-<name>-light.png`. */
  readonly name: string;
  /** What the page shows; empty for the list of models. */
  readonly hash: string;
  /** The page of this run of `npm start`, where there is one. */
  readonly run?: string;
  /** Brings the page into the state that the picture shows. */
  readonly prepare?: (frame: ReturnType<Page['frameLocator']>) => Promise<void>;
}

/** All pictures, in the order of the documentation. */
const screens: readonly Screen[] = [
  { name: 'models', hash: '' },
  { name: 'variables', hash: 'model=demo_model' },
  { name: 'file', hash: 'model=demo_model&tab=file' },
  { name: 'history', hash: 'model=demo_model&tab=history&rev=4&against=3' },
  { name: 'repository', hash: 'model=demo_model&tab=repository' },
  { name: 'compare', hash: 'view=compare&left=demo_model&right=demo_model&rightEnv=prod' },
  { name: 'settings', hash: 'view=settings' },
  { name: 'new', hash: 'view=new' },
  { name: 'run', hash: '', run: 'evaluate' },
];

const themes = ['light', 'dark'] as const;
/** Of all changes and of the page: pictures of the same pages are the same. */
const now = new Date('2026-11-30T12:00:00Z');
const size = { width: 1366, height: 768 };
/** The largest file that the repository takes. */
const mostBytes = 150_000;

/** Takes the pictures of all screens in Chromium. @returns the files. @throws ToolError */
export async function takeScreenshots(outFolder: string, outputFolder: string): Promise<readonly string[]> {
  if (!hasChromium()) throw new ToolError(`There is no Chromium at ${chromiumFile}. On Debian, install chromium.`);
  const hubFolder = path.join(await mkdtemp(path.join(tmpdir(), 'hub-')), 'hub');
  await bundleHub(projectRoot, hubFolder);
  const runs = (await keptRuns(runFolder(outputFolder))).map(at);
  const repository = path.join(projectRoot, 'template');
  const hub = await startHub({ hubFolder, repository, model: 'demo_model', runs, now });
  const browser = await launchChromium();
  try {
    await mkdir(outFolder, { recursive: true });
    const files: string[] = [];
    const hasRunPage = (await readdir(hubFolder)).includes('run.html');
    for (const screen of screens) {
      const isTaken = screen.run === undefined || (hasRunPage && runs.some(({ name }) => name === screen.run));
      if (!isTaken) console.log(`SKIPPED: hub-${screen.name}: run npm start first.`);
      else for (const theme of themes) files.push(await takeScreenshot({ hub, browser, outFolder }, screen, theme));
    }
    return files;
  } finally {
    await browser.close();
    await hub.close();
    await rm(path.dirname(hubFolder), { recursive: true, force: true });
  }
}

/** One run an hour, the last one an hour ago. */
const at = (run: KeptRun, index: number, all: readonly KeptRun[]): KeptRun => ({
  ...run,
  startTime: now.getTime() - (all.length - index) * 3_600_000,
});

async function takeScreenshot(
  { hub, browser, outFolder }: { readonly hub: LocalHub; readonly browser: Browser; readonly outFolder: string },
  { name, hash, run, prepare }: Screen,
  theme: (typeof themes)[number],
): Promise<string> {
  const context = await browser.newContext({
    viewport: size,
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  try {
    await context.clock.setFixedTime(now);
    const page = await context.newPage();
    const build = run === undefined ? undefined : await buildOf(hub, run);
    const query = new URLSearchParams({ page: build === undefined ? 'models' : 'run', theme, hash, ...build });
    await page.goto(`${hub.host.url}?${query.toString()}`);
    await page.locator('#state').waitFor({ state: 'hidden' });
    await settled(page);
    await prepare?.(page.frameLocator('iframe'));
    await settled(page);
    const file = path.join(outFolder, `hub-${name}-${theme}.png`);
    await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
    const { size: bytes } = await stat(file);
    if (bytes > mostBytes) throw new ToolError(`${file} has ${bytes} bytes, more than ${mostBytes}.`);
    return file;
  } finally {
    await context.close();
  }
}

/** Waits until the extension shows all that it loads, and does not change it any more. */
async function settled(page: Page): Promise<void> {
  const frame = await (await page.waitForSelector('iframe')).contentFrame();
  if (!frame) throw new ToolError('The page shows no frame.');
  await frame.evaluate(unchanged);
}

/** A script, because this file is not one of a browser. */
const unchanged = `new Promise((resolve) => {
  const end = () => (document.querySelector('.bolt-spinner') === null ? resolve() : undefined);
  let timer = setTimeout(end, 1000);
  new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(end, 1000);
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
})`;

/** The id of the newest run of a pipeline, for the query. */
async function buildOf({ organization }: LocalHub, pipeline: string): Promise<{ readonly build: string }> {
  const response = await fetch(`${organization.url}${organization.project}/_apis/build/builds`, {
    headers: { authorization: `Bearer ${organization.personalAccessToken}` },
  });
  const { value } = (await response.json()) as {
    readonly value: readonly { id: number; definition: { name: string } }[];
  };
  const found = value.find(({ definition }) => definition.name === pipeline);
  if (!found) throw new ToolError(`The organization has no run of ${pipeline}.`);
  return { build: String(found.id) };
}

await runFromCommandLine(import.meta.url, async () => {
  const files = await takeScreenshots(path.join(projectRoot, 'docs', 'images'), path.join(projectRoot, 'dist'));
  for (const file of files) console.log(path.relative(process.cwd(), file));
});
