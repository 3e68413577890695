import type { Words } from '../../shared/agent/agent';

export const terminalWords: Words = {
  turnOnDebug: 'add --debug',
  thisStep: 'this command',
  thisMachine: 'this machine',
  startAgain: 'Run the command again',
  connectionMissing: 'is not available: sign in first.',
};

/**
 * Phrases that speak of a pipeline, and what they are in a terminal. Only whole phrases of our own texts are replaced, so
 * that nothing changes in what comes from services and files.
 */
const phrases: readonly (readonly [pipeline: RegExp, terminal: string])[] = [
  [/\b([Rr])un (?:the|this) step\b/g, '$1un the command'],
  [/\brun this step again\b/g, 'run the command again'],
  [/\b[Qq]ueue a new pipeline run\b/g, 'Run the command again'],
  [/: there is no pipeline run to take it from\b/g, ''],
  [/: the organization is not that of a pipeline run to take it from\b/g, ''],
];

/** A text of ours as it is shown in a terminal. */
export function inTerminalWords(text: string): string {
  return phrases.reduce((changed, [pipeline, terminal]) => changed.replaceAll(pipeline, terminal), text);
}
