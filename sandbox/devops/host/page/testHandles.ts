import type { FrameChannel } from './frameChannel';
import type { Log } from './log';
import { currentHash } from './services/navigation';
import type { Toasts } from './services/globalMessages';
import { type ThemeName, themes } from './themes';

/** An error as the page sends it to the extension. */
export interface InjectedFailure {
  readonly message: string;
  readonly status?: number;
  readonly serverError?: { readonly typeKey: string };
}

/** What tests do to the page, and read of it: `window.host`. */
export interface TestHandles {
  readonly log: readonly string[];
  readonly toasts: readonly { readonly message: string; readonly callToAction?: string }[];
  /** Of another origin than that of the extension: nobody answers these messages. */
  readonly foreignOrigins: readonly string[];
  setTheme(name: ThemeName): Promise<unknown>;
  /** As a person who changes the hash in the address bar. */
  goto(hash: string): void;
  hash(): string;
  title(): string;
  /** Calls of methods of services wait so long from now on. */
  setDelay(milliseconds: number): void;
  /** The next call of a method of a service fails, without an effect. */
  failNext(method: string, failure: InjectedFailure): void;
  /** The run that the page shows has changed: the page reads it again, and tells the extension. */
  changeRun(): Promise<void>;
}

/** Delays and failures of the calls of services. */
export class CallFaults {
  delayMilliseconds = 0;
  readonly #failures: { readonly method: string; readonly failure: InjectedFailure }[] = [];

  fail(method: string, failure: InjectedFailure): void {
    this.#failures.push({ method, failure });
  }

  /** @throws Error the failure that was planned for this call */
  async before(method: string): Promise<void> {
    if (this.delayMilliseconds > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMilliseconds));
    const index = this.#failures.findIndex((each) => each.method === method);
    const [planned] = index === -1 ? [] : this.#failures.splice(index, 1);
    if (planned) throw Object.assign(new Error(planned.failure.message), planned.failure);
  }
}

export interface HandleParts {
  readonly log: Log;
  readonly toasts: Toasts;
  readonly faults: CallFaults;
  readonly channel: FrameChannel;
  readonly foreignOrigins: readonly string[];
  readonly applyTheme: (name: ThemeName) => void;
  /** Undefined where the page shows no run. */
  readonly reloadRun: (() => Promise<void>) | undefined;
}

export function testHandles(parts: HandleParts): TestHandles {
  const { log, toasts, faults, channel, foreignOrigins, applyTheme, reloadRun } = parts;
  return {
    log: log.entries,
    toasts: toasts.asked,
    foreignOrigins,
    setTheme: (name) => {
      applyTheme(name);
      return channel.call('DevOps.SdkClient', 'dispatchEvent', ['themeChanged', { detail: { data: themes[name] } }]);
    },
    goto: (hash) => {
      location.hash = hash;
    },
    hash: currentHash,
    title: () => document.title,
    setDelay: (milliseconds) => {
      faults.delayMilliseconds = milliseconds;
    },
    failNext: (method, failure) => faults.fail(method, failure),
    changeRun: async () => {
      if (!reloadRun) throw new Error('The page shows no run.');
      await reloadRun();
    },
  };
}
