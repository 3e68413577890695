import { namedSecrets } from '../secretNames';

/** Shorter secrets, and shorter lines of secrets, are not hidden within a text: they would be found everywhere. */
const shortestSecret = 6;

const mask = '***';
const hashed = 4;
const mostLayers = 3;

/** As the agent masks it everywhere (`AdditionalMaskingRegexes.UrlSecretPattern` of azure-pipelines-agent). */
const urlPassword = /(?<=\/\/[^:/?#@\s"'<>]{0,200}:)[^/@\s"'<>]{1,500}(?=@)/g;

/** Lines of a document that are the same in all of its kind. */
const boilerplate = /^(-----.*-----|-? *["']?[\w-]+["']?:|apiVersion: .*|kind: .*)$/;

/**
 * Hides secrets in texts, however they are written there: as they are, line by line, escaped as in JSON, JavaScript, URLs,
 * forms, HTML, Markdown and logging commands, or in base64, also as a part of a longer text (`Bearer …`, `user:…`). Takes
 * time in proportion to the text, however many secrets there are.
 */
export class Redactor {
  readonly #secrets = new Set<string>();
  readonly #added: string[] = [];
  readonly #short = new Set<string>();
  /** What to look for, by a hash of its first characters; the longest first. */
  readonly #patterns = new Map<number, string[]>();
  readonly #isHash = new Uint8Array(0x1000);

  constructor(secrets: Iterable<string> = []) {
    for (const secret of secrets) this.add(secret);
  }

  /** From here on the secret is hidden, and so are its lines and, in a document, the values of names of secrets. */
  add(secret: string): void {
    if (this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    this.#added.push(secret);
  }

  /** The text with `***` in place of each secret. */
  redact(text: string): string {
    let hidden = '';
    let end = 0;
    for (const [from, to] of this.#find(text)) {
      if (from >= end) hidden += text.slice(end, from) + mask;
      end = Math.max(end, to);
    }
    hidden += text.slice(end);
    return hidden.includes('//') ? hidden.replaceAll(urlPassword, mask) : hidden;
  }

  /** Whether a text contains a secret, or is a short one. */
  holds(text: string): boolean {
    return this.#find(text).length > 0 || this.#short.has(text);
  }

  /** Where the secrets are, in order. */
  #find(text: string): readonly Range[] {
    for (const secret of this.#added.splice(0)) for (const part of partsOf(secret)) this.#addPart(part);
    if (this.#patterns.size === 0) return [];
    const found = this.#findPlain(text);
    let layer: Layer | undefined = { text, origin: (range) => range };
    for (let depth = 0; depth < mostLayers && (layer = unescaped(layer)); depth++)
      for (const range of this.#findPlain(layer.text)) found.push(layer.origin(range));
    return found.sort(([a], [b]) => a - b);
  }

  #findPlain(text: string): Range[] {
    const found: Range[] = [];
    for (let index = 0; index + hashed <= text.length; index++) {
      const hash = hashAt(text, index);
      if (this.#isHash[hash] === 0) continue;
      const pattern = this.#patterns.get(hash)?.find((each) => text.startsWith(each, index));
      if (pattern !== undefined) found.push([index, index + pattern.length]);
    }
    return found;
  }

  #addPart(part: string): void {
    if (part.length < shortestSecret) this.#short.add(part);
    else for (const form of [part, ...base64Forms(part), ...spacedForms(part)]) this.#addPattern(form);
  }

  #addPattern(pattern: string): void {
    if (pattern.length < shortestSecret) return;
    // What looks like an escape in the secret is resolved with those around it.
    const plain = unescaped({ text: pattern, origin: (range) => range });
    if (plain) this.#addPattern(plain.text);
    const hash = hashAt(pattern, 0);
    const patterns = this.#patterns.get(hash) ?? [];
    if (patterns.includes(pattern)) return;
    this.#isHash[hash] = 1;
    this.#patterns.set(
      hash,
      [...patterns, pattern].sort((a, b) => b.length - a.length),
    );
  }
}

type Range = readonly [from: number, to: number];

/** A text without its escapes, and where a part of it is in the original. */
interface Layer {
  readonly text: string;
  readonly origin: (range: Range) => Range;
}

function hashAt(text: string, index: number): number {
  let hash = 0;
  for (let offset = 0; offset < hashed; offset++) hash = (hash * 31 + text.charCodeAt(index + offset)) & 0xfff;
  return hash;
}

/** The secret by lines, as the agent must know it: of several, only those that tell something. */
export function secretLines(secret: string): readonly string[] {
  const lines = secret.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  return lines.length < 2 ? lines : ownLines(secret).filter((line) => line.length >= shortestSecret);
}

function ownLines(secret: string): readonly string[] {
  // Most of a kubeconfig is found in every manifest, too.
  if (/\bkind["']?\s*:\s*["']?Config\b/.test(secret)) return namedSecrets(secret);
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  return lines.filter((line) => line !== '' && !boilerplate.test(line));
}

/** What is secret in a secret: all of it, its lines, and the named values of a document. */
function partsOf(secret: string): readonly string[] {
  const whole = secret.trim();
  const lines = ownLines(whole);
  const joined = whole.startsWith('-----BEGIN') ? [lines.join('')] : [];
  return [...new Set([whole, ...lines, ...joined, ...namedSecrets(whole)])].filter(Boolean);
}

/** As forms write spaces, and as Markdown tables write line ends. */
function spacedForms(text: string): readonly string[] {
  return /\s/.test(text) ? [text.replaceAll(' ', '+'), text.replaceAll(/\s+/g, ' ')] : [];
}

/** In a longer text the base64 of a part starts at any of three offsets; its first and last digits may depend on what is around it. */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const inner = [0, 1, 2].map((shift) => {
    const digits = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return digits.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
  });
  const alone = bytes.toString('base64').replace(/=+$/, '');
  return [alone, ...inner].flatMap((digits) => [digits, digits.replaceAll('+', '-').replaceAll('/', '_')]);
}

const escapes =
  /\\u[\da-f]{4}|\\x[\da-f]{2}|\\[^ux]|%AZP25|(?:%[\da-f]{2})+|&(?:amp|lt|gt|quot|apos|#\d{1,5}|#x[\da-f]{1,4});|''/gi;

const characters: Readonly<Record<string, string>> = {
  ...{ '\\n': '\n', '\\r': '\r', '\\t': '\t', '\\b': '\b', '\\f': '\f', "''": "'" },
  ...{ '%azp25': '%', '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'" },
};

/** The text with one level of escapes resolved; undefined where it has none. */
function unescaped({ text, origin }: Layer): Layer | undefined {
  // Nearly all texts have none: that is told by a look for what escapes begin with.
  if (!/[\\%&']/.test(text)) return undefined;
  let plain = '';
  let end = 0;
  const places = new Uint32Array(text.length + 1);
  for (const { 0: escape, index } of text.matchAll(escapes)) {
    const character = characterOf(escape);
    for (let place = end; place < index; place++) places[plain.length + place - end] = place;
    plain += text.slice(end, index);
    places.fill(index, plain.length, plain.length + character.length);
    plain += character;
    end = index + escape.length;
  }
  if (end === 0) return undefined;
  for (let place = end; place <= text.length; place++) places[plain.length + place - end] = place;
  plain += text.slice(end);
  const originalEnd = (to: number): number => {
    let next = to;
    while (next < plain.length && places[next] === places[next - 1]) next++;
    return places[next] ?? text.length;
  };
  return { text: plain, origin: ([from, to]) => origin([places[from] ?? 0, originalEnd(to)]) };
}

function characterOf(escape: string): string {
  const known = characters[escape.toLowerCase()];
  if (known !== undefined) return known;
  if (escape.startsWith('%')) return percentDecoded(escape);
  const [, hex, decimal] = /^(?:\\[ux]|&#x)([\da-f]+);?$|^&#(\d+);$/i.exec(escape) ?? [];
  if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
  return decimal !== undefined ? String.fromCharCode(Number(decimal)) : escape.slice(1);
}

function percentDecoded(escape: string): string {
  try {
    return decodeURIComponent(escape);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return escape; // Not UTF-8, so no text.
  }
}
