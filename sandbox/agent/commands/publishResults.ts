import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestRunReport } from '../report';
import type { CommandContext } from './commandContext';
import type { Command } from './parseCommand';
import { readJUnit } from './readJUnit';

/** `results.publish`: keeps the files, and counts the tests of those in JUnit's format. */
export function publishResults({ properties }: Command, { job, record }: CommandContext): void {
  const type = properties.get('type') ?? '';
  const named = (properties.get('resultfiles') ?? '').split(',');
  const files = named.filter((file) => existsSync(file));
  record.files.push(...files.map((file) => record.keep(file, 'testResults')));
  if (type.toLowerCase() !== 'junit') {
    const kept = `${files.length} test result file${files.length === 1 ? '' : 's'} kept`;
    record.note(`${kept}; the local agent reads those of type JUnit only.`);
    return;
  }
  const title = properties.get('runtitle') ?? '';
  const runs: TestRunReport[] = [];
  for (const file of files) {
    try {
      const { suite, ...counts } = readJUnit(readFileSync(file, 'utf8'));
      const name = named.length > 1 ? `${title}_${runs.length + 1}` : title;
      runs.push({ title: title === '' ? (suite ?? `JUnit_${path.basename(file)}`) : name, ...counts });
    } catch (error) {
      record.warning(`Failed to read ${file}: ${(error as Error).message}.`);
    }
  }
  const isMerged = properties.get('mergeresults')?.toLowerCase() === 'true' && runs.length > 0;
  const mergedTitle = title || `JUnit_TestResults_${job.variables.get('Build.BuildId') ?? ''}`;
  const published = isMerged ? [merge(mergedTitle, runs)] : runs;
  for (const run of published) record.addTestRun(run);
  if (properties.get('failtaskonfailedtests')?.toLowerCase() === 'true' && published.some(({ failed }) => failed > 0))
    record.fail('There are one or more test failures detected in result files.');
}

function merge(title: string, runs: readonly TestRunReport[]): TestRunReport {
  const sum = (count: 'passed' | 'failed' | 'skipped') => runs.reduce((total, run) => total + run[count], 0);
  return { title, passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}
