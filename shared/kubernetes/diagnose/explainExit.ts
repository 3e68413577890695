import { findCause } from '../../causes/cause';
import { startCauses } from '../../causes/starting';
import type { Trouble } from '../rollout/trouble';
import type { Evidence } from './evidence';
import { containerName, explained, lastLine, shown, type Explanation } from './explanation';
import { containerOf, probeText } from './podContainer';

/** Why a container that was started has ended. */
export function explainExit(trouble: Trouble, evidence: Evidence): Explanation {
  const { spec, status } = containerOf(trouble);
  const name = containerName(trouble);
  const end = status?.lastState?.terminated ?? status?.state?.terminated;
  const limit = spec?.resources?.limits?.['memory'];
  if (end?.reason === 'OOMKilled')
    return {
      cause: `${name} was killed because it needs more memory than ${limit ? `its limit of ${limit}` : 'its node has'} (OOMKilled).`,
      advice: 'Raise the memory of the service: a loaded model needs several times the size of its file.',
    };
  const probe = killedBy(trouble, evidence);
  if (probe !== undefined)
    return {
      cause: `${name} was killed because it did not answer its health check in time: ${probe}.`,
      advice: 'Check its log. If loading the model takes long, allow more time for the start.',
    };
  const line = lastLine(trouble, evidence);
  // The program that starts the container reports in its log, not in its state, when it can't start another one.
  const known =
    line === undefined
      ? undefined
      : findCause(
          startCauses.filter(({ isInLog }) => isInLog),
          line,
        );
  if (known && line !== undefined) return explained(trouble, known, line);
  const exitCode = end?.exitCode ?? 0;
  const detail = line ?? end?.message;
  return {
    cause: `${name} exits after its start (exit code ${exitCode})${detail === undefined ? '' : `: ${shown(detail)}`}.`,
    advice: exitAdvice(exitCode, line),
  };
}

/** The probe that made the cluster kill the container. */
function killedBy(trouble: Trouble, { warnings }: Evidence): string | undefined {
  const { spec, status } = containerOf(trouble);
  // Only exit codes 143 (terminated) and 137 (killed) can come from a probe.
  if (![137, 143].includes(status?.lastState?.terminated?.exitCode ?? 0)) return undefined;
  for (const [kind, probe] of [
    ['Startup', spec?.startupProbe],
    ['Liveness', spec?.livenessProbe],
  ] as const) {
    const failed = warnings.findLast(({ message }) => message?.startsWith(`${kind} probe failed`))?.message;
    if (probe && failed !== undefined) return `${probeText(probe)}; ${shown(failed)}`;
  }
  return undefined;
}

function exitAdvice(exitCode: number, line: string | undefined): string {
  if (/ModuleNotFoundError|ImportError|No module named/.test(line ?? ''))
    return 'Add the missing package to the requirements of the image.';
  if (/FileNotFoundError|No such file/.test(line ?? ''))
    return 'Check that the file exists in the image, under this path.';
  if (/PermissionError|Permission denied|Read-only file system/.test(line ?? ''))
    return 'The container is not allowed to write there. Write to /tmp, or relax the security settings of the service.';
  if (/No space left on device/i.test(line ?? ''))
    return 'The disk is full: write less, raise the size limit of the volume, or use nodes with larger disks.';
  switch (exitCode) {
    case 0:
      return 'A service must not exit: start a server that keeps listening.';
    case 126:
    case 127:
      return 'The command of the image was not found or is not executable. Check its ENTRYPOINT and CMD.';
    case 137:
      return 'It was killed, most likely because of its memory. Raise the memory of the service.';
    case 139:
      return 'It crashed in native code (segmentation fault). Check the versions of native packages, and the architecture of the image.';
    default:
      return line === undefined ? 'It did not write a log. Check the command of the image.' : 'Check its log below.';
  }
}
