import * as sdk from 'azure-devops-extension-sdk';
import { withDeadline } from './deadline';
import type { Host } from './host';

const buildPageDataService = 'ms.vss-build-web.build-page-data-service';

interface BuildPageDataService {
  getBuildPageData(): Promise<unknown>;
}

/**
 * Calls back with the id of the run that the page around this one shows: once it is known, and each time that the run
 * changes, such as when one of its steps ends. The page tells it by the configuration of the tab, or when it is asked.
 * Rejects when it does neither.
 */
export async function watchRun(
  { configuration }: Pick<Host, 'configuration'>,
  onRun: (runId: string) => void,
): Promise<void> {
  let isTold = false;
  const told = new Promise<void>((resolve) => {
    const tell = (build: unknown): void => {
      const runId = idOf(build);
      if (runId === undefined) return;
      isTold = true;
      resolve();
      onRun(runId);
    };
    const { onBuildChanged } = configuration;
    // A call through the frame, whose result says nothing; without an answer, the deadline below ends the wait.
    if (typeof onBuildChanged === 'function') void Promise.resolve(onBuildChanged(tell)).catch(() => undefined);
  });
  const asked = askPage().then((runId) => {
    if (!isTold) onRun(runId);
  });
  const isWatched = typeof configuration['onBuildChanged'] === 'function';
  await withDeadline(isWatched ? Promise.any([told, asked]) : asked);
}

async function askPage(): Promise<string> {
  const service = await sdk.getService<BuildPageDataService>(buildPageDataService);
  const data: unknown = await service.getBuildPageData();
  const runId = typeof data === 'object' && data !== null && 'build' in data ? idOf(data.build) : undefined;
  if (runId === undefined) throw new Error('The page around the tab did not say which run it shows.');
  return runId;
}

function idOf(build: unknown): string | undefined {
  if (typeof build !== 'object' || build === null || !('id' in build)) return undefined;
  return typeof build.id === 'number' && Number.isSafeInteger(build.id) ? String(build.id) : undefined;
}
