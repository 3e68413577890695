import { HttpError } from '../../http/errors';

/**
 * What a refusal means, by the name of its exception (`typeKey`), or by the number that its message begins with where there
 * is no name. The status decides nothing alone: one exception comes with several, and many exceptions with one.
 */
interface Meaning {
  readonly typeKeys: readonly string[];
  readonly numbers: readonly string[];
}

/** Sources: recorded answers of the service, and answers that are quoted in issues of its clients. */
const meanings = {
  /** https://github.com/Azure/azure-devops-cli-extension, https://github.com/microsoft/terraform-provider-azuredevops */
  alreadyExists: {
    typeKeys: [
      'GitRepositoryNameAlreadyExistsException',
      'GitPullRequestExistsException',
      'VariableGroupExistsException',
      'EnvironmentExistsException',
      'DefinitionExistsException',
      'ClassificationNodeDuplicateNameException',
    ],
    numbers: ['TF400948', 'TF401179'],
  },
  /** Someone else has updated a branch since it was read. */
  staleReference: { typeKeys: ['GitReferenceStaleException'], numbers: ['TF401028'] },
  rejectedByPolicy: { typeKeys: ['GitRefUpdateRejectedByPolicyException'], numbers: ['TF402455'] },
  notPermitted: {
    typeKeys: ['GitNeedsPermissionException', 'AccessDeniedException'],
    numbers: ['TF401027', 'TF215106'],
  },
  /** https://github.com/microsoft/azure-devops-node-api/issues/162 */
  extensionNotInstalled: { typeKeys: ['InstalledExtensionNotFoundException'], numbers: ['1660004'] },
  collectionMissing: { typeKeys: ['DocumentCollectionDoesNotExistException'], numbers: ['1660002'] },
  documentMissing: { typeKeys: ['DocumentDoesNotExistException'], numbers: ['1660001'] },
  documentExists: { typeKeys: ['DocumentExistsException'], numbers: ['1660000'] },
  documentStale: { typeKeys: ['InvalidDocumentVersionException'], numbers: ['1660003'] },
  documentTooLarge: { typeKeys: ['MaximumDocumentSizeException'], numbers: [] },
  /** A branch that does not exist, or that the service does not show yet. */
  referenceMissing: { typeKeys: [], numbers: ['TF401020'] },
} as const satisfies Readonly<Record<string, Meaning>>;

/** Whether a call was refused for this reason. */
export function isRefusedAs(reason: keyof typeof meanings, error: unknown): error is HttpError {
  if (!(error instanceof HttpError)) return false;
  const { typeKeys, numbers }: Meaning = meanings[reason];
  return (
    typeKeys.includes(error.errorCode ?? '') ||
    numbers.some(
      (number) => error.serviceMessage.startsWith(`${number}:`) || error.serviceMessage.includes(`%error="${number}"`),
    )
  );
}

/**
 * Whether a call was refused because what it names does not exist, or because the identity may not see it: Azure DevOps does
 * not say which. `requireAbsence` finds out. A path that no route answers is something else.
 */
export function isAbsentOrNotPermitted(error: unknown): error is HttpError {
  return (
    error instanceof HttpError && error.status === 404 && !error.serviceMessage.startsWith('The controller for path')
  );
}
