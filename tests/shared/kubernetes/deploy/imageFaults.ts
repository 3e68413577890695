/** What the first error line says of an image that does not come to work, by the word in its name. */
export const imageFaults: readonly (readonly [image: string, cause: RegExp])[] = [
  ['r.io/not-found:2', /^The image r\.io\/not-found:2 does not exist/],
  ['r.io/crash:2', /^The container 'score' exits after its start .*No module named 'sklearn'/],
  ['r.io/oom:2', /^The container 'score' was killed because it needs more memory than its limit of 128Mi/],
  [
    'r.io/unready:2',
    /^The container 'score' was killed because it did not answer its health check|^The container 'score' runs, but is not ready/,
  ],
];
