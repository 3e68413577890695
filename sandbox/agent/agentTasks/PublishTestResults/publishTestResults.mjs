// Finds the result files and hands them to the agent, as the task of that name does.
import console from 'node:console';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import picomatch from 'picomatch';

const input = (name) => process.env[`INPUT_${name.toUpperCase()}`] ?? '';
const searchFolder = path.resolve(process.env.SYSTEM_DEFAULTWORKINGDIRECTORY ?? '', input('searchFolder'));

/** Files that a pattern means: below the search folder, unless it is absolute. */
function filesOf(pattern) {
  const { base, glob } = picomatch.scan(pattern);
  const root = path.resolve(searchFolder, base);
  if (!existsSync(root)) return [];
  if (glob === '') return [root];
  const matches = picomatch(glob, { dot: true, nobrace: true });
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => matches(path.relative(root, file).split(path.sep).join('/')))
    .sort();
}

/** Later patterns count more; those with an exclamation mark take away what was found. */
function findFiles(patterns) {
  const found = new Set();
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) for (const file of filesOf(pattern.slice(1))) found.delete(file);
    else for (const file of filesOf(pattern)) found.add(file);
  }
  return [...found];
}

function say(command, properties, data = '') {
  const escaped = Object.entries(properties).map(([key, value]) => {
    const text = value.replaceAll('%', '%AZP25').replaceAll(';', '%3B').replaceAll(']', '%5D');
    return `${key}=${text}`;
  });
  console.log(`##vso[${command} ${escaped.join(';')}]${data}`);
}

const patterns = input('testResultsFiles')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '');
const files = findFiles(patterns);
if (files.length > 0) {
  say('results.publish', {
    type: input('testRunner'),
    mergeResults: input('mergeTestResults'),
    runTitle: input('testRunTitle'),
    resultFiles: files.join(','),
    failTaskOnFailedTests: input('failTaskOnFailedTests'),
  });
} else {
  const message = `No test result files matching '${patterns.join(',')}' were found.`;
  if (input('failTaskOnMissingResultsFile') === 'true') say('task.complete', { result: 'Failed' }, message);
  else say('task.logissue', { type: 'warning' }, message);
}
