import assert from 'node:assert/strict';
import type { Contract } from '../support/cancelAt';

const run = /^Cancelled\. Run \d+ (was cancelled too|is being cancelled too|had already ended as \w+)\.$/;

/** What a task does after a cancellation, where it is more than to end. */
const contracts: Readonly<Record<string, Contract>> = {
  // Reads the run that it has started, cancels it, and reads it until it has ended.
  RunJob: {
    mostLate: 6,
    says: ({ what }, message) => {
      if (/run-now|submit|runs\/get$/.test(what)) assert.match(message, run);
    },
  },
  // Record that they have ended.
  ImportNotebooks: { mostLate: 1 },
  UploadToVolume: { mostLate: 1 },
  // Sends up to six requests at a time.
  DeployAks: { mostLate: 5 },
  DeployAci: {
    mostLate: 1,
    // It has just been changed, or is being deleted.
    says: (_, message) => assert.doesNotMatch(message, /unchanged/),
  },
  InstallLibraries: {
    mostLate: 0,
    says: ({ what }, message) => {
      if (what.endsWith('/libraries/install'))
        assert.match(message, /^Cancelled\. Databricks may install the libraries/);
    },
  },
};
const others: Contract = { mostLate: 0 };

/** How a task may end after a cancellation. */
export function contractOf(task: string): Contract {
  return contracts[task] ?? others;
}
