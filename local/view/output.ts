/** What is going on just now. */
export interface Activity {
  readonly depth: number;
  readonly title: string;
}

/** Where a view is shown: lines that stay, and below them what is going on. */
export interface ViewOutput {
  /** What lines are cut to; undefined where they are not. */
  readonly columns: number | undefined;
  /** Adds lines. */
  print(text: string): void;
  /** Shows the current activity instead of the previous one. */
  start(activity: Activity): void;
  /** What is going on says something. */
  tell(detail: string): void;
  /** Nothing is going on any more. */
  stop(): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

/** The part of a stream that a view needs. */
export interface TextStream {
  readonly columns?: number;
  write(text: string): unknown;
}
