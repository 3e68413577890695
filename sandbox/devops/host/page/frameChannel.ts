import { type AnyFunction, packMember, unpack } from './wire';

/** An object of the page whose methods the frame may call. */
export type Exposed = Readonly<Record<string, AnyFunction>>;

interface Message {
  readonly id: number;
  readonly methodName?: string;
  readonly instanceId?: string;
  readonly params?: unknown;
  readonly serializationSettings?: { readonly includeUnderscoreProperties?: boolean };
  readonly handshakeToken?: string;
  readonly result?: unknown;
  readonly error?: unknown;
}

export interface FrameChannelOptions {
  readonly frame: Window;
  /** Messages of another origin are not answered. */
  readonly origin: string;
  readonly objects: Readonly<Record<string, Exposed>>;
  /** Comes before each call of a function of a service; what it throws is the answer. */
  readonly before: (methodName: string) => Promise<void>;
  /** Hears of messages from the frame that are not of its origin. */
  readonly onForeign: (origin: string) => void;
}

const functions = '__proxyFunctions';

/** The page's side of the messages between it and the frame of an extension. */
export class FrameChannel {
  readonly #functions = new Map<string, { readonly name: string; readonly called: AnyFunction }>();
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (reason: unknown) => void }>();
  #lastFunction = 0;
  #lastMessage = 0;

  constructor(private readonly options: FrameChannelOptions) {
    addEventListener('message', (event) => void this.#receive(event));
  }

  /** Calls a method of an object of the frame. */
  call(instanceId: string, methodName: string, given: readonly unknown[]): Promise<unknown> {
    this.#lastMessage += 1;
    const id = this.#lastMessage;
    const answered = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#send({
      id,
      instanceId,
      methodName,
      params: this.#pack(given, true),
      serializationSettings: { includeUnderscoreProperties: true },
    });
    return answered;
  }

  async #receive({ source, origin, data }: MessageEvent<unknown>): Promise<void> {
    if (source !== this.options.frame) return;
    if (origin !== this.options.origin) {
      this.options.onForeign(origin);
      return;
    }
    const message = readMessage(data);
    if (!message) return;
    if (message.instanceId === undefined) this.#settle(message);
    else await this.#answer(message, message.instanceId);
  }

  #settle({ id, result, error }: Message): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error !== undefined) waiting?.reject(this.#unpack(error));
    else waiting?.resolve(this.#unpack(result));
  }

  async #answer(message: Message, instanceId: string): Promise<void> {
    const { id, handshakeToken, serializationSettings } = message;
    const hasUnderscores = serializationSettings?.includeUnderscoreProperties === true;
    const token = handshakeToken === undefined ? {} : { handshakeToken };
    try {
      const result = await this.#perform(message, instanceId);
      this.#send({ id, result: this.#pack(result, hasUnderscores), ...token });
    } catch (error) {
      this.#send({ id, error: this.#pack(error, hasUnderscores), ...token });
    }
  }

  /** @throws what the method throws */
  async #perform({ methodName = '', params }: Message, instanceId: string): Promise<unknown> {
    const given = this.#unpack(params ?? []) as readonly unknown[];
    if (instanceId === functions) {
      const kept = this.#functions.get(methodName);
      if (!kept) throw new Error(`RPC method not found: ${methodName}`);
      await this.options.before(kept.name);
      return kept.called(...given);
    }
    const object = this.options.objects[instanceId];
    if (!object) throw new Error(`The registered object ${instanceId} could not be found.`);
    if (methodName === '') return object;
    const method = object[methodName];
    if (!method) throw new Error(`RPC method not found: ${methodName}`);
    return method(...given);
  }

  #pack(value: unknown, hasUnderscores: boolean): unknown {
    return packMember(value, {
      hasUnderscores,
      channelId: 1,
      keep: (called, name) => {
        this.#lastFunction += 1;
        this.#functions.set(`proxy${this.#lastFunction}`, { name, called });
        return this.#lastFunction;
      },
    });
  }

  #unpack(value: unknown): unknown {
    return unpack(
      value,
      (id) =>
        (...given) =>
          this.call(functions, `proxy${id}`, given),
    );
  }

  #send(message: Message): void {
    this.options.frame.postMessage(JSON.stringify(message), this.options.origin);
  }
}

/** Undefined for what is not a message of the SDK. */
function readMessage(data: unknown): Message | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const message = JSON.parse(data) as unknown;
    return typeof message === 'object' && message !== null && 'id' in message ? (message as Message) : undefined;
  } catch {
    // Text of a browser extension or a debugger, for example.
    return undefined;
  }
}
