/** A text with its percent-encoding resolved; a text that has none, such as a password with a `%` of its own, as it is. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
