/** Whether a key is Ctrl+S, or Cmd+S on a Mac. */
export function isSaveKey(event: KeyboardEvent): boolean {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  return key.toLowerCase() === 's' && ctrlKey !== metaKey && !altKey && !shiftKey;
}
