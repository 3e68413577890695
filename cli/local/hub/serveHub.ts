import { join } from 'node:path';
import { UsageError } from '../../usageError';
import { servedUntil, withEmbedded } from '../embedded';
import type { LocalCall, LocalRun } from '../localCommand';
import { flagOption, pathOption, textOption } from '../options';
import { packageFolder } from '../packageFolder';

/** Serves the Models hub with the model of a repository; it goes on until it is interrupted. */
export const run: LocalRun = async (call, { workingFolder, signal }) => {
  const port = readPort(call);
  const repository = pathOption(call, 'repository', workingFolder) ?? workingFolder;
  const hub = await withEmbedded(
    () => import('../../../local/commands/runHub'),
    ({ runHub }) =>
      runHub({
        repository,
        model: textOption(call, 'model'),
        port,
        hubFolder: join(packageFolder('extension'), 'hub'),
        isFresh: flagOption(call, 'fresh'),
      }),
  );
  const { url, dataFile, runs } = hub;
  return {
    result: 'Succeeded',
    message: `The Models hub is at ${url}. Press Ctrl+C to stop it.`,
    outputs: { url, dataFile, runs: String(runs) },
    serve: () => servedUntil(signal, () => hub.close()),
  };
};

function readPort(call: LocalCall): number | undefined {
  const text = textOption(call, 'port');
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new UsageError([{ option: '--port', problem: 'must be a number from 1 to 65535.' }]);
}
