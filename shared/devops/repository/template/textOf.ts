/** How much of a file git searches for a zero byte to tell whether it is binary (`buffer_is_binary` in its xdiff-interface.c). */
const searchedBytes = 8000;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a file, with its byte order mark; undefined for a binary file, and for text that is not UTF-8. */
export function textOf(content: Uint8Array): string | undefined {
  if (content.subarray(0, searchedBytes).includes(0)) return undefined;
  try {
    return decoder.decode(content);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
