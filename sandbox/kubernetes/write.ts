/** How an object is written. */
export interface Write {
  /** The field manager. */
  readonly manager: string;
  readonly subresource?: 'status' | 'scale';
  readonly isDryRun?: boolean;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  /** Takes warnings for the one who writes. */
  readonly warn?: (text: string) => void;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
  readonly isDryRun?: boolean;
  readonly uid?: string;
  readonly resourceVersion?: string;
}
