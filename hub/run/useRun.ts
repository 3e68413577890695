import { useCallback, useEffect, useRef, useState } from 'react';
import type { Host } from '../host/host';
import { watchRun } from '../host/watchRun';
import { readRun, type RecordCache, type RunContents } from './read/readRun';

/** What the tab shows of the run. */
export type RunState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | {
      readonly kind: 'loaded';
      readonly contents: RunContents;
      /** Why the contents are older than the last request. */
      readonly failure: { readonly error: unknown } | undefined;
    };

export interface Run {
  readonly state: RunState;
  readonly isRefreshing: boolean;
  /** How often the contents were read. */
  readonly readings: number;
  readonly refresh: () => void;
}

/** The page around the tab tells every change of a run that is going; a reading can take several requests. */
const refreshIntervalMs = 5000;

/** Reads the run that the page around the tab shows, and reads it again when it changes. */
export function useRun(host: Host): Run {
  const [state, setState] = useState<RunState>({ kind: 'loading' });
  const [isRefreshing, setRefreshing] = useState(false);
  const [readings, setReadings] = useState(0);
  const reader = useRef<RunReader>();

  const start = useCallback(() => {
    setState({ kind: 'loading' });
    const own = new RunReader(host, {
      onStart: () => setRefreshing(true),
      onEnd: () => setRefreshing(false),
      onRead(contents) {
        setReadings((before) => before + 1);
        setState({ kind: 'loaded', contents, failure: undefined });
      },
      onFailure: (error) =>
        setState((before) =>
          before.kind === 'loaded' ? { ...before, failure: { error } } : { kind: 'failed', error },
        ),
    });
    reader.current = own;
    return () => own.stop();
  }, [host]);
  useEffect(() => start(), [start]);

  const refresh = useCallback(() => {
    const current = reader.current;
    if (current?.isWatching === true) current.readNow();
    else {
      current?.stop();
      start();
    }
  }, [start]);
  return { state, isRefreshing, readings, refresh };
}

interface ReaderEvents {
  readonly onStart: () => void;
  readonly onEnd: () => void;
  readonly onRead: (contents: RunContents) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Reads one run at a time: what changes during a reading is read after it, and not more often than the interval. */
class RunReader {
  readonly #cache: RecordCache = new Map();
  #runId: string | undefined;
  #isReading = false;
  #isStale = false;
  #isStopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: Host,
    private readonly events: ReaderEvents,
  ) {
    watchRun(host, (runId) => this.#onRun(runId)).catch((error: unknown) => {
      if (!this.#isStopped && this.#runId === undefined) events.onFailure(error);
    });
  }

  /** Whether the run is known. */
  get isWatching(): boolean {
    return this.#runId !== undefined;
  }

  readNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isReading) this.#isStale = true;
    else void this.#read();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #onRun(runId: string): void {
    if (this.#isStopped) return;
    const isOther = runId !== this.#runId;
    this.#runId = runId;
    if (isOther) this.readNow();
    else if (this.#isReading) this.#isStale = true;
    else this.#timer ??= setTimeout(() => this.readNow(), refreshIntervalMs);
  }

  async #read(): Promise<void> {
    const runId = this.#runId;
    if (runId === undefined || this.#isStopped) return;
    this.#isReading = true;
    this.#isStale = false;
    this.events.onStart();
    try {
      const contents = await readRun(this.host, runId, this.#cache);
      if (this.#isCurrent(runId)) this.events.onRead(contents);
    } catch (error) {
      if (this.#isCurrent(runId)) this.events.onFailure(error);
    }
    this.#isReading = false;
    if (this.#isStopped) return;
    this.events.onEnd();
    if (this.#runId !== runId) this.readNow();
    else if (this.#isStale) this.#timer ??= setTimeout(() => this.readNow(), refreshIntervalMs);
  }

  #isCurrent(runId: string): boolean {
    return !this.#isStopped && this.#runId === runId;
  }
}
