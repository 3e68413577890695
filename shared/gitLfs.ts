/**
 * The most bytes that a pointer has. Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md ("The pointer").
 */
export const mostPointerBytes = 1024;

const pointer =
  /^version https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\/v\d+\r?\n(?:ext-.*\r?\n)*oid \S+\r?\nsize \d+/;

/** What is wrong with every pointer in a checkout, as the words that follow the name of the file. */
export const pointerProblem =
  "is a Git LFS pointer, not the file itself. Set 'lfs: true' on the checkout step of the pipeline.";

/** Whether a file that begins so is a Git LFS pointer: what a checkout without LFS writes instead of the file. */
export function isLfsPointer(start: Uint8Array): boolean {
  return pointer.test(Buffer.from(start.subarray(0, mostPointerBytes)).toString('latin1'));
}
