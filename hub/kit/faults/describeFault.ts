import { StoreError, type StoreErrorKind } from '../../../shared/variables/registry/documentStore';
import { RegistryRefusal } from '../../../shared/variables/registry/refusal';
import { RestError } from '../../host/host';
import { ExplainedError } from './explainedError';

/** What a person reads of an error. */
export interface FaultText {
  /** What happened, and what to do. */
  readonly sentence: string;
  /** What Azure DevOps said. */
  readonly detail: string | undefined;
  /** Whether the same request can succeed later. */
  readonly canRetry: boolean;
}

const storeSentences: Readonly<Record<StoreErrorKind, string>> = {
  exists: 'Someone else created this in the meantime. Reload the page.',
  stale: 'Someone else saved in the meantime. Reload the page.',
  tooLarge: 'This is larger than Azure DevOps stores in one document. Move some of the values to another model.',
  notInstalled:
    'The extension is not installed in this organization, or it is disabled. Ask an administrator to install it under Organization settings > Extensions.',
  refused: 'You do not have permission to do this. Ask a project administrator.',
  unreachable: 'Azure DevOps did not answer. Check the network connection, and try again.',
  unknown: 'Azure DevOps reported an error. Try again; if it occurs again, report it with the details.',
};

/** The sentence for an error of any kind. */
export function describeFault(error: unknown): FaultText {
  if (error instanceof StoreError)
    return { sentence: storeSentences[error.kind], detail: error.message, canRetry: error.kind !== 'tooLarge' };
  if (error instanceof RegistryRefusal) return { sentence: error.message, detail: undefined, canRetry: false };
  if (error instanceof ExplainedError)
    return { sentence: error.message, detail: error.detail, canRetry: error.canRetry };
  if (error instanceof RestError) return restText(error);
  const detail = error instanceof Error ? error.message : String(error);
  return {
    sentence: 'An error occurred in this page. Try again; if it occurs again, report it.',
    detail,
    canRetry: true,
  };
}

function restText({ status, message }: RestError): FaultText {
  const detail = message;
  if (status === undefined) return { sentence: storeSentences.unreachable, detail, canRetry: true };
  if (status === 401 || status === 403) return { sentence: storeSentences.refused, detail, canRetry: true };
  return { sentence: 'Azure DevOps refused the request.', detail, canRetry: true };
}
