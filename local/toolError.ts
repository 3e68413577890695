/** A failure that a person can act on: said without a stack. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
