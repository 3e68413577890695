import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runFromCommandLine, ToolError } from '../tools/commandLine';
import { againFigures } from './againFigures';
import { cliFigures } from './cliFigures';
import { brokenFigures, table } from './figures';
import { hubFigures } from './hubFigures';
import { importFigures } from './importFigures';
import { onboardingFigures } from './onboardingFigures';
import { sharingFigures } from './sharingFigures';
import { startFigures } from './startFigures';
import { terminalFigures } from './terminalFigures';
import { watchFigures } from './watchFigures';

await runFromCommandLine(import.meta.url, async () => {
  const { values } = parseArgs({ options: { json: { type: 'string' } } });
  const figures = [
    ...(await importFigures()),
    ...(await sharingFigures()),
    ...(await startFigures()),
    ...(await watchFigures()),
    ...(await againFigures()),
    ...(await onboardingFigures()),
    ...(await hubFigures()),
    ...(await cliFigures()),
    ...(await terminalFigures()),
  ];
  console.log(table(figures));
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  const broken = brokenFigures(figures);
  if (broken.length > 0) throw new ToolError(`${broken.length} figures exceed their limits.`);
});
