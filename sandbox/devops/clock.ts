/** What time it is in the organisation, in epoch milliseconds. */
export interface Clock {
  now(): number;
}
