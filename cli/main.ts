#!/usr/bin/env node
// The first import, so that a signal is not lost while the others load.
import { Interruption } from './interruption';
import type * as nodeFs from 'node:fs';
import type { CliManifest } from './manifest';
import { Terminal } from './output/terminal';
import { CliCall } from './runCli';

process.exitCode = 1;
let manifest: CliManifest | undefined;
const call = new CliCall({
  args: process.argv.slice(2),
  readManifest: () => (manifest ??= readManifest()),
  terminal: new Terminal({
    openStdout: () => waiting(process.stdout),
    openStderr: () => waiting(process.stderr),
    columns: () => (fs().fstatSync(1).isCharacterDevice() ? process.stdout.columns : undefined),
    writeAtOnce: (bytes) => fs().writeSync(1, bytes),
    environment: process.env,
  }),
  // Looked at by commands that read it: it takes time to open.
  get stdin() {
    return process.stdin;
  },
  environment: process.env,
  workingFolder: process.cwd(),
  interruption: new Interruption(),
  now: () => Number(process.hrtime.bigint()) / 1e6,
  exit: (code) => process.exit(code),
});
const fail = (error: unknown): void => void call.fail(error);
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.once('beforeExit', () => fail(new Error('the command ended without reporting a result')));
void call.run();

/** An import would load all of the module at the start, also for help. */
function fs(): typeof nodeFs {
  return process.getBuiltinModule('node:fs');
}

function readManifest(): CliManifest {
  return JSON.parse(fs().readFileSync(new URL('manifests.json', import.meta.url), 'utf8')) as CliManifest;
}

/**
 * A stream that keeps what a full pipe does not take: Node writes to pipes so that it waits for the reader, and sees no signal
 * in that time. Only the handle below the stream can be told otherwise.
 */
function waiting<Stream extends NodeJS.WriteStream>(stream: Stream): Stream {
  const { _handle: handle } = stream as { readonly _handle?: { setBlocking?: (isBlocking: boolean) => unknown } };
  if (!stream.isTTY) handle?.setBlocking?.(false);
  return stream;
}
