import type { OperationFailure } from '../../operations';
import type { DeploymentBehaviour, Stage } from './behaviours';

interface StageFailure {
  readonly code: string;
  readonly message: string;
  /** From the start of the deployment to its failure. */
  readonly seconds: number;
}

const guide = 'Please see troubleshooting guide, available here: https://aka.ms/oe-tsg';

const failures: Readonly<Record<Stage, StageFailure>> = {
  quota: {
    code: 'OutOfQuota',
    message:
      'The amount of CPU quota requested is 72 and your maximum amount of quota is [N/A]. Please see troubleshooting guide, available here: https://aka.ms/oe-tsg#error-outofquota',
    seconds: 60,
  },
  capacity: {
    code: 'InternalServerError',
    message: `Internal error. ${guide}`,
    seconds: 110 * 60,
  },
  imageBuild: { code: 'ImageBuildFailure', message: '', seconds: 420 },
  imagePull: {
    code: 'BadArgument',
    message: `The request is invalid: unable to download user container image. Please check the image exists and the endpoint identity has permission to pull it. ${guide}#error-badargument`,
    seconds: 480,
  },
  pullPermission: {
    code: 'BadArgument',
    message:
      'Endpoint identity does not have pull permission on the registry. For System Assigned Identity case and workspace ACR, platform will wire up the permissions but for any other registry the AcrPull role has to be assigned to the identity beforehand.',
    seconds: 600,
  },
  modelDownload: {
    code: 'BadArgument',
    message: `The request is invalid: unable to download user model. ${guide}#error-badargument`,
    seconds: 480,
  },
  container: {
    code: 'ResourceNotReady',
    message: `User container has crashed or terminated: Liveness probe failed: HTTP probe failed with statuscode: 502. ${guide}#error-resourcenotready`,
    seconds: 540,
  },
  probe: {
    code: 'ResourceNotReady',
    message: `User container has crashed or terminated: Readiness probe failed: HTTP probe failed with statuscode: 503. ${guide}#error-resourcenotready`,
    seconds: 240,
  },
};

/** Where the log of a build that failed is to be found. */
export interface BuildLog {
  readonly account: string;
  readonly container: string;
  readonly path: string;
}

/**
 * How a deployment ends that fails at a stage, and after how many seconds. With a null code, the message begins with the
 * code, as callers have seen it.
 */
export function failureAt(
  stage: Stage,
  { code: ownCode, message: ownMessage, seconds: ownSeconds }: DeploymentBehaviour,
  { buildLog, hasNullCodes }: { readonly buildLog: BuildLog; readonly hasNullCodes: boolean },
): { readonly failure: OperationFailure; readonly seconds: number } {
  const { code: usualCode, message: usualMessage, seconds } = failures[stage];
  const code = ownCode ?? usualCode;
  const message = ownMessage ?? (stage === 'imageBuild' ? buildMessage(buildLog) : usualMessage);
  return {
    failure: hasNullCodes ? { code: null, message: `${code}: ${message}` } : { code, message },
    seconds: ownSeconds ?? seconds,
  };
}

const buildMessage = ({ account, container, path }: BuildLog): string =>
  `The environment image build failed. For more information, see the build log under the storage account '${account}' in the container '${container}' at the path '${path}'.`;
