import { stripVTControlCharacters } from 'node:util';
import { bounded } from './cause';

/** Frames that container runtimes put around their messages; they repeat what the message says. */
const frames: readonly RegExp[] = [
  /Back-off pulling image "[^"]*": (?=.)/g,
  /Failed to pull image "[^"]*": /g,
  /rpc error: code = \w+ desc = /g,
  /failed to pull and unpack image "[^"]*": /g,
  /failed to resolve (?:reference|image) "[^"]*": /g,
  /failed to create containerd task: /g,
  /failed to create shim task: /g,
  /OCI runtime create failed: /g,
  /runc create failed: /g,
  /unable to start container process: /g,
  /error during container init: /g,
  /: unknown$/g,
];
/** Nothing else happens when no node would get room by preemption. */
const preemption = /[.,;]? ?(?:no new claims to deallocate, )?preemption: .*$/;
const headLength = 160;
const tailLength = 240;

/** A message in one line. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(bounded(text)).replace(/\s+/g, ' ').trim();
}

/** A message in one line of readable length, without a full stop. The end of long messages says most. */
export function shortMessage(text: string): string {
  const line = frames
    .reduce((rest, frame) => rest.replace(frame, ''), oneLine(text))
    .replace(preemption, '')
    .replace(/[\s.]+$/, '');
  if (line.length <= headLength + tailLength) return line;
  return `${line.slice(0, headLength).trimEnd()} … ${line.slice(-tailLength).trimStart()}`;
}
