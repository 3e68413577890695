#!/usr/bin/env node
// The first import, so that a signal is not lost while the others load.
import { Interruption } from './interruption';
import { readFileSync } from 'node:fs';
import type { CliManifest } from './manifest';
import { Terminal } from './output/terminal';
import { CliCall } from './runCli';

process.exitCode = 1;
const call = new CliCall({
  args: process.argv.slice(2),
  readManifest: () => JSON.parse(readFileSync(new URL('manifests.json', import.meta.url), 'utf8')) as CliManifest,
  terminal: new Terminal({ stdout: process.stdout, stderr: process.stderr, environment: process.env }),
  stdin: process.stdin,
  environment: process.env,
  workingFolder: process.cwd(),
  interruption: new Interruption(),
  now: () => performance.now(),
  exit: (code) => process.exit(code),
});
const fail = (error: unknown): void => void call.fail(error);
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.once('beforeExit', () => fail(new Error('the command ended without reporting a result')));
void call.run();
