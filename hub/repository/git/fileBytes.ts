/** The text that bytes are in UTF-8, with its byte order mark; undefined where they are not. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes as they are: what the service does to the line ends of plain text is not documented. */
export function base64(text: string): string {
  let characters = '';
  for (const byte of new TextEncoder().encode(text)) characters += String.fromCharCode(byte);
  return btoa(characters);
}
