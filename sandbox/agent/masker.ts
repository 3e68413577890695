/** The password in a URL, which the agent hides wherever it stands (`AdditionalMaskingRegexes.UrlSecretPattern`). */
const urlPassword = /(?<=\/\/[^:/?#\n]+:)(?:[\w.~\-!$&'()*+,;=:]|(?:%|%AZP25)[\da-fA-F]{2})+(?=@)/g;

const maxMinLength = 6;

/**
 * Hides secrets in everything that is shown or kept. A secret is also hidden in the forms in which it may come back:
 * as JSON text, percent-encoded, with doubled backslashes, in base64, as the data of a logging command.
 */
export class Masker {
  readonly #secrets = new Set<string>();
  readonly #values = new Set<string>();
  readonly #minLength: number;

  /** Shorter texts are not hidden; the agent does not let texts of 6 characters and more be left out. */
  constructor(minLength = 0) {
    this.#minLength = Math.min(minLength, maxMinLength);
  }

  /**
   * From here on the value is hidden; a text of white space alone is none. Output is masked line by line, so the lines
   * of a longer secret count too, but for short ones such as a single brace.
   */
  add(secret: string): void {
    if (this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    const trimmed = secret.trim();
    const unquoted = /^(["']).*\1$/s.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
    const lines = trimmed.split(/\r?\n/).filter((line) => line.trim().length >= 8);
    for (const text of [secret, trimmed, unquoted, ...lines]) {
      if (text.trim() === '') continue;
      for (const form of formsOf(text)) if (form.length >= this.#minLength) this.#values.add(form);
    }
  }

  /** The text with `***` for every secret in it; overlapping secrets become one. */
  mask(text: string): string {
    const passwords = [...text.matchAll(urlPassword)].map(({ index, 0: { length } }) => {
      return { start: index, end: index + length };
    });
    const ranges = [...this.#values]
      .flatMap((value) => occurrences(text, value))
      .concat(passwords)
      .sort((a, b) => a.start - b.start);
    let masked = '';
    let end = 0;
    for (const range of ranges) {
      if (range.start >= end) masked += `${text.slice(end, range.start)}***`;
      end = Math.max(end, range.end);
    }
    return masked + text.slice(end);
  }
}

function formsOf(secret: string): string[] {
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    // As .NET has it, and RFC 3986.
    encodeURIComponent(secret).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
    encodeURI(secret),
    secret.replaceAll('\\', '\\\\'),
    escapeLines(secret),
    escapeLines(secret.replaceAll('%', '%AZP25')),
    Buffer.from(secret).toString('base64'),
    ...base64Forms(secret),
  ];
  return forms.filter((form) => form !== '');
}

function escapeLines(text: string): string {
  return text.replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** In a longer text the base64 of a secret starts at any of three offsets; a short one would hide too much. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const shifted = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const start = Math.ceil((shift * 8) / 6);
    const length = Math.floor(((shift + bytes.length) * 8) / 6) - start;
    return encoded.slice(start, start + length);
  });
  return shifted.filter((form) => form.length >= 6);
}

function occurrences(text: string, value: string): { start: number; end: number }[] {
  const found = [];
  for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + 1)) {
    found.push({ start, end: start + value.length });
  }
  return found;
}
