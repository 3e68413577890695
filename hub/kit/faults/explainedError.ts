/** An error whose message is a sentence for people: what happened, and what to do. */
export class ExplainedError extends Error {
  override readonly name = 'ExplainedError';
  /** What Azure DevOps said. */
  readonly detail: string | undefined;
  /** Whether the same request can succeed later. */
  readonly canRetry: boolean;

  constructor(
    message: string,
    { detail, canRetry = true }: { readonly detail?: string; readonly canRetry?: boolean } = {},
  ) {
    super(message);
    this.detail = detail;
    this.canRetry = canRetry;
  }
}
