/** Texts that nobody may see in what a task leaves behind. */
export const planted = {
  /** The credentials of all connections, which no input contains. */
  credential: 'dapi5f1e9c0a7b3d2468-planted',
  /** A secret variable of the job, which inputs and files contain. */
  variable: 'Tr0ub4dor-secret-variable',
  /** The value of an input that is for secrets. It is not known before the input is read. */
  input: 'c0rrect-horse-secret-input',
} as const;

/** Whatever a task could say of them: as they are, in base64, and in a URL. */
export const plantedForms: readonly string[] = Object.values(planted).flatMap((secret) => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(`Bearer ${secret}`).toString('base64').replace(/=+$/, ''),
]);
