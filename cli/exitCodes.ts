/** How a command ended, for scripts: a contract. */
export const exitCodes = {
  succeeded: 0,
  failed: 1,
  /** The command line or an input cannot be used; nothing was done. */
  usage: 2,
  /** Where a command that changes nothing is asked to fail on differences, as with `terraform plan -detailed-exitcode`. */
  differences: 2,
  signInRefused: 4,
  /** What was started at a service failed there. */
  remoteRunFailed: 5,
  /** With `--strict` only. */
  succeededWithIssues: 6,
  interrupted: 130,
} as const;
