import { LiveOutput } from './liveOutput';
import type { TextStream } from './output';
import { PipelineView } from './pipelineView';
import { PlainOutput } from './plainOutput';
import { colored, plain, type Paint } from './terminalText';

export interface OpenedView {
  readonly view: PipelineView;
  readonly paint: Paint;
}

/**
 * The view that fits a stream: live on a terminal that a person looks at, else plain lines. All logs are plain lines too,
 * for there is nothing to keep in place. https://no-color.org says when there are no colors.
 */
export function openView(
  stream: TextStream & { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
  { isVerbose, folder }: { readonly isVerbose: boolean; readonly folder: string },
): OpenedView {
  const isOn = (name: string): boolean => (environment[name] ?? '') !== '';
  const isTerminal = stream.isTTY === true && environment['TERM'] !== 'dumb';
  const isLive = isTerminal && !isVerbose && (!isOn('CI') || environment['CI'] === 'false');
  const paint = isTerminal && !isOn('NO_COLOR') ? colored : plain;
  const output = isLive ? new LiveOutput(stream, paint) : new PlainOutput(stream);
  return { view: new PipelineView(output, { paint, isVerbose, folder }), paint };
}
