import { jobSecrets } from './jobSecrets';
import { Redactor } from './redactor';

/**
 * What hides the secrets of the job in everything that leaves this process. It reads them before task-lib removes them
 * from the environment, and task-lib writes from its first line on: import this module before task-lib.
 */
export const redactor = new Redactor(jobSecrets(process.env));

let isOpen = false;

/** Writes without hiding anything: to announce a secret to the agent, and to name the file that it must find. */
export function asIs(write: () => void): void {
  isOpen = true;
  try {
    write();
  } finally {
    isOpen = false;
  }
}

// Also for what we do not write ourselves: task-lib shows each variable that it reads, and Node its warnings.
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  const hidden = (chunk: string | Uint8Array): string | Uint8Array =>
    typeof chunk === 'string' && !isOpen ? redactor.redact(chunk) : chunk;
  Object.assign(stream, {
    write: (chunk: string | Uint8Array, ...rest: [BufferEncoding?, ((error?: Error | null) => void)?]): boolean =>
      write(hidden(chunk), ...rest),
  });
}
