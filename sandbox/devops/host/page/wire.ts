/**
 * How values travel between the page and the frame of an extension, as they do in azure-devops-extension-sdk 5: as JSON, in
 * which functions, dates and objects that contain themselves are written in a way of their own, and in which `null` of a
 * property, a property `constructor` and whatever is nested more than 100 deep are lost. That the page of Azure DevOps
 * writes as the SDK does is an assumption: both are the same code in public versions of the page.
 */

export type AnyFunction = (...given: readonly unknown[]) => unknown;

export interface PackOptions {
  /** Properties that start with `_`, such as `__etag`, are written only then. */
  readonly hasUnderscores: boolean;
  /** Keeps a function that is called by its number; `name` is that of its property. */
  readonly keep: (called: AnyFunction, name: string) => number;
  readonly channelId: number;
}

const deepest = 100;

interface Parent {
  readonly given: object;
  readonly packed: { __circularReferenceId?: number };
}

/** A value of an answer or of the arguments of a call. */
export function packMember(value: unknown, options: PackOptions): unknown {
  return (packObject([value], options, []) as readonly unknown[])[0];
}

function packObject(given: object, options: PackOptions, above: readonly Parent[]): unknown {
  if (above.length >= deepest) return undefined;
  const packed: Record<string, unknown> | unknown[] = Array.isArray(given) ? [] : {};
  const parents = [...above, { given, packed: packed as Parent['packed'] }];
  for (const key of namesIn(given)) {
    if (!Array.isArray(given) && key.startsWith('_') && !options.hasUnderscores) continue;
    const member = packValue((given as Record<string, unknown>)[key], key, given, options, parents);
    if (member !== undefined) Reflect.set(packed, key, member);
    else if (Array.isArray(packed)) packed[Number(key)] = undefined;
  }
  return packed;
}

function packValue(
  value: unknown,
  key: string,
  owner: object,
  options: PackOptions,
  parents: readonly Parent[],
): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'function') {
    const called = value as AnyFunction;
    return {
      __proxyFunctionId: options.keep((...args) => called.apply(owner, [...args]), key),
      _channelId: options.channelId,
    };
  }
  if (typeof value !== 'object') return key === '__proxyFunctionId' ? undefined : value;
  const around = parents.findIndex(({ given }) => given === value);
  const parent = parents[around];
  if (parent) {
    parent.packed.__circularReferenceId ??= around + 1;
    return { __circularReference: parent.packed.__circularReferenceId };
  }
  if (value instanceof Date) return { __proxyDate: value.getTime() };
  return packObject(value, options, parents);
}

/** Of the object and of the classes that it is of, without those that every object has. */
function namesIn(given: object): ReadonlySet<string> {
  if (Array.isArray(given)) return new Set(Array.from(given, (_, index) => String(index)));
  const names = new Set<string>();
  for (let each: unknown = given; each !== null && each !== Object.prototype; each = Object.getPrototypeOf(each))
    for (const name of Object.getOwnPropertyNames(each)) if (name !== 'constructor') names.add(name);
  return names;
}

/** What was packed. @param call what a function of the other side becomes, by its number */
export function unpack(
  value: unknown,
  call: (id: number) => AnyFunction,
  known: Map<number, object> = new Map(),
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const packed = value as Record<string, unknown>;
  if (typeof packed['__proxyFunctionId'] === 'number') return call(packed['__proxyFunctionId']);
  if (typeof packed['__proxyDate'] === 'number') return new Date(packed['__proxyDate']);
  if (typeof packed['__circularReference'] === 'number') return known.get(packed['__circularReference']);
  if (Array.isArray(value)) return value.map((each) => unpack(each, call, known));
  const unpacked: Record<string, unknown> = {};
  const id = packed['__circularReferenceId'];
  if (typeof id === 'number') known.set(id, unpacked);
  for (const [key, each] of Object.entries(packed))
    if (key !== '__circularReferenceId')
      // A property that is called `__proto__` is one like any other.
      Object.defineProperty(unpacked, key, {
        value: unpack(each, call, known),
        enumerable: true,
        writable: true,
        configurable: true,
      });
  return unpacked;
}
